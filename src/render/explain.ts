import { PULL_SECRET } from "../model/environment.js";
import type { ConditionOutcome, Declaration } from "../model/declaration.js";
import type { AnyDiagnostic } from "../model/diagnostic.js";
import type { KeyHistory, KeyWrite } from "../model/history.js";
import type { UnresolvedReason } from "../model/plan.js";
import { refId, type Secret, type SecretRef, sourcesOf } from "../model/secret.js";
import type { KeyUses, WhoUses } from "../model/who-uses.js";
import type { ApplicationSwitch, Edit, Hop, Leftover, Obstacle, ValueSource } from "../model/explanation.js";
import { commandLine } from "../model/shell.js";
import { lineOf } from "./diagnostic.js";
import { editResult, editText, switchResult } from "./edit-text.js";
import { sourceResult, sourceTexts } from "./explain-source.js";
import { natureWords } from "./nature.js";
import { stringSteps } from "./string-steps.js";
import { reasonHint, reasonText } from "./reason.js";
import { restoreTakenBack, restoreVersion } from "./restore-command.js";
import { diagnosticJson } from "./diagnostic-json.js";
import { consumerText } from "./use.js";
import { gapResult, nameOf, remarksText, usedByResult } from "./consumers.js";
import { splitAtCommand } from "./fold.js";
import { placeText } from "./place.js";
import { namesText } from "./names-text.js";
import { printable } from "./printable.js";
import { type Style, wrap } from "./style.js";

/** Where a secret comes from and where it goes. */
export interface Explanation extends SecretRef {
  /** Undefined: nothing declares it. */
  readonly declaration: Declaration | undefined;
  /** Undefined: it is not required, or would not be even if its application were enabled. */
  readonly secret: Secret | undefined;
  /** The edit that makes its own condition true. */
  readonly change: Edit | undefined;
  /** What it derives from, up to the end of the chain. */
  readonly hops: readonly Hop[];
  /** How many are omitted before the last one. */
  readonly hidden: number;
  readonly obstacle: Obstacle | undefined;
  /** Where the value of a static secret comes from: of this one, or of the one at the end of its chain. */
  readonly source: ValueSource | undefined;
  readonly leftover: Leftover | undefined;
  readonly followers: readonly SecretRef[];
  /** Whether there are more of them. */
  readonly isCut: boolean;
  /** Who uses it in the cluster; undefined if that was not determined. */
  readonly uses: KeyUses | undefined;
  /** Undefined if Vault has no secret for the application; a diagnostic if Vault was not asked. */
  readonly inVault: KeyHistory | AnyDiagnostic | undefined;
}

/** Secrets of one application, explained. */
export interface Explanations {
  readonly environment: string;
  readonly application: ApplicationSwitch;
  /** Whether the configuration has such an application. */
  readonly known: boolean;
  /** Whether all of its secrets are explained. */
  readonly whole: boolean;
  readonly explanations: readonly Explanation[];
  /** How their consumers were found, and what is unknown. */
  readonly consumers: Pick<WhoUses, "by" | "gaps"> | undefined;
}

/** For programs; shows only that there is a fixed value, not the value itself. */
export function explainResult({ environment, application: own, explanations, consumers }: Explanations): object {
  return {
    environment,
    ...switchResult(own),
    secrets: explanations.map(({ application, key, declaration, secret, followers, isCut, inVault, ...more }) => ({
      application,
      key,
      ...(declaration && { declared: declaration.position }),
      description: declaration?.written.description?.trim(),
      conditions: declaration?.conditions ?? [],
      required: own.enabled && secret !== undefined,
      ...(own.enabled ? {} : { requiredIfEnabled: secret !== undefined }),
      ...(more.change && { change: editResult(more.change) }),
      ...(secret && {
        kind: secret.kind,
        sources: sourcesOf(secret).map(({ application, key }) => ({ application, key })),
      }),
      ...(more.source && { valueSource: sourceResult(more.source) }),
      ...(more.leftover && { leftover: more.leftover }),
      chain: more.hops,
      hiddenInChain: more.hidden,
      ...(more.obstacle && { unresolved: obstacleResult(more.obstacle) }),
      followers: followers.map(({ application, key }) => ({ application, key })),
      moreFollowers: isCut,
      ...(more.uses && { usedBy: usedByResult(more.uses) }),
      ...(inVault && ("code" in inVault ? { notAsked: diagnosticJson(inVault) } : { inVault })),
    })),
    ...(consumers && { consumersBy: consumers.by, consumersNotKnown: consumers.gaps.map(gapResult) }),
  };
}

function obstacleResult({ reason, change, ...rest }: Obstacle): object {
  return { ...rest, reason, text: reasonText(reason), ...(change && { change: editResult(change) }) };
}

