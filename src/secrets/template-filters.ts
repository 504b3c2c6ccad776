import type { TemplateFilter } from "../model/secret.js";

const FILTERS: Readonly<Record<TemplateFilter, (text: string) => string>> = {
  urlencode,
  base64: (text) => Buffer.from(text).toString("base64"),
};

/** What a template inserts for a value. */
export function applyFilters(text: string, filters: readonly TemplateFilter[]): string {
  return filters.reduce((value, filter) => FILTERS[filter](value), text);
}

/** The minimum length, after filters, of a value of this many bytes. */
export function leastFilteredBytes(bytes: number, filters: readonly TemplateFilter[]): number {
  return filters.reduce((least, filter) => (filter === "base64" ? Math.ceil(least / 3) * 4 : least), bytes);
}

/**
 * Escapes everything but the characters without a meaning anywhere in a URL; JavaScript's own function escapes fewer.
 */
function urlencode(text: string): string {
  // An unpaired surrogate, which Vault may hold, has no UTF-8 encoding.
  return encodeURIComponent(text.toWellFormed()).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
