import { randomInt } from "node:crypto";

/** A JSON object as sent by a client, or as stored. */
export type JsonObject = Record<string, unknown>;

/** An error response: `ErrorResponse` in the API document. */
export class Refusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";

/** A random identifier in 1Password's format. */
export function newId(): string {
  return Array.from({ length: 26 }, () => ALPHABET[randomInt(ALPHABET.length)]).join("");
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The objects in a list; none if the value is not a list of objects. */
function objects(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** A stored item: `FullItem` in the API document. */
export interface Item extends JsonObject {
  readonly id: string;
  readonly title: string;
  readonly vault: { readonly id: string };
  readonly version: number;
  readonly createdAt: string;
}

const CATEGORIES = new Set(
  "LOGIN PASSWORD API_CREDENTIAL SERVER DATABASE CREDIT_CARD MEMBERSHIP PASSPORT SOFTWARE_LICENSE OUTDOOR_LICENSE SECURE_NOTE WIRELESS_ROUTER BANK_ACCOUNT DRIVER_LICENSE IDENTITY REWARD_PROGRAM DOCUMENT EMAIL_ACCOUNT SOCIAL_SECURITY_NUMBER MEDICAL_RECORD SSH_KEY CUSTOM".split(
    " ",
  ),
);
const TYPES = new Set(["STRING", "EMAIL", "CONCEALED", "URL", "TOTP", "DATE", "MONTH_YEAR", "MENU"]);

/** Converts an item from a client: adds every identifier, and removes what only the server may set. */
export function toItem(vault: string, body: JsonObject, previous: Item | undefined, now: Date): Item {
  const { category, title, vault: of, urls, favorite, tags } = body;
  if (!CATEGORIES.has(String(category))) throw new Refusal(400, "Invalid item category");
  if (!isObject(of) || of["id"] !== vault)
    throw new Refusal(400, "The vault of the item is not the one of the request");
  const sections = objects(body["sections"]).map(({ id, label }) => ({
    id: typeof id === "string" && id !== "" ? id : newId(),
    ...(typeof label === "string" ? { label } : {}),
  }));
  const known = new Set(sections.map(({ id }) => id));
  const time = now.toISOString();
  return {
    id: previous?.id ?? newId(),
    title: typeof title === "string" ? title : "",
    vault: { id: vault },
    category,
    version: (previous?.version ?? 0) + 1,
    ...(previous?.["state"] === undefined ? {} : { state: previous["state"] }),
    ...(Array.isArray(urls) ? { urls } : {}),
    ...(typeof favorite === "boolean" ? { favorite } : {}),
    ...(Array.isArray(tags) ? { tags } : {}),
    createdAt: previous?.createdAt ?? time,
    updatedAt: time,
    lastEditedBy: "DEVCONNECT",
    sections,
    fields: objects(body["fields"]).map((field) => toField(field, known)),
  };
}

function toField(field: JsonObject, sections: ReadonlySet<string>): JsonObject {
  const { id, section, purpose, label, value, type: given = "STRING" } = field;
  // The document's own examples use lower case.
  const type = typeof given === "string" ? given.toUpperCase() : "";
  if (!TYPES.has(type)) throw new Refusal(400, "Invalid field type");
  if (isObject(section) && !sections.has(String(section["id"])))
    throw new Refusal(400, "The section of a field is missing");
  return {
    id: typeof id === "string" && id !== "" ? id : newId(),
    ...(isObject(section) ? { section: { id: section["id"] } } : {}),
    type,
    ...(typeof purpose === "string" ? { purpose } : {}),
    ...(typeof label === "string" ? { label } : {}),
    // Servers omit empty values.
    ...(typeof value === "string" && value !== "" ? { value } : {}),
  };
}

/** An item as listed: everything except its fields. */
export function summary(item: Item): JsonObject {
  return Object.fromEntries(Object.entries(item).filter(([name]) => name !== "sections" && name !== "fields"));
}
