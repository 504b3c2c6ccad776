import { SecretValue } from "../model/secret-value.js";
import { decodeUtf8 } from "../model/text-encoding.js";
import { type Fields, isFields, type Question, unusable } from "./answer.js";

/** The value of one key of a Secret. */
export interface SecretData {
  /** Undefined if it is not UTF-8 text. */
  readonly text: SecretValue | undefined;
  /** Its bytes in canonical base64 with padding. */
  readonly base64: SecretValue;
}

/**
 * A Kubernetes Secret without anything else that may reveal its values: annotations hold what was last applied, or a
 * hash.
 */
export interface KubernetesSecret {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly type: string;
  readonly creationTimestamp: string;
  /** The server's record of who wrote which fields, and when. */
  readonly managedFields: readonly unknown[];
  readonly ownerReferences: readonly unknown[];
  readonly data: ReadonlyMap<string, SecretData>;
}

/** @param object Known to be the requested Secret. */
export function secretOf(object: Fields, question: Question): KubernetesSecret {
  const { type = "Opaque", data } = object;
  const metadata = isFields(object["metadata"]) ? object["metadata"] : {};
  const text = (name: string): string => {
    const value = metadata[name];
    if (typeof value !== "string") throw unusable(question, "no-object");
    return value;
  };
  const list = (name: string): readonly unknown[] => (Array.isArray(metadata[name]) ? metadata[name] : []);
  if (typeof type !== "string" || !isFields(data ?? {})) throw unusable(question, "no-object");
  return {
    namespace: text("namespace"),
    name: text("name"),
    uid: text("uid"),
    resourceVersion: text("resourceVersion"),
    creationTimestamp: text("creationTimestamp"),
    type,
    managedFields: list("managedFields"),
    ownerReferences: list("ownerReferences"),
    data: new Map(Object.entries(data ?? {}).map(([key, value]) => [key, dataOf(value, question)])),
  };
}

function dataOf(value: unknown, question: Question): SecretData {
  if (typeof value !== "string") throw unusable(question, "no-object");
  const bytes = Buffer.from(value, "base64");
  const base64 = bytes.toString("base64");
  // Node skips invalid characters; the server never writes any.
  if (base64 !== value) throw unusable(question, "no-object");
  const text = decodeUtf8(bytes);
  return { text: text === undefined ? undefined : new SecretValue(text), base64: new SecretValue(base64) };
}
