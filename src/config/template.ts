import { splitName, TEMPLATE_FILTERS, type TemplateFilter, type TemplatePart } from "../model/secret.js";

interface ParsedTemplate {
  readonly parts: readonly TemplatePart[];
  /** Texts used as filters that are not filters. */
  readonly unknownFilters: readonly string[];
}

/** A template's parts; undefined if its text is not a template. */
export function parseTemplate(text: string, application: string): ParsedTemplate | undefined {
  const parts: TemplatePart[] = [];
  const unknownFilters: string[] = [];
  for (const [whole, literal, inside, bad] of text.matchAll(/((?:[^$]|\$\$)+)|\$\{([^${}]+)\}|(\$)/gs)) {
    if (whole === "" || bad !== undefined) return undefined;
    if (literal !== undefined) parts.push(literal.replaceAll("$$", () => "$"));
    if (inside === undefined) continue;
    const [name = "", ...written] = inside.split("|");
    const filters = written.map((filter) => filter.trim());
    unknownFilters.push(...filters.filter((filter) => !isFilter(filter)));
    const [first, key] = splitName(filters.length > 0 ? name.trim() : name);
    const source = key === undefined ? { application, key: first } : { application: first, key };
    parts.push({ source, filters: filters.filter(isFilter) });
  }
  return { parts, unknownFilters };
}

function isFilter(text: string): text is TemplateFilter {
  return (TEMPLATE_FILTERS as readonly string[]).includes(text);
}
