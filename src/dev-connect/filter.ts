import { Refusal } from "./refusal.js";

/**
 * What a SCIM filter of the form `ATTRIBUTE eq "VALUE"` lets pass; without one, everything. The value is written as a
 * JSON string is.
 */
export function parseFilter(filter: string | null, attribute: string): (value: string) => boolean {
  if (filter === null || filter === "") return () => true;
  const [, name, quoted] = /^\s*([A-Za-z]+)\s+eq\s+("(?:[^"\\]|\\.)*")\s*$/su.exec(filter) ?? [];
  if (name !== attribute || quoted === undefined) throw new Refusal(400, `Invalid filter: only ${attribute} eq`);
  let wanted: unknown;
  try {
    wanted = JSON.parse(quoted);
  } catch {
    throw new Refusal(400, "Invalid filter: no string");
  }
  return (value) => value === wanted;
}