export function renderExplanations({ explanations, ...where }: Explanations, style: Style): string {
  const texts = explanations.map((explanation) => explanationText(explanation, where, style));
  const { consumers } = where;
  const remarks = consumers && explanations.some(({ uses }) => uses) ? remarksText(consumers, style) : "";
  return [...(where.whole ? headText(where, explanations.length, style) : []), ...texts, remarks]
    .filter((text) => text !== "")
    .join("\n");
}

/** What applies to an application as a whole. */
function headText({ application: own, environment, known }: Where, secrets: number, style: Style): string[] {
  const { application, enabled, change } = own;
  if (!known)
    return [
      wrap(`${application} is not an application of the configuration. Vault holds these secrets for it:`, style, ""),
    ];
  if (enabled)
    return secrets > 0 ? [] : [wrap(`${application} is enabled in ${environment} and declares no secrets.`, style, "")];
  const would = secrets > 0 ? "Its secrets would then be:" : "It declares no secrets.";
  return [
    wrap(`${application} is not enabled in ${environment}: ${decidedText(own)}`, style, "  ", "") +
      (change ? editText(change, style, "    ", "  To enable it: ") : "") +
      `  ${would}\n`,
  ];
}

type Where = Omit<Explanations, "explanations">;

function explanationText(
  {
    declaration,
    secret,
    followers,
    isCut,
    inVault,
    change,
    hops,
    hidden,
    obstacle,
    uses,
    source,
    leftover,
    ...ref
  }: Explanation,
  where: Where,
  style: Style,
): string {
  const description = declaration?.written.description;
  const isPullSecret = ref.application === PULL_SECRET;
  const rows: Row[] = [
    ...(isPullSecret ? PULL_SECRET_ROWS : declaredRows({ declaration, secret, change, ...ref }, where)),
    ...[...hopTexts(hops, hidden), ...(source ? sourceTexts(source, leftover !== undefined) : [])].map(
      (text) => ["from", text] as const,
    ),
    ...(obstacle ? obstacleTexts(obstacle, where.environment) : []),
    ...(description ? [["about", description.trim()] as const] : []),
    ...(isPullSecret
      ? []
      : [["used by", followers.length === 0 ? "no other secret" : namesText(followers, isCut)] as const]),
    ...(uses ? readerTexts(uses, where).map((text) => ["read by", text] as const) : []),
    ...vaultTexts(inVault, where.environment, ref.application).map((text) => ["in Vault", stepIn(text)] as const),
    ...(leftover ? leftoverRows(leftover) : []),
  ];
  const lines = rows.map(([label, text]) => {
    const head = `  ${label.padEnd(10)}  `;
    const indent = " ".repeat(14);
    // A command is alone on its line, for pasting.
    if (label === TO_DELETE && typeof text === "string") return `  ${label}\n    ${printable(text)}\n`;
    if (typeof text !== "string" && "command" in text)
      return `${wrap(text.what, style, indent, head)}    ${printable(text.command)}\n`;
    return typeof text === "string" ? wrap(text, style, indent, head) : editText(text, style, indent, head);
  });
  return `${style.bold(printable(nameOf(ref)))}\n${lines.join("")}`;
}

const PULL_SECRET_ROWS: readonly Row[] = [
  ["declared", "nowhere: it belongs to no application"],
  ["value", "credentials of container registries, with which the cluster fetches images: a person provides them"],
];

type Declared = SecretRef & Pick<Explanation, "declaration" | "secret" | "change">;

function declaredRows({ declaration, secret, change, ...ref }: Declared, where: Where): readonly Row[] {
  return [
    ["declared", declaration ? placeText(declaration.position) : "nowhere"],
    ...(declaration?.conditions ?? []).map((condition) => ["condition", conditionText(condition)] as const),
    ["required", declaration ? requiredText(ref, secret, where) : `no: nothing in ${where.environment} requires it`],
    ...edits(!declaration || where.whole || where.application.enabled ? change : where.application.change),
    ...(secret ? [["value", valueText(secret)] as const] : []),
  ];
}

/** What uses it in the cluster. */
function readerTexts(uses: KeyUses, { consumers }: Where): string[] {
  const isDoubtful = consumers?.gaps.some((gap) => "application" in gap && gap.application === uses.application);
  const texts = uses.secrets.flatMap(({ namespace, consumers: found }) =>
    found.map((consumer) => `${consumerText(consumer)}, in namespace ${namespace}`),
  );
  if (texts.length > 0) return texts;
  const where = uses.secrets.length > 0 ? "nothing" : "nothing: it is in no Kubernetes Secret";
  return [isDoubtful ? `${where}, as far as is known` : where];
}

type Row = readonly [label: string, text: string | Edit | Step];

