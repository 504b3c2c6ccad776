/**
 * Safe reading of what comes from a rendered chart or a cluster: only own properties of plain objects, and only up to a
 * limit.
 */

/** Kubernetes itself accepts objects with a few thousand fields at most. */
const MAX_LIST = 5_000;
const MAX_NAME = 253;
/** Templates times what they may use; beyond that, what they use counts as unknown. */
export const MAX_PARTS = 20_000;

export type Fields = Readonly<Record<string, unknown>>;

export function fieldsOf(value: unknown): Fields | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

/** The value at a path of field names; undefined if the path does not exist. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  let here = value;
  for (const name of path) {
    const fields = fieldsOf(here);
    if (fields === undefined || !Object.hasOwn(fields, name)) return undefined;
    here = fields[name];
  }
  return here;
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value.slice(0, MAX_LIST) : [];
}

/** The own members of a mapping. */
export function entriesOf(value: unknown): readonly (readonly [string, unknown])[] {
  return Object.entries(fieldsOf(value) ?? {}).slice(0, MAX_LIST);
}

export function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** A valid name of a Kubernetes object: a DNS subdomain. */
export function nameOf(value: unknown): string | undefined {
  const text = textOf(value);
  return text !== undefined && text.length <= MAX_NAME && /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/.test(text)
    ? text
    : undefined;
}
