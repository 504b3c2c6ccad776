export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
type JsonObject = Record<string, Json>;

/** A response, and its operation in the document. */
export interface DescribedAnswer {
  readonly method: string;
  readonly template: string;
  readonly status: number;
  readonly body: Json;
}

/** Violations of the OpenAPI document in a response: supports the subset of JSON Schema that our documents use. */
export function schemaErrors(document: JsonObject, { method, template, status, body }: DescribedAnswer): string[] {
  const response = at(document, ["paths", template, method.toLowerCase(), "responses", String(status)]);
  if (response === undefined) return [`the document has no ${status} for ${method} ${template}`];
  const content = at(response, ["content"]);
  if (content === undefined) return body === "" ? [] : ["the document has no body here"];
  const [media] = Object.values(content as JsonObject);
  return check(document, at(media ?? {}, ["schema"]) as JsonObject, body, "");
}

function at(value: Json, path: readonly string[]): Json | undefined {
  let found: Json | undefined = value;
  for (const name of path) found = (found as JsonObject | undefined)?.[name];
  return found;
}

function check(document: JsonObject, schema: JsonObject, value: Json, where: string): string[] {
  const { $ref, allOf, type } = schema;
  if (typeof $ref === "string")
    return check(document, at(document, $ref.split("/").slice(1)) as JsonObject, value, where);
  if (Array.isArray(allOf)) return allOf.flatMap((part) => check(document, part as JsonObject, value, where));
  switch (type) {
    case "object":
      return checkObject(document, schema, value, where);
    case "array":
      if (!Array.isArray(value)) return [`${where} is no array`];
      return value.flatMap((member, i) => check(document, schema["items"] as JsonObject, member, `${where}[${i}]`));
    case "string":
      return typeof value === "string" ? checkString(schema, value, where) : [`${where} is no string`];
    case "integer":
      return Number.isInteger(value) ? [] : [`${where} is no integer`];
    default:
      return typeof value === type ? [] : [`${where} is no ${JSON.stringify(type)}`];
  }
}

function checkObject(document: JsonObject, schema: JsonObject, value: Json, where: string): string[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [`${where} is no object`];
  const required = (schema["required"] ?? []) as string[];
  const properties = (schema["properties"] ?? {}) as JsonObject;
  const missing = required.filter((name) => !(name in value)).map((name) => `${where}.${name} is missing`);
  const wrong = Object.entries(properties).flatMap(([name, property]) => {
    const member = value[name];
    return member === undefined ? [] : check(document, property as JsonObject, member, `${where}.${name}`);
  });
  return [...missing, ...wrong];
}

function checkString({ pattern, enum: allowed, format }: JsonObject, value: string, where: string): string[] {
  const words = Array.isArray(allowed) ? allowed.map(String) : undefined;
  return [
    ...(typeof pattern === "string" && !new RegExp(pattern).test(value) ? [`${where} does not match ${pattern}`] : []),
    ...(words && !words.includes(value) ? [`${where} is none of ${words.join(", ")}`] : []),
    ...(format === "date-time" && Number.isNaN(Date.parse(value)) ? [`${where} is no date`] : []),
  ];
}
