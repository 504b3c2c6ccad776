import type { Effect, Invalidation } from "../model/impact.js";
import type { Change } from "../model/plan.js";
import { PULL_SECRET } from "../model/environment.js";
import type { Secret } from "../model/secret.js";
import { generatorOf } from "./generators.js";

type Rule = readonly [application: RegExp, key: RegExp, effect: Effect];

const ANY = /./;

/** What a secret's name implies, the most specific pattern first. */
const KNOWN: readonly Rule[] = [
  [/^gafaelfawr$/, /^session-secret$/, "sessions-and-redis-lost"],
  [/^gafaelfawr$/, /^bootstrap-token$/, "bootstrap-token-refused"],
  [/^gafaelfawr$/, /^signing-key$/, "oidc-tokens-invalid"],
  [/^argocd$/, /^server\.secretkey$/, "argocd-logins-end"],
  [ANY, /crypt|cipher|encryption/i, "encrypted-data-unreadable"],
  [ANY, /sign(ing)?[-_.]?key/i, "signatures-invalid"],
  [ANY, /session/i, "sessions-end"],
  [
    ANY,
    /(^|[-_.])(db|database|postgres(ql)?|pg|mysql|influxdb)[-_.].*passw|passw.*(db|database)/i,
    "database-clients-refused",
  ],
  [/^postgres(ql)?$/, /passw/i, "database-clients-refused"],
  [ANY, /redis/i, "redis-clients-refused"],
  [ANY, /\.(crt|pem)$|certificate/i, "certificate-replaced"],
];
const OF_AN_APPLICATION = KNOWN.filter(([application]) => application !== ANY);

/** Stored data becomes unreadable. */
const PERMANENT: ReadonlySet<Effect> = new Set(["encrypted-data-unreadable", "sessions-and-redis-lost"]);

/** Whether an earlier value may be in use: also that of a key that somebody else removed. */
export function replacesValue({ action, cause }: Change): boolean {
  return action !== "create" || (cause.kind === "missing" && cause.heldIn !== undefined);
}

/**
 * What a change breaks; undefined for a secret that did not exist before.
 *
 * @param isOverDeleted Whether it is written over a soft-deleted version, which probably had a value.
 */
export function invalidation(
  change: Change,
  secret: Secret | undefined,
  isOverDeleted = false,
): Invalidation | undefined {
  const isGenerated = isOverDeleted && change.cause.kind !== "restored" && secret?.kind === "generate";
  if (!isGenerated && !replacesValue(change)) return undefined;
  const effect = effectOf(change, secret);
  return { effect, permanent: PERMANENT.has(effect) };
}

function effectOf(change: Change, secret: Secret | undefined): Effect {
  const isGone = change.action === "delete";
  if (change.application === PULL_SECRET) return isGone ? "readers-find-nothing" : "images-pulled-anew";
  const generator = secret?.kind === "generate" ? generatorOf(secret.rule) : undefined;
  const saysItself = generator !== undefined && !generator.namedByKey;
  const byName = effectByName(change, saysItself ? OF_AN_APPLICATION : KNOWN);
  const effect = byName ?? generator?.breaks;
  // A new value is refused somewhere, or replaces something; a deleted one is only missing, unless it opened stored data.
  if (isGone) return effect !== undefined && PERMANENT.has(effect) ? effect : "readers-find-nothing";
  if (byName) return byName;
  if (secret?.kind === "static") return "issuer-decides";
  return generator?.breaks ?? "old-value-refused";
}

/** The longest key name in Kubernetes; anything longer is cut off before matching. */
const LONGEST_KEY = 253;

function effectByName({ application, key }: Change, rules: readonly Rule[]): Effect | undefined {
  const name = key.slice(0, LONGEST_KEY);
  return rules.find(([applications, keys]) => applications.test(application) && keys.test(name))?.[2];
}
