import type { AnyDiagnostic, Place } from "../model/diagnostic.js";
import type { ImpossibleRule } from "../model/diagnostics/config.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { CHARACTER_CLASSES, type CharacterClass, CLASS_NAMES, type SecretRef } from "../model/secret.js";
import type { WrittenSecret } from "../model/written-secret.js";
import { isConditionPath } from "./helm-values.js";
import { parseTemplate } from "./template.js";

/** The subject of a secret's problem: the secret, and the position of the path within it. */
export type AboutSecret = (path: readonly (string | number)[]) => {
  readonly subject: SecretRef;
  readonly place: Place;
};

/** Problems of an entry of `secrets.yaml` that its schema cannot express. */
export function checkSecret(ref: SecretRef, secret: WrittenSecret, about: AboutSecret): AnyDiagnostic[] {
  const { copy, generate } = secret;
  const found: AnyDiagnostic[] = [];
  const conditions: [readonly string[], string | null | undefined][] = [
    [["if"], secret.if],
    [["copy", "if"], copy?.if],
    [["generate", "if"], generate?.if],
  ];
  for (const [path, condition] of conditions) {
    if (condition && !isConditionPath(condition)) found.push(diagnostic("condition-not-path", {}, about(path)));
  }
  const alwaysCopied = copy && !copy.if;
  const alwaysGenerated = generate && !generate.if;
  if (!secret.description && !alwaysCopied) found.push(diagnostic("description-missing", {}, about([])));
  if (alwaysCopied && alwaysGenerated) found.push(diagnostic("rules-unconditional", {}, about([])));
  if ((alwaysCopied || alwaysGenerated) && secret.value) {
    found.push(diagnostic("value-beside-rule", {}, about(["value"])));
  }
  if (generate?.type === "random") {
    const why = whyImpossible(generate);
    if (why !== undefined) found.push(diagnostic("random-rule-impossible", why, about(["generate"])));
  }
  if (generate?.type === "template") found.push(...checkTemplate(ref, generate.template, about));
  return found;
}

function checkTemplate(ref: SecretRef, text: string, about: AboutSecret): AnyDiagnostic[] {
  const path = ["generate", "template"];
  const template = parseTemplate(text, ref.application);
  if (template === undefined) return [diagnostic("template-dollar", {}, about(path))];
  const unknown = template.unknownFilters.map((filter) =>
    diagnostic("template-filter-unknown", { filter }, about(path)),
  );
  if (unknown.length > 0) return unknown;
  if (template.parts.some((part) => typeof part !== "string")) return [];
  return [diagnostic("template-without-secret", {}, about(path))];
}

export const DEFAULT_CHARSET = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

interface WrittenRandomRule {
  readonly length: number;
  readonly charset?: string | undefined;
  readonly minimum?: Readonly<Partial<Record<CharacterClass, number | undefined>>> | undefined;
}

/** What makes a `random` rule impossible; undefined if it is possible. */
function whyImpossible({
  length,
  charset = DEFAULT_CHARSET,
  minimum = {},
}: WrittenRandomRule): ImpossibleRule | undefined {
  const characters = Array.from(charset);
  if (new Set(characters).size < characters.length) return { reason: "charset-repeats" };
  if (characters.some((character) => /\p{C}/u.test(character))) return { reason: "charset-has-control-character" };
  const total = CLASS_NAMES.reduce((sum, name) => sum + (minimum[name] ?? 0), 0);
  if (total > length) return { reason: "minimums-exceed-length", total };
  const empty = CLASS_NAMES.find((name) => (minimum[name] ?? 0) > 0 && !CHARACTER_CLASSES[name].test(charset));
  return empty === undefined ? undefined : { reason: "class-not-in-charset", class: empty };
}
