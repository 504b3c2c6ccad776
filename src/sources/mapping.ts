import { diagnostic } from "../model/diagnostics/index.js";
import { BYTE_ORDER_MARK } from "../model/text-encoding.js";
import type { Problems } from "../problems.js";
import { isMapping } from "../yaml/kind.js";
import { type MappingFile, readMapping } from "../yaml/mapping-file.js";

/** A text as a mapping; undefined if it is not one. */
export function readFileOf(text: string, shown: string, problems: Problems): MappingFile | undefined {
  if (text.startsWith(BYTE_ORDER_MARK))
    problems.warn(diagnostic("byte-order-mark-ignored", {}, { place: { file: shown } }));
  return readMapping(spacesForTabs(text), () => shown, problems, { warnOfOddKeys: true });
}

/** Whether it has a top-level `sops` mapping. */
export function isSops(file: MappingFile): boolean {
  return isMapping(file.value["sops"]);
}

/**
 * sops indents JSON with tabs, which YAML forbids. JSON has them nowhere else: inside strings they are written as `\t`.
 */
function spacesForTabs(text: string): string {
  return /^\s*\{/.test(text) && text.includes('"sops"') ? text.replaceAll("\t", " ") : text;
}
