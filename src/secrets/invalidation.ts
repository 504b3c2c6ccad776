import type { Invalidation } from "../model/impact.js";
import type { Change } from "../model/plan.js";
import { PULL_SECRET } from "../model/environment.js";
import type { GenerateRule, Secret } from "../model/secret.js";

type Rule = readonly [application: RegExp, key: RegExp, text: string, permanent?: "permanent"];

/** Well-known secrets, the most specific first. */
const KNOWN: readonly Rule[] = [
  [
    /^gafaelfawr$/,
    /^session-secret$/,
    "all user sessions and cookies end, and what Redis holds can no longer be read",
    "permanent",
  ],
  [/^gafaelfawr$/, /^bootstrap-token$/, "the old bootstrap token stops working"],
  [/^gafaelfawr$/, /^signing-key$/, "all OpenID Connect tokens that were issued stop being valid"],
  [/^argocd$/, /^server\.secretkey$/, "all Argo CD logins end"],
  [/./, /crypt|cipher|encryption/i, "data that was encrypted with the old key can no longer be read", "permanent"],
  [/./, /sign(ing)?[-_.]?key/i, "tokens and signatures made with the old key stop being valid"],
  [/./, /session/i, "all sessions that rely on it end"],
  [
    /./,
    /(^|[-_.])(db|database|postgres(ql)?|pg|mysql|influxdb)[-_.].*passw|passw.*(db|database)/i,
    "clients that still hold the old database password are refused",
  ],
  [/^postgres(ql)?$/, /passw/i, "clients that still hold the old database password are refused"],
  [/./, /redis/i, "clients that still hold the old Redis password are refused"],
  [/./, /\.(crt|pem)$|certificate/i, "connections get the new certificate after a restart"],
];

const OLD_PASSWORD: Invalidation = { text: "whatever still holds the old password is refused", permanent: false };

const BY_GENERATOR: Readonly<Record<GenerateRule["type"], Invalidation>> = {
  password: OLD_PASSWORD,
  random: OLD_PASSWORD,
  "gafaelfawr-token": { text: "the old token stops working", permanent: false },
  "fernet-key": { text: "data that was encrypted with the old key can no longer be read", permanent: true },
  "rsa-private-key": { text: "tokens and signatures made with the old key stop being valid", permanent: false },
  "bcrypt-password-hash": { text: "the old password no longer logs in", permanent: false },
  mtime: { text: "logins from before the change end", permanent: false },
  "oidc-clients": {
    text: "OpenID Connect clients that were changed or removed can no longer log users in",
    permanent: false,
  },
};

/** What a change breaks; undefined for something that did not exist before. */
export function invalidation(change: Change, secret: Secret | undefined): Invalidation | undefined {
  if (change.action === "create") return undefined;
  if (change.application === PULL_SECRET)
    return { text: "images are pulled with the new credentials", permanent: false };
  if (secret?.kind === "generate" && !isPassword(secret.rule)) {
    const known = wellKnown(change, (rule) => rule[0].source !== ".");
    return known ?? BY_GENERATOR[secret.rule.type];
  }
  const known = wellKnown(change, () => true);
  if (known) return known;
  if (change.action === "delete") return { text: "whatever still reads it no longer finds it", permanent: false };
  if (secret?.kind === "generate") return BY_GENERATOR[secret.rule.type];
  return { text: "whatever still holds the old value is refused", permanent: false };
}

/** The longest name of a key in Kubernetes; what comes after is not looked at. */
const LONGEST_KEY = 253;

/** Whether its name alone says what it is for. */
function isPassword({ type }: GenerateRule): boolean {
  return type === "password" || type === "random";
}

function wellKnown({ application, key }: Change, applies: (rule: Rule) => boolean): Invalidation | undefined {
  const name = key.slice(0, LONGEST_KEY);
  const rule = KNOWN.find(
    (candidate) => applies(candidate) && candidate[0].test(application) && candidate[1].test(name),
  );
  return rule && { text: rule[2], permanent: rule[3] === "permanent" };
}
