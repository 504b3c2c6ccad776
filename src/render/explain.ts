import type { ConditionOutcome, Declaration } from "../model/declaration.js";
import type { AnyDiagnostic } from "../model/diagnostic.js";
import type { KeyHistory, KeyWrite } from "../model/history.js";
import { refId, type Secret, type SecretRef, sourcesOf } from "../model/secret.js";
import { lineOf } from "./diagnostic.js";
import { diagnosticJson } from "./diagnostic-json.js";
import { placeText } from "./place.js";
import { namesText } from "./names-text.js";
import { printable } from "./printable.js";
import { type Style, wrap } from "./style.js";

/** Where a secret comes from and where it goes. */
export interface Explanation extends SecretRef {
  readonly declaration: Declaration;
  /** Undefined: it is not required. */
  readonly secret: Secret | undefined;
  /** The secrets that come from it. */
  readonly followers: readonly SecretRef[];
  /** Whether there are more of them. */
  readonly isCut: boolean;
  /** Undefined if Vault has no secret for the application; a diagnostic where it was not asked. */
  readonly inVault: KeyHistory | AnyDiagnostic | undefined;
}

/** Secrets of one application, explained. */
export interface Explanations {
  readonly environment: string;
  /** Whether the environment enables the application. */
  readonly enabled: boolean;
  readonly explanations: readonly Explanation[];
}

/** For programs; of a fixed value only that there is one. */
export function explainResult({ environment, enabled, explanations }: Explanations): object {
  return {
    environment,
    enabled,
    secrets: explanations.map(({ application, key, declaration, secret, followers, isCut, inVault }) => ({
      application,
      key,
      declared: declaration.position,
      description: declaration.written.description?.trim(),
      conditions: declaration.conditions,
      required: secret !== undefined,
      ...(secret && {
        kind: secret.kind,
        sources: sourcesOf(secret).map(({ application, key }) => ({ application, key })),
      }),
      followers: followers.map(({ application, key }) => ({ application, key })),
      moreFollowers: isCut,
      ...(inVault && ("code" in inVault ? { notAsked: diagnosticJson(inVault) } : { inVault })),
    })),
  };
}

export function renderExplanations({ explanations, ...where }: Explanations, style: Style): string {
  return explanations.map((explanation) => explanationText(explanation, where, style)).join("\n");
}

function explanationText(
  { declaration, secret, followers, isCut, inVault, ...ref }: Explanation,
  where: Omit<Explanations, "explanations">,
  style: Style,
): string {
  const { description } = declaration.written;
  const rows: (readonly [label: string, text: string])[] = [
    ["declared", placeText(declaration.position)],
    ...declaration.conditions.map((condition) => ["condition", conditionText(condition)] as const),
    ["required", requiredText(ref, secret, where)],
    ...(secret ? [["value", valueText(secret)] as const] : []),
    ...(description ? [["about", description.trim()] as const] : []),
    ["used by", followers.length === 0 ? "no other secret" : namesText(followers, isCut)],
    ...vaultTexts(inVault).map((text) => ["in Vault", text] as const),
  ];
  const lines = rows.map(([label, text]) => wrap(text, style, " ".repeat(14), `  ${label.padEnd(10)}  `));
  return `${style.bold(printable(refId(ref)))}\n${lines.join("")}`;
}

function requiredText(
  { application }: SecretRef,
  secret: Secret | undefined,
  { environment, enabled }: Omit<Explanations, "explanations">,
): string {
  if (secret) return `yes, in ${environment}`;
  return enabled
    ? `no: its condition is false in ${environment}`
    : `no: ${application} is not enabled in ${environment}`;
}

function conditionText({ of, path, holds, decidedBy }: ConditionOutcome): string {
  const where = decidedBy === undefined ? "it is set in no values file" : placeText(decidedBy);
  return `${of === "secret" ? "" : `(of the ${of} rule) `}${path} is ${holds ? "true" : "false"}: ${where}`;
}

function valueText(secret: Secret): string {
  switch (secret.kind) {
    case "static":
      return "static: a person provides it";
    case "fixed":
      return "fixed in the configuration";
    case "template":
      return `made from ${sourcesOf(secret).map(refId).join(", ")}`;
    case "copy":
      return `a copy of ${refId(secret.from)}`;
    case "generate":
      return "source" in secret.rule
        ? `generated (${secret.rule.type}) from ${secret.application}/${secret.rule.source}`
        : `generated (${secret.rule.type})`;
  }
}

const DONE: Readonly<Record<KeyWrite["what"], string>> = {
  created: "created",
  changed: "changed",
  removed: "removed",
  holds: "holds it",
};

const STATE: Readonly<Record<KeyHistory["state"], string>> = {
  present: "holds a value",
  absent: "holds no value",
  deleted: "deleted",
};

/** The newest first. */
function vaultTexts(inVault: Explanation["inVault"]): readonly string[] {
  if (inVault === undefined) return ["has no secret for the application"];
  if ("code" in inVault) return [`not asked: ${lineOf(inVault)}`];
  const writes = inVault.writes.map(
    ({ version, createdTime, what, run }) =>
      `version ${version}, ${createdTime.slice(0, 19)}Z: ${DONE[what]} by ${run === undefined ? "a writer unknown" : `run ${run}`}`,
  );
  return [`version ${inVault.latest}, the latest, ${STATE[inVault.state]}`, ...writes.reverse()];
}
