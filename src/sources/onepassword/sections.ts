import { diagnostic } from "../../model/diagnostics/index.js";
import { lookalike } from "../../model/nearest.js";
import { STRUCTURED_ITEMS, type StructuredItem } from "../../model/onepassword.js";
import type { Problems } from "../../problems.js";
import type { Item, ItemField } from "./answers.js";
import { agreed, nearLabel, requireText, storedValue, withValue } from "./fields.js";

/** A section's values by field label. */
type Fields<T extends StructuredItem> = Readonly<Record<(typeof STRUCTURED_ITEMS)[T]["labels"][number], string>>;

/**
 * Reads an item with one section per client or registry, by their labels. Sections with equal labels are merged; they
 * are ordered by their first field. Ignores fields with other labels.
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
    const { label, value, purpose } = field;
    // Most items have 1Password's own fields for logging in, even if they are empty.
    if (purpose && !value) continue;
    if (!label || !(labels.includes(label) || (value && lookalike(label, labels) !== undefined))) continue;
    const section = sectionLabel(item, field);
    if (section) sections.set(section, [...(sections.get(section) ?? []), field]);
    else if (labels.includes(label)) {
      stray = true;
      problems.add(diagnostic("onepassword-field-outside-section", { item: title, label }));
    }
  }
  // It lists nothing, but does not say that there is nothing; deleting what Vault holds would be a guess.
  if (sections.size === 0 && !stray) {
    if (holdsOnlyNotes(item)) problems.warn(diagnostic("onepassword-item-only-notes", { item: title }));
    else problems.add(diagnostic("onepassword-item-without-fields", { item: title }));
  }
  return new Map(
    [...sections].map(([section, fields]) => {
      const values = labels.map((label) => {
        const place = { item: title, section, label };
        const found = fields.filter((field) => field.label === label);
        const content = agreed(found);
        if (typeof content !== "string") {
          requireText(place, content.value, problems);
          return [label, storedValue(content.value, { ...place, encoded: false }, problems)] as const;
        }
        if (content === "ambiguous")
          problems.add(diagnostic("onepassword-field-ambiguous", { ...place, count: withValue(found) }));
        else
          problems.add(
            diagnostic("onepassword-field-empty", { ...place, ...nearLabel({ ...item, fields }, label, labels) }),
          );
        return [label, ""] as const;
      });
      return [section, Object.fromEntries(values) as Fields<T>] as const;
    }),
  );
}

/** Whether someone made it for notes: many items also have other fields of 1Password's own, which are empty. */
function holdsOnlyNotes({ fields }: Item): boolean {
  return (fields ?? []).some(isNotes) && (fields ?? []).every((field) => isNotes(field) || !field.value);
}

function isNotes({ purpose, label }: ItemField): boolean {
  return purpose === "NOTES" || label === "notesPlain";
}

/** The API documents only the section's id in a field; servers add the label too. */
function sectionLabel({ sections }: Item, { section }: ItemField): string | null | undefined {
  const listed = section?.id ? sections?.find(({ id }) => id === section.id)?.label : undefined;
  return listed || section?.label;
}
