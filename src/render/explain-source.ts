import type { FileLook, ValueSource } from "../model/explanation.js";
import { lineOf } from "./diagnostic.js";
import { diagnosticJson } from "./diagnostic-json.js";
import { placeText } from "./place.js";

/** Where the value of a static secret comes from; one line per file. */
export function sourceTexts(source: ValueSource, isLeftOver = false): readonly string[] {
  switch (source.kind) {
    case "file":
      return [
        ...source.files.map((look, i) => {
          const isOverruled = source.files.slice(i + 1).some(({ state }) => state === "has");
          return lookText(look, source.given, isOverruled);
        }),
        ...(!isLeftOver && source.files.every(({ state }) => state === "lacks")
          ? ["Vault itself, as long as no file has a value"]
          : []),
      ];
    case "onepassword":
      return [`the 1Password item ${source.item} of the vault "${source.title}"`];
    case "vault":
      return ["Vault itself: no file and no 1Password vault is named"];
  }
}

function lookText(look: FileLook, given: boolean, isOverruled: boolean): string {
  const named = given ? "" : ", which phalanx.yaml names,";
  switch (look.state) {
    case "has":
      return `${placeText(look.place)}${named} has a value${isOverruled ? ", but a later file wins" : ""}`;
    case "lacks":
      return `${look.file}${named} has no value`;
    case "encrypted":
      return `${look.file}${named} is encrypted with age, and was not opened`;
    case "unreadable":
      return `not known, because phalanx.yaml names a file that cannot be used: ${lineOf(look.cause)}`;
  }
}

/** The same for programs. */
export function sourceResult(source: ValueSource): object {
  if (source.kind !== "file") return source;
  return {
    ...source,
    files: source.files.map((look) =>
      look.state === "unreadable" ? { ...look, cause: diagnosticJson(look.cause) } : look,
    ),
  };
}
