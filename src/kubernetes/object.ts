import { type Fields, isFields, type Question, unusable } from "./answer.js";
import { apiVersionOf, kindOf } from "./kinds.js";

/** A valid object name, as the server also checks. */
const NAME = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/;
const NAMESPACE = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * Verifies that an object in a response is the requested one. In a list, the server omits its version and kind.
 *
 * @throws ServerError if it is another one.
 */
export function checkedObject(item: unknown, version: string, question: Question): Fields {
  const { resource, namespace, name } = question.target;
  const { group, kind, clusterWide } = kindOf(resource);
  const apiVersion = apiVersionOf(group, version);
  if (!isFields(item) || !isFields(item["metadata"])) throw unusable(question, "no-object");
  if ((item["kind"] ?? kind) !== kind || (item["apiVersion"] ?? apiVersion) !== apiVersion)
    throw unusable(question, "other-kind");
  const found = item["metadata"];
  if (!fits(found["name"], name, NAME)) throw unusable(question, "other-name");
  if (!clusterWide && !fits(found["namespace"], namespace, NAMESPACE)) throw unusable(question, "other-namespace");
  return { ...item, apiVersion, kind };
}

function fits(own: unknown, asked: string | undefined, grammar: RegExp): boolean {
  return typeof own === "string" && grammar.test(own) && (asked === undefined || own === asked);
}
