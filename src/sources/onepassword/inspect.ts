import { compareCodePoints } from "../../model/code-points.js";
import type { Environment } from "../../model/environment.js";
import { STRUCTURED_ITEMS, type StructuredItem, WRITE_TOKEN_FIELD, WRITE_TOKEN_ITEM } from "../../model/onepassword.js";
import type {
  FieldReport,
  FieldState,
  ItemReport,
  ItemState,
  OnepasswordReport,
} from "../../model/onepassword-report.js";
import { collectProblems, type Problems } from "../../problems.js";
import type { Item } from "./answers.js";
import { fieldContent, nearLabel } from "./fields.js";
import { neededItems } from "./needed.js";
import { readSections } from "./sections.js";
import { nearTitle, type OnepasswordVault, readItems } from "./vault.js";

const STRUCTURED = Object.keys(STRUCTURED_ITEMS) as StructuredItem[];

/** Compares what an environment needs with what its vault contains, field by field. */
export async function inspectVault(
  vault: OnepasswordVault,
  environment: Environment,
  vaultTitle: string,
): Promise<OnepasswordReport> {
  const problems = collectProblems();
  const needed = [...neededItems(environment, new Set())].map(([title, secrets]) => ({
    title,
    optional: false,
    fields: secrets.map(({ key, encoded }) => ({ label: key, encoded })),
  }));
  const token = { title: WRITE_TOKEN_ITEM, optional: true, fields: [{ label: WRITE_TOKEN_FIELD, encoded: false }] };
  const titles = [...[...needed, token].map(({ title }) => title), ...STRUCTURED];
  const items = await readItems(vault, titles, problems);
  const plain = [...needed, token].map(({ title, optional, fields }): ItemReport => {
    const item = items.get(title);
    if (item === undefined) {
      const state = absence(vault, title, optional);
      const none = fields.map((field) => ({ ...field, state: "missing" as const }));
      const there = state === "ambiguous" ? {} : nearTitle(vault, title);
      return { title, optional, state, ...there, fields: state === "missing" ? none : [], sections: [] };
    }
    const reports = inspectFields(title, item, fields, problems);
    const state = reports.some((field) => field.state === "missing") ? "incomplete" : "ok";
    return { title, optional, state, fields: reports, sections: [] };
  });
  const structured = STRUCTURED.map((title): ItemReport => {
    const item = items.get(title);
    if (item === undefined) {
      const state = absence(vault, title, true);
      const there = state === "ambiguous" ? {} : nearTitle(vault, title);
      return { title, optional: true, state, ...there, fields: [], sections: [] };
    }
    const before = problems.found.length;
    const sections = [...readSections(title, item, problems).keys()];
    const state = problems.found.length > before ? "incomplete" : "ok";
    return { title, optional: true, state, fields: [], sections };
  });
  const meant = new Set([...titles, ...[...plain, ...structured].map(({ near }) => near)]);
  return {
    environment: environment.name,
    vault: vaultTitle,
    items: [...plain.filter(({ optional }) => !optional), ...structured, ...plain.filter(({ optional }) => optional)],
    superfluousItems: [...vault.items.keys()].filter((title) => !meant.has(title)).sort(compareCodePoints),
    problems: problems.found,
  };
}

/** Why an item was not read. */
function absence({ items }: OnepasswordVault, title: string, optional: boolean): ItemState {
  if (items.has(title)) return "ambiguous";
  return optional ? "absent" : "missing";
}

function inspectFields(
  title: string,
  item: Item,
  needed: readonly Pick<FieldReport, "label" | "encoded">[],
  problems: Problems,
): FieldReport[] {
  const known = new Set(needed.map(({ label }) => label));
  const others = (item.fields ?? []).flatMap(({ label, value, purpose }) =>
    // Every item has a field for notes, and most have fields for logging in, even if they are empty.
    !label || known.has(label) || (purpose && !value) ? [] : [label],
  );
  const reports = needed.map(({ label, encoded }): FieldReport => {
    const state = stateOf(title, item, label, problems);
    return { label, encoded, state, ...(state === "missing" ? nearLabel(item, label, [...known]) : {}) };
  });
  // What has to be renamed is needed.
  const superfluous = new Set(others);
  for (const { near } of reports) if (near !== undefined) superfluous.delete(near);
  return [
    ...reports,
    ...[...superfluous]
      .sort(compareCodePoints)
      .map((label) => ({ label, encoded: false, state: "superfluous" as const })),
  ];
}

function stateOf(title: string, item: Item, label: string, problems: Problems): FieldState {
  const content = fieldContent(title, item, label, problems);
  if (content === "absent") return "missing";
  return content === "empty" ? "empty" : "ok";
}
