import type { ApplicationSwitch, Edit } from "../model/explanation.js";
import { placeText } from "./place.js";
import { type Style, wrap } from "./style.js";
import { yamlText } from "./yaml.js";

/** Where to make a change, followed by the lines to paste, indented as in the file. */
export function editText(edit: Edit, style: Style, indent: string, first: string): string {
  const { place, replaces, under } = edit;
  const what = replaces ? " to" : under.length > 0 ? `, below ${under.join(".")}` : "";
  const lines = yamlOf(edit)
    .split("\n")
    .map((line) => `${indent}${line}\n`);
  return wrap(`${placeText(place)}${what}:`, style, indent, first) + lines.join("");
}

/** The same for programs. */
export function editResult(edit: Edit): object {
  const { place, replaces, under } = edit;
  return { place, replaces, under, yaml: yamlOf(edit) };
}

/** Whether an application is enabled, for programs. */
export function switchResult({ enabled, decidedBy, change }: Omit<ApplicationSwitch, "application">): object {
  return { enabled, ...(decidedBy && { decidedBy }), ...(change && { change: editResult(change) }) };
}

function yamlOf({ keys, value, indent }: Edit): string {
  let document: unknown = value;
  for (const key of keys.toReversed()) document = { [key]: document };
  return yamlText(document, {})
    .trimEnd()
    .split("\n")
    .map((line) => " ".repeat(indent) + line)
    .join("\n");
}
