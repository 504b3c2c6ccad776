import type { Problems } from "../problems.js";
import { placeText, type Position } from "../yaml/position.js";
import { describeKind, type YamlMapping } from "../yaml/kind.js";

/** Which field is read, where it stands, and whether it may be left out. */
export interface Field {
  readonly key: string;
  readonly at: () => Position;
  readonly needed: boolean;
}

/** A string among the settings; empty if there is none, or if it is wrong and that was reported. */
export function readString(values: YamlMapping, { key, at, needed }: Field, problems: Problems): string {
  const value = values[key] ?? "";
  if (typeof value !== "string")
    problems.add(`${placeText(at())}: "${key}" is ${describeKind(value)}; it must be a string`);
  else if (value === "" && needed) problems.add(`${placeText(at())}: "${key}" is not set`);
  return typeof value === "string" ? value : "";
}

/**
 * A URL among the settings, without slashes at its end; empty if there is none or it was reported as wrong. It is what it
 * looks like: the host that is asked stands in it, and nothing that `URL` reads otherwise than a person.
 */
export function readUrl(values: YamlMapping, field: Field, problems: Problems): string {
  const text = readString(values, field, problems);
  if (text === "") return "";
  const { key, at } = field;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !["http:", "https:"].includes(url.protocol)) {
    problems.add(`${placeText(at())}: "${key}" is no URL`, "Write it as in https://vault.example.org.");
    return "";
  }
  if (url.username !== "" || url.password !== "") {
    problems.add(
      `${placeText(at())}: "${key}" holds credentials`,
      "Remove them; credentials come from the environment.",
    );
    return "";
  }
  if (!isPlain(text, url)) {
    problems.add(
      `${placeText(at())}: "${key}" is not written as it is read: its host is ${url.host}`,
      "Write the address that is meant in ASCII, as in https://vault.example.org.",
    );
    return "";
  }
  return text.replace(/(?<!\/)\/+$/, "");
}

/** Whether a text says in plain ASCII what is read from it: scheme, host and, as far as they are written, port and path. */
function isPlain(text: string, url: URL): boolean {
  if (!/^[\x21-\x7e]+$/.test(text) || text.includes("\\")) return false;
  const [, host = "", path = ""] = /^https?:\/\/([^/?#]*)([^?#]*)/i.exec(text) ?? [];
  return host.toLowerCase().replace(/:\d*$/, "") === url.hostname && /^[\w.~%/-]*$/.test(path);
}
