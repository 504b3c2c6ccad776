import { compareCodePoints } from "./code-points.js";
import {
  type ConfigurationDiff,
  differs,
  type EnvironmentDiff,
  type SecretDiff,
  type SecretRename,
  secretsMove,
  type SettingDiff,
  type StoppingSecret,
  type UnreadableSide,
} from "./configuration-diff.js";
import { groupBy } from "./group.js";
import { compareRefs, refId, type SecretRef } from "./secret.js";

/** A change to one secret, in all environments that share it. */
export interface SharedChange {
  /** As in the first of the environments. */
  readonly secret: SecretDiff;
  /** The same change in each of them: the reasons may be in different files. */
  readonly each: readonly SecretDiff[];
  /** Its state under the old name, if it looks renamed. */
  readonly renamed: (SecretRename & { readonly before: SecretDiff }) | undefined;
}

/** A renamed item whose value stays behind in Vault: a key, or an application with all of its keys. */
export interface LostRename {
  readonly from: Pick<SecretRef, "application"> & Partial<SecretRef>;
  readonly to: Pick<SecretRef, "application"> & Partial<SecretRef>;
  /** Whether a sync generates a new value. */
  readonly generates: boolean;
  /** Whether a person has to provide something. */
  readonly asks: boolean;
}

/** Changes that some environments share. */
export interface DiffGroup {
  /** In code point order. */
  readonly environments: readonly string[];
  readonly status: EnvironmentDiff["status"];
  /** Whether any of them existed before, even if broken. */
  readonly existed: boolean;
  /** Where their secrets are in Vault; empty if they move. */
  readonly prefixes: readonly string[];
  readonly unreadable: readonly UnreadableSide[];
  /** The settings that move their secrets. */
  readonly moved: readonly SettingDiff["setting"][];
  readonly stops: readonly StoppingSecret[];
  readonly repaired: readonly SecretRef[];
  readonly lost: readonly LostRename[];
  /** By application, then key. */
  readonly changes: readonly SharedChange[];
}

/** One fact about one environment. */
type Thing =
  | { readonly kind: "unreadable"; readonly side: UnreadableSide }
  | { readonly kind: "moved"; readonly setting: SettingDiff["setting"] }
  | { readonly kind: "stop"; readonly stop: StoppingSecret }
  | { readonly kind: "repaired"; readonly ref: SecretRef }
  | { readonly kind: "lost"; readonly lost: LostRename }
  | { readonly kind: "change"; readonly change: SharedChange };

/**
 * Groups changes so that each appears once. Those in most environments come first. An environment that is added or
 * removed is a group of its own, at the end.
 */
export function groupDiff({ environments }: ConfigurationDiff): DiffGroup[] {
  const different = environments.filter(differs);
  const found = different
    .filter((environment) => !isWhole(environment))
    .flatMap((environment) => thingsOf(environment).map((thing) => ({ environment, thing, id: idOf(thing) })));
  const shared = [...groupBy(found, ({ id }) => id).values()];
  const groups = groupBy(shared, (same) => JSON.stringify(same.map(({ environment }) => environment.environment)));
  const together = [...groups.values()].map((things) => {
    const members = (things[0] ?? []).map(({ environment }) => environment);
    return toGroup(
      members,
      things.flatMap((same) => merged(same.map(({ thing }) => thing))),
    );
  });
  const first = together.sort(
    (a, b) =>
      b.environments.length - a.environments.length ||
      compareCodePoints(a.environments[0] ?? "", b.environments[0] ?? ""),
  );
  const whole = ["added", "removed"].flatMap((status) => different.filter((each) => each.status === status));
  return [...first, ...whole.map((environment) => toGroup([environment], thingsOf(environment)))];
}

function isWhole({ status }: EnvironmentDiff): boolean {
  return status === "added" || status === "removed";
}

