import type { FileKind } from "../files/file-kind.js";
import { decodeUtf8 } from "../model/text-encoding.js";
import { looksLikeAge } from "./encrypted/age-format.js";
import { topLevelOf } from "./file.js";
import { isTopLevelName } from "./written-file.js";

/**
 * A static secrets file, filled in or not, plain or encrypted. An environment's settings also have `applications`.
 */
export const STATIC_FILE: FileKind = {
  name: "static-secrets",
  recognises: (content) => {
    if (looksLikeAge(content)) return true;
    const names = topLevelOf(decodeUtf8(content) ?? "");
    return names.length > 0 && names.every((name) => name === "sops" || isTopLevelName(name));
  },
};
