import { diagnostic } from "../../model/diagnostics/index.js";
import { STRUCTURED_ITEMS, type StructuredItem } from "../../model/onepassword.js";
import type { Problems } from "../../problems.js";
import type { Item, ItemField } from "./answers.js";
import { requireText } from "./fields.js";

/** The values of a section by the labels of their fields. */
type Fields<T extends StructuredItem> = Readonly<Record<(typeof STRUCTURED_ITEMS)[T]["labels"][number], string>>;

/**
 * Reads an item that has one section for each client or registry, by their labels. Sections of one label are one; they come in the
 * order of their first field. Fields of other labels are ignored.
 */
export function readSections<T extends StructuredItem>(
  title: T,
  item: Item,
  problems: Problems,
): ReadonlyMap<string, Fields<T>> {
  const labels: readonly string[] = STRUCTURED_ITEMS[title].labels;
  const sections = new Map<string, ItemField[]>();
  let stray = false;
  for (const field of item.fields ?? []) {
    const { label } = field;
    if (!label || !labels.includes(label)) continue;
    const section = sectionLabel(item, field);
    if (section) sections.set(section, [...(sections.get(section) ?? []), field]);
    else {
      stray = true;
      problems.add(diagnostic("onepassword-field-outside-section", { item: title, label }));
    }
  }
  // It says neither what there is nor that there is nothing, and to delete what Vault holds would be a guess.
  if (sections.size === 0 && !stray) problems.add(diagnostic("onepassword-item-without-fields", { item: title }));
  return new Map(
    [...sections].map(([section, fields]) => {
      const values = labels.map((label) => {
        const place = { item: title, section, label };
        const found = fields.filter((field) => field.label === label);
        const value = found[0]?.value;
        if (found.length > 1) {
          problems.add(diagnostic("onepassword-field-ambiguous", { ...place, count: found.length }));
        } else if (!value) problems.add(diagnostic("onepassword-field-empty", place));
        requireText(place, value, problems);
        return [label, value ?? ""] as const;
      });
      return [section, Object.fromEntries(values) as Fields<T>] as const;
    }),
  );
}

/** The document gives a field only its section's id; servers add the label too. */
function sectionLabel({ sections }: Item, { section }: ItemField): string | null | undefined {
  const listed = section?.id ? sections?.find(({ id }) => id === section.id)?.label : undefined;
  return listed || section?.label;
}
