import { largest } from "../model/largest.js";
import {
  incompleteItems,
  isComplete,
  itemsToMake,
  type FieldReport,
  type ItemReport,
  missingItems,
  type OnepasswordReport,
} from "../model/onepassword-report.js";
import { commandLine } from "../model/shell.js";
import { count } from "./count.js";
import { printable } from "./printable.js";
import { renderProblem } from "./error.js";

/** What a 1Password vault must have, and what it has: one paragraph per item, with its fields below. */
export function renderOnepasswordTemplate(report: OnepasswordReport): string {
  const { environment, vault, items, superfluousItems } = report;
  const needed = items.filter(({ optional }) => !optional);
  const optional = items.filter((item) => item.optional);
  return [
    `${printable(`What ${environment} needs in the 1Password vault "${vault}"`)}\n\n`,
    needed.length === 0 ? "No item: it has no static secrets.\n" : needed.map(renderItem).join(""),
    `\nOptional\n\n${optional.map(renderItem).join("")}`,
    superfluousItems.length === 0
      ? ""
      : `\nItems that are not needed\n\n${superfluousItems.map((title) => `${printable(title)}\n`).join("")}`,
    `\n${conclusion(report)}`,
  ].join("");
}

/** The same for programs. */
export function onepasswordResult(report: OnepasswordReport, complete: boolean): object {
  const { environment, vault, items, superfluousItems } = report;
  return { environment, vault, complete, items, superfluousItems };
}

function renderItem({ title, state, near, fields, sections }: ItemReport): string {
  const width = largest(fields, ({ label }) => printable(label).length);
  const lines = fields.map((field) => `    ${printable(field.label).padEnd(width)}  ${fieldText(field)}\n`);
  const parts = sections.length === 0 ? "" : `: ${sections.join(", ")}`;
  return `${printable(`${title}  ${state}${there(near)}${parts}`)}\n${lines.join("")}`;
}

function fieldText({ state, encoded, near }: FieldReport): string {
  return `${state}${encoded ? " (in base64)" : ""}${printable(there(near))}`;
}

/** Quoted, because trailing whitespace is invisible otherwise. */
function there(near: string | undefined): string {
  return near === undefined ? "" : ` (there is "${near}")`;
}

function conclusion(report: OnepasswordReport): string {
  if (isComplete(report)) return `Nothing is missing.\n${emptyFields(report)}`;
  const { environment, problems } = report;
  const [missing, incomplete] = [itemsToMake(report), incompleteItems(report)];
  return [
    ...problems.map((problem) => renderProblem(problem)),
    missing.length === 0
      ? ""
      : `${count(missing.length, "item is", "items are")} missing: ${commandLine("phalanx", "secrets", "onepassword-template", environment, "--create")} creates ${missing.length === 1 ? "it" : "them"}, with empty fields.\n`,
    ...missingItems(report).map(({ title, near }) => toRename("", title, near)),
    ...incomplete.flatMap(({ title, fields }) => {
      const absent = fields.filter(({ state }) => state === "missing");
      const labels = absent.filter(({ near }) => near === undefined).map(({ label }) => label);
      return [
        ...absent.map(({ label, near }) => toRename(` in ${title}`, label, near)),
        labels.length === 0 ? "" : `${printable(`Add by hand to ${title}: ${labels.join(", ")}`)}\n`,
      ];
    }),
  ].join("");
}

function toRename(place: string, name: string, near: string | undefined): string {
  return near === undefined ? "" : `${printable(`Rename${place}: "${near}" to "${name}"`)}\n`;
}

function emptyFields({ items }: OnepasswordReport): string {
  const empty = items.flatMap(({ fields }) => fields.filter(({ state }) => state === "empty"));
  if (empty.length === 0) return "";
  return `${count(empty.length, "field is", "fields are")} empty: fill ${empty.length === 1 ? "it" : "them"} in; until then, a sync keeps what Vault holds, and stops where Vault holds nothing.\n`;
}
