import { PULL_SECRET } from "../model/environment.js";
import type { Use } from "../model/consumer.js";
import { refId, type SecretRef } from "../model/secret.js";
import type { ConsumerGap, FoundBy, KeyConsumer, KeyUses, MissingKey, WhoUses } from "../model/who-uses.js";
import { gapText } from "./consumer-gap.js";
import { printable } from "./printable.js";
import { type Style, wrap } from "./style.js";
import { consumerText, secretText } from "./use.js";

/** What also has the values, in other keys. */
export interface Derived {
  /** As APP/KEY. */
  readonly names: readonly string[];
  /** The command that shows who uses these, too. */
  readonly command: string;
}

/** Who uses the keys of an environment, for a person. */
export function renderConsumers({ by, keys, missing, gaps }: WhoUses, derived: Derived, style: Style): string {
  const gone = new Set(gaps.flatMap((gap) => ("application" in gap ? [gap.application] : [])));
  return [
    ...keys.map((key) => keyText(key, gone, style)),
    missingText(missing, style),
    derivedText(derived, style),
    remarksText({ by, gaps }, style),
  ]
    .filter((text) => text !== "")
    .join("\n");
}

const WHY = {
  "application-not-enabled": "its application is not enabled",
  "condition-false": "its condition is false",
  undeclared: "no secrets.yaml declares it",
} as const;

/** Keys without which a workload does not start. */
function missingText(missing: readonly MissingKey[], style: Style): string {
  if (missing.length === 0) return "";
  const texts = missing.map((key) => {
    const head = wrap(`${refId(key)}: ${WHY[key.absence]}`, style, "    ", "  ");
    return head + key.consumers.map((consumer) => wrap(consumerText(consumer), style, "      ", "    ")).join("");
  });
  return `Read, but not required here:\n${texts.join("")}`;
}

function derivedText({ names, command }: Derived, style: Style): string {
  if (names.length === 0) return "";
  const them = names.length === 1 ? "it" : "them";
  return `${wrap(`Copied or made from these: ${names.map(printable).join(", ")}. To include ${them}:`, style, "")}  ${printable(command)}\n`;
}

/** What is unknown, and how the rest was found. */
export function remarksText({ by, gaps }: Pick<WhoUses, "by" | "gaps">, style: Style): string {
  return [gapsText(gaps, style), byText(by, style)].filter((text) => text !== "").join("\n");
}

function keyText(key: KeyUses, gone: ReadonlySet<string>, style: Style): string {
  const lines = key.secrets.map((secret) => {
    const consumers = secret.consumers.map((consumer) => wrap(consumerText(consumer), style, "      ", "    "));
    const nothing = consumers.length === 0 ? wrap(nothingText(key, gone), style, "      ", "    ") : "";
    return wrap(secretText(secret, key.key), style, "    ", "  ") + consumers.join("") + nothing;
  });
  const none = lines.length === 0 ? wrap(noSecretText(key, gone), style, "    ", "  ") : "";
  return `${style.bold(printable(nameOf(key)))}\n${lines.join("")}${none}`;
}

/** The pull secret has only one key. */
export function nameOf(ref: SecretRef): string {
  return ref.application === PULL_SECRET ? PULL_SECRET : refId(ref);
}

function nothingText({ application }: KeyUses, gone: ReadonlySet<string>): string {
  return gone.has(application) ? "no known use" : "not used";
}

function noSecretText({ application }: KeyUses, gone: ReadonlySet<string>): string {
  return gone.has(application) ? "in no known Kubernetes Secret" : "in no Kubernetes Secret";
}

/** What is unknown, one line each. */
function gapsText(gaps: readonly ConsumerGap[], style: Style): string {
  return gaps.length === 0 ? "" : `Unknown:\n${gaps.map((gap) => wrap(gapText(gap), style, "    ", "  ")).join("")}`;
}

const READ = "The chart templates were read as text. With helm on PATH, they are rendered, which finds more.";

function byText(by: FoundBy, style: Style): string {
  return by === "helm" ? "" : wrap(READ, style, "");
}

/** The same for programs. */
export function consumersResult(environment: string, { by, keys, missing, gaps }: WhoUses): object {
  return {
    environment,
    by,
    secrets: keys.map((uses) => ({ application: uses.application, key: uses.key, secrets: usedByResult(uses) })),
    unread: keys.flatMap(({ application, key, secrets }) =>
      secrets.some(({ consumers }) => consumers.length > 0) ? [] : [{ application, key }],
    ),
    missing: missing.map(({ consumers, ...key }) => ({ ...key, consumers: consumers.map(consumerResult) })),
    notKnown: gaps.map(gapResult),
  };
}

export function usedByResult({ secrets }: KeyUses): object[] {
  return secrets.map(({ secret, namespace, object, dataKeys, consumers }) => ({
    namespace,
    secret,
    madeBy: object,
    keys: dataKeys ?? null,
    consumers: consumers.map(consumerResult),
  }));
}

function consumerResult({ object, workload, uses }: KeyConsumer): object {
  return { ...object, workload, uses: uses.map(useResult) };
}

/** Its Secret is already named above it. */
function useResult({ kind, keys, container, init, variable, field, optional }: Use): object {
  return { kind, keys, container, init, variable, field, optional };
}

export function gapResult(gap: ConsumerGap): object {
  return { ...gap, text: gapText(gap) };
}
