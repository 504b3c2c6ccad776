import { refId, type SecretNature } from "../model/secret.js";
import { printable } from "./printable.js";

/** What a secret is, in a few words. */
export function natureWords({ kind, generator, sources }: SecretNature): string {
  const names = sources.map((source) => printable(refId(source))).join(", ");
  return {
    static: "static",
    fixed: "fixed in the configuration",
    copy: `a copy of ${names}`,
    template: `made from ${names}`,
    generate: `generated (${generator})${names === "" ? "" : ` from ${names}`}`,
  }[kind];
}
