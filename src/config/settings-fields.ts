import type { Problems } from "../problems.js";
import { describeKind, type YamlMapping } from "../yaml/kind.js";

/** Which field is read, where it stands, and whether it may be left out. */
export interface Field {
  readonly key: string;
  /** `file:line:column`. */
  readonly at: () => string;
  readonly needed: boolean;
}

/** A string among the settings; empty if there is none, or if it is wrong and that was reported. */
export function readString(values: YamlMapping, { key, at, needed }: Field, problems: Problems): string {
  const value = values[key] ?? "";
  if (typeof value !== "string") problems.add(`${at()}: "${key}" is ${describeKind(value)}; it must be a string`);
  else if (value === "" && needed) problems.add(`${at()}: "${key}" is not set`);
  return typeof value === "string" ? value : "";
}

/** A URL among the settings, without slashes at its end; empty if there is none or it was reported as wrong. */
export function readUrl(values: YamlMapping, field: Field, problems: Problems): string {
  const text = readString(values, field, problems);
  if (text === "") return "";
  const { key, at } = field;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !["http:", "https:"].includes(url.protocol)) {
    problems.add(`${at()}: "${key}" is no URL`, "Write it as in https://vault.example.org.");
    return "";
  }
  if (url.username !== "" || url.password !== "") {
    problems.add(`${at()}: "${key}" holds credentials`, "Remove them; credentials come from the environment.");
    return "";
  }
  return text.replace(/(?<!\/)\/+$/, "");
}
