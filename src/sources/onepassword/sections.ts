import type { Problems } from "../../problems.js";
import type { Item, ItemField } from "./answers.js";
import { requireText } from "./fields.js";

/** The sections of a structured item by label, each with the values of its fields. */
export type Sections<Label extends string> = ReadonlyMap<string, Readonly<Record<Label, string>>>;

/**
 * Reads an item that has one section for each client or registry. Sections of one label are one; they come in the
 * order of their first field. Fields of other labels are ignored.
 *
 * @param labels The fields that each section must have.
 * @param named What a section is named after.
 */
export function readSections<Label extends string>(
  title: string,
  item: Item,
  labels: readonly Label[],
  named: string,
  problems: Problems,
): Sections<Label> {
  const shown = `1Password item "${title}"`;
  const advice = `Give it one section for each ${named}, titled like it, with the fields ${labels.join(", ")}.`;
  const sections = new Map<string, ItemField[]>();
  let stray = false;
  for (const field of item.fields ?? []) {
    if (!isOneOf(labels, field.label)) continue;
    const label = sectionLabel(item, field);
    if (label) sections.set(label, [...(sections.get(label) ?? []), field]);
    else {
      stray = true;
      problems.add(`${shown}: its field "${field.label}" stands in no section with a title`, advice);
    }
  }
  if (sections.size === 0 && !stray) {
    // It says neither what there is nor that there is nothing, and to delete what Vault holds would be a guess.
    const hint = `${advice} If there is none, archive the item.`;
    problems.add(`${shown} has none of the fields ${labels.map((label) => `"${label}"`).join(", ")}`, hint);
  }
  return new Map(
    [...sections].map(([label, fields]) => {
      const values = labels.map((name) => {
        const found = fields.filter((field) => field.label === name);
        const where = `${shown}, section "${label}"`;
        if (found.length > 1)
          problems.add(`${where}: has ${found.length} fields "${name}"`, "Rename or remove all but one.");
        else if (!found[0]?.value) problems.add(`${where}: its field "${name}" is missing or empty`, advice);
        requireText(`${where}: its field "${name}"`, found[0]?.value, problems);
        return [name, found[0]?.value ?? ""] as const;
      });
      return [label, Object.fromEntries(values) as Record<Label, string>] as const;
    }),
  );
}

function isOneOf(labels: readonly string[], label: string | null | undefined): boolean {
  return labels.includes(label ?? "");
}

/** The document gives a field only its section's id; servers add the label too. */
function sectionLabel({ sections }: Item, { section }: ItemField): string | null | undefined {
  const listed = section?.id ? sections?.find(({ id }) => id === section.id)?.label : undefined;
  return listed || section?.label;
}
