/** Reading what comes from a rendered chart or a cluster: own properties of plain objects alone, and no more than a bound. */

/** Kubernetes itself takes objects of a few thousand fields at most. */
const MAX_LIST = 5_000;
const MAX_NAME = 253;
/** Templates times what they may take; beyond, it is not told what they take. */
export const MAX_PARTS = 20_000;

export type Fields = Readonly<Record<string, unknown>>;

export function fieldsOf(value: unknown): Fields | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

/** What stands at a path of field names; undefined where it does not lead on. */
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

/** The members of a mapping, as far as they are its own. */
export function entriesOf(value: unknown): readonly (readonly [string, unknown])[] {
  return Object.entries(fieldsOf(value) ?? {}).slice(0, MAX_LIST);
}

export function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** A name that an object of Kubernetes can have: a DNS subdomain. */
export function nameOf(value: unknown): string | undefined {
  const text = textOf(value);
  return text !== undefined && text.length <= MAX_NAME && /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/.test(text)
    ? text
    : undefined;
}
