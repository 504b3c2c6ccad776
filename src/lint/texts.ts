import { diagnostic } from "../model/diagnostics/index.js";
import type { Report } from "./findings.js";
import { type Entry, placeOf } from "./model.js";

/** Reports strings in an entry that YAML reads differently from what their author meant. */
export function checkTexts(entry: Entry, environments: readonly string[], report: Report): void {
  const { application, key, written } = entry;
  const subject = { application, key };
  const swallowed = swallowedField(entry);
  if (swallowed) {
    const place = placeOf(entry, ["description"], "key");
    report(diagnostic("field-in-description", swallowed, { subject, place }), environments);
  }
  const template = written.generate?.type === "template" ? written.generate.template : undefined;
  for (const [field, text, at] of [
    ["value", written.value, ["value"]],
    ["template", template, ["generate", "template"]],
  ] as const) {
    if (!text) continue;
    const about = () => ({ subject, place: placeOf(entry, at, "key") });
    if (isOneLineWithin(text)) {
      const what = /[\r\n]/.test(text) ? "line-break" : "space";
      report(diagnostic("text-white-space", { field, what }, about()), environments);
    }
    if (isFlattened(text)) report(diagnostic("pem-flattened", { field }, about()), environments);
  }
}

const FIELD_LINE =
  /^\s*(description|if|condition|copy|copy_rules|generate|onepassword|value|application|key|type|source|encoded|length|charset|template):(\s|$)/;

/** A line of a description that is written like a field, because it is indented deeper than the description. */
function swallowedField(entry: Entry): { readonly field: string; readonly line: number } | undefined {
  const { file, written } = entry;
  if (!written.description?.includes(":")) return undefined;
  const description = oneLine(written.description);
  const { line: first, column } = placeOf(entry, ["description"], "key");
  const lines = file.text.split(/\r\n?|\n/);
  for (let line = first + 1; line <= lines.length; line++) {
    const text = lines[line - 1] ?? "";
    if (text.trim() === "") continue;
    if (text.search(/\S/) < column) return undefined;
    const [, field] = FIELD_LINE.exec(text) ?? [];
    if (field !== undefined && description.includes(oneLine(text).replace(/["']$/, ""))) return { field, line };
  }
  return undefined;
}

function oneLine(text: string): string {
  return text.trim().replaceAll(/\s+/g, " ");
}

/** Whether a single line has leading or trailing whitespace; a multi-line text often has to end with a line break. */
function isOneLineWithin(text: string): boolean {
  const line = text.trim();
  return line !== "" && line !== text && !/[\r\n]/.test(line);
}

/** Whether a PEM is all on one line. Inside a JSON string it has to be. */
function isFlattened(text: string): boolean {
  return text.includes("-----END ") && /(?<!["'])-----BEGIN [A-Z0-9 ]{1,40}-----(?![ \t]*[\r\n])/.test(text);
}