interface Step {
  readonly what: string;
  readonly command: string;
}

function edits(edit: Edit | undefined): readonly Row[] {
  return edit ? [[edit.replaces ? "to change" : "to add", edit]] : [];
}

function requiredText(
  { application }: SecretRef,
  secret: Secret | undefined,
  { environment, application: own, whole }: Where,
): string {
  if (own.enabled) return secret ? `yes, in ${environment}` : `no: its condition is false in ${environment}`;
  if (whole) return secret ? "yes, if it is enabled" : `no: its condition is false in ${environment}`;
  const also = secret ? "" : ", and its condition is false";
  return `no: ${application} is not enabled in ${environment} (${decidedText(own)})${also}`;
}

function decidedText({ application, decidedBy }: ApplicationSwitch): string {
  return decidedBy === undefined ? `no settings mention ${application}` : placeText(decidedBy);
}

function hopTexts(hops: readonly Hop[], hidden: number): string[] {
  const texts = hops.map(hopText);
  return hidden === 0 ? texts : [...texts.slice(0, -1), `… ${hidden} more …`, ...texts.slice(-1)];
}

function hopText({ enabled, required, nature, declared, held, ...ref }: Hop): string {
  const off = enabled ? "" : `, but ${ref.application} is not enabled`;
  if (nature === undefined) return `${refId(ref)}, declared nowhere`;
  const state =
    enabled && !required ? ", but not required" : held === false ? ", but Vault holds no value for it" : off;
  return `${refId(ref)}, ${natureWords(nature)}${state}${declared ? `: ${placeText(declared)}` : ""}`;
}

function obstacleTexts(
  { reason, condition, decidedBy, change, ...ref }: Obstacle,
  environment: string,
): readonly Row[] {
  const why =
    condition === undefined ? "" : `; ${condition} is ${decidedBy === undefined ? "set in no values file" : "false"}`;
  const where = decidedBy === undefined ? "" : `: ${placeText(decidedBy)}`;
  const text = `${refId(ref)} ${reasonText(reason)}${why}${where}`;
  return [
    ["unresolved", text],
    ...(change ? edits(change) : whatToDo(reason, ref, environment).map((text) => ["to do", text] as const)),
  ];
}

function whatToDo(reason: UnresolvedReason, ref: SecretRef, environment: string): readonly (string | Step)[] {
  if (reason.kind !== "not-a-string") return [reasonHint(reason, ref, environment)];
  return stringSteps(reason, ref, environment).map(([what, words]) => ({
    what,
    command: commandLine("phalanx", ...words),
  }));
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
  holds: "written",
};

const STATE: Readonly<Record<KeyHistory["state"], string>> = {
  present: "holds a value",
  "not-a-string": "holds a value that is not a string",
  empty: "holds an empty value",
  absent: "holds no value",
  deleted: "is soft-deleted",
  destroyed: "was destroyed, so Vault cannot restore it",
};

const TO_DELETE = "to delete";

function leftoverRows({ deletion, keptBecauseOf, isUsed }: Leftover): readonly Row[] {
  if (isUsed)
    return [
      [
        "left over",
        "no source names it, so a sync with --delete deletes it; but the charts still use it (above): to keep it, name its registries in the source",
      ],
    ];
  if (deletion === undefined)
    return [
      [
        "left over",
        `but a sync with --delete keeps it, because a file, or a setting in it, seems to have the wrong name: ${keptBecauseOf.join(", ")}`,
      ],
    ];
  return [
    ["left over", "a sync with --delete deletes it"],
    [TO_DELETE, deletion],
  ];
}

/** A command at the end of a text is separate, for pasting. */
function stepIn(text: string): string | Step {
  const [what, command] = splitAtCommand(text) ?? [];
  return what === undefined || command === undefined ? text : { what, command };
}

/** Newest first. */
function vaultTexts(inVault: Explanation["inVault"], environment: string, application: string): readonly string[] {
  if (inVault === undefined) return ["no secret for the application"];
  if ("code" in inVault) return [`not queried: ${lineOf(inVault)}`];
  const writes = inVault.writes.map(
    ({ version, createdTime, what, run, by }) =>
      `version ${version}, ${createdTime.slice(0, 19)}Z: ${DONE[what]} by ${run === undefined ? "an unknown writer" : `run ${run}${by === undefined ? "" : ` (${by})`}`}`,
  );
  const restore =
    inVault.state !== "deleted"
      ? []
      : inVault.takenBack === undefined
        ? [`to restore it: ${restoreVersion(environment, inVault.latest, application)}`]
        : [restoreTakenBack(inVault.takenBack, inVault.latest, application, environment)];
  return [`version ${inVault.latest}, the latest, ${STATE[inVault.state]}`, ...restore, ...writes.reverse()];
}
