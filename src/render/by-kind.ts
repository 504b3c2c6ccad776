interface OfKinds {
  readonly kind: string;
}

/** Words for each kind: a text, or a function that makes one from its details. */
export type ByKind<Thing extends OfKinds> = {
  readonly [Kind in Thing["kind"]]: string | ((of: Those<Thing, Kind>) => string);
};

type Those<Thing extends OfKinds, Kind> = Thing extends OfKinds ? (Kind extends Thing["kind"] ? Thing : never) : never;

export function wordsOf<Thing extends OfKinds>(words: ByKind<Thing>, of: Thing): string {
  const text = words[of.kind as Thing["kind"]];
  return typeof text === "string" ? text : text(of as never);
}