function thingsOf(environment: EnvironmentDiff): Thing[] {
  const { unreadable, settings, stops, repaired } = environment;
  const moved = secretsMove(environment) ? settings.filter(({ setting }) => setting.startsWith("vault")) : [];
  const changes = changesOf(environment);
  return [
    ...unreadable.map((side): Thing => ({ kind: "unreadable", side })),
    ...moved.map(({ setting }): Thing => ({ kind: "moved", setting })),
    ...stops.map((stop): Thing => ({ kind: "stop", stop })),
    ...repaired.map((ref): Thing => ({ kind: "repaired", ref })),
    ...lostOf(changes).map((lost): Thing => ({ kind: "lost", lost })),
    ...changes.map((change): Thing => ({ kind: "change", change })),
  ];
}

/** A renamed secret is one change, not two. */
function changesOf({ secrets, renames }: EnvironmentDiff): SharedChange[] {
  const byId = new Map(secrets.map((secret) => [refId(secret), secret]));
  const old = new Set(renames.map(({ from }) => refId(from)));
  const now = new Map(renames.map((rename) => [refId(rename.to), rename]));
  return secrets.flatMap((secret): SharedChange[] => {
    const rename = now.get(refId(secret));
    const before = rename && byId.get(refId(rename.from));
    if (before === undefined && old.has(refId(secret))) return [];
    return [{ secret, each: [secret], renamed: rename && before && { ...rename, before } }];
  });
}

function lostOf(changes: readonly SharedChange[]): LostRename[] {
  const lost = changes.filter(({ renamed }) => renamed?.valueIsLost);
  const applications = groupBy(lost, ({ secret, renamed }) =>
    renamed?.from.application === secret.application ? refId(secret) : secret.application,
  );
  return [...applications.values()].flatMap((same): LostRename[] => {
    const [{ renamed } = {}] = same;
    if (renamed === undefined) return [];
    const { from, to } = renamed;
    const isKey = from.application === to.application;
    const kinds = new Set(same.map(({ secret: { after } }) => after?.kind));
    return [
      {
        from: isKey ? from : { application: from.application },
        to: isKey ? to : { application: to.application },
        generates: kinds.has("generate"),
        asks: kinds.has("static"),
      },
    ];
  });
}

/** The same for equal facts, regardless of where the reason is. */
function idOf(thing: Thing): string {
  if (thing.kind !== "change") return JSON.stringify(thing);
  const { secret, renamed } = thing.change;
  const reasons = secret.reasons.map((reason) => ({ ...reason, at: undefined }));
  return JSON.stringify([{ ...secret, reasons }, renamed && refId(renamed.from)]);
}

function merged(same: readonly Thing[]): Thing[] {
  const [first] = same;
  if (first?.kind !== "change") return first ? [first] : [];
  const each = same.flatMap((thing) => (thing.kind === "change" ? thing.change.each : []));
  return [{ kind: "change", change: { ...first.change, each } }];
}

function toGroup(members: readonly EnvironmentDiff[], things: readonly Thing[]): DiffGroup {
  const of = <K extends Thing["kind"]>(kind: K): Extract<Thing, { kind: K }>[] =>
    things.filter((thing): thing is Extract<Thing, { kind: K }> => thing.kind === kind);
  const prefixes = members.flatMap(({ prefix }) => prefix ?? []);
  return {
    environments: members.map(({ environment }) => environment),
    status: members[0]?.status ?? "changed",
    existed: members.some(({ existed }) => existed),
    prefixes: prefixes.length < members.length ? [] : [...new Set(prefixes)],
    unreadable: of("unreadable").map(({ side }) => side),
    moved: of("moved").map(({ setting }) => setting),
    stops: of("stop").map(({ stop }) => stop),
    repaired: of("repaired").map(({ ref }) => ref),
    lost: of("lost").map(({ lost }) => lost),
    changes: of("change")
      .map(({ change }) => change)
      .sort((a, b) => compareRefs(a.secret, b.secret)),
  };
}
