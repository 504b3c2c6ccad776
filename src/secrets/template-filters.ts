import type { TemplateFilter } from "../model/secret.js";

const FILTERS: Readonly<Record<TemplateFilter, (text: string) => string>> = {
  urlencode,
  base64: (text) => Buffer.from(text).toString("base64"),
};

/** What a template puts into its text for a value. */
export function applyFilters(text: string, filters: readonly TemplateFilter[]): string {
  return filters.reduce((value, filter) => FILTERS[filter](value), text);
}

/** The fewest bytes that a value of so many has after filters. */
export function leastFilteredBytes(bytes: number, filters: readonly TemplateFilter[]): number {
  return filters.reduce((least, filter) => (filter === "base64" ? Math.ceil(least / 3) * 4 : least), bytes);
}

/** All but the characters that mean nothing anywhere in a URL; JavaScript's own function leaves more of them. */
function urlencode(text: string): string {
  // Half of a surrogate pair, which Vault may hold, has no UTF-8.
  return encodeURIComponent(text.toWellFormed()).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
