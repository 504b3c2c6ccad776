import { refId, type SecretNature } from "../model/secret.js";
import { printable } from "./printable.js";

/** What a secret is, in a few words. */
export function natureWords({ kind, generator, sources }: SecretNature): string {
  const names = sources.map((source) => printable(refId(source))).join(", ");
  switch (kind) {
    case "static":
      return "static";
    case "fixed":
      return "fixed in the configuration";
    case "copy":
      return `a copy of ${names}`;
    case "template":
      return `made from ${names}`;
    case "generate":
      return `generated (${generator})${names === "" ? "" : ` from ${names}`}`;
  }
}
