import type { Effect, Impact } from "../model/impact.js";
import type { ApplicationPlan, Change } from "../model/plan.js";

/** By effect; `old` stands before what is replaced ("the old", or whose it is), `next` before what replaces it. */
const WORDS: Readonly<Record<Effect, (old: string, next: string) => string>> = {
  "argocd-logins-end": () => "all Argo CD logins end",
  "bootstrap-token-refused": (old) => `${old} bootstrap token stops working`,
  "certificate-replaced": () => "connections get the new certificate after a restart",
  "database-clients-refused": (old, next) =>
    `until ${next} password is set in the database, it accepts only ${old} password; after that, only ${next} one`,
  "earlier-logins-end": () => "existing logins end",
  "encrypted-data-unreadable": (old) =>
    `what was encrypted with ${old} key (stored data, or only cookies) can no longer be read`,
  "hash-decides-login": (_, next) => `only the password that ${next} hash was made from works for logging in`,
  "images-pulled-anew": () => "images are pulled with the new credentials",
  "issuer-decides": (old) =>
    `workloads keep ${old} value until they restart; its issuer decides how long it stays valid`,
  "oidc-clients-refused": () => "OpenID Connect clients that were changed or removed can no longer log users in",
  "oidc-tokens-invalid": () => "all issued OpenID Connect tokens become invalid",
  "old-hash-refused": () =>
    "the password itself does not change: the one in Vault works for logging in, any other no longer does",
  "old-login-refused": (old) => `${old} password no longer works for logging in`,
  "old-password-refused": (old, next) =>
    `anything that still uses ${old} password is refused once ${next} one is in use`,
  "old-token-refused": (old, next) => `${old} token stops working once ${next} one is in use`,
  "old-value-refused": (old, next) => `anything that still uses ${old} value is refused once ${next} one is in use`,
  "readers-find-nothing": () => "anything that still reads it no longer finds it",
  "redis-clients-refused": (old) =>
    `clients that still hold ${old} Redis password are refused once Redis has the new one`,
  "sessions-and-redis-lost": () => "all user sessions and cookies end, and the data in Redis can no longer be read",
  "sessions-end": () => "all sessions that use it end",
  "sources-unchanged": (_, next) =>
    `it is not known which of the two values is in use: before a restart, check that ${next} one is accepted`,
  "signatures-invalid": (old) => `tokens and signatures made with ${old} key may no longer be accepted`,
};

/** What a new or deleted value breaks. */
export function effectText(effect: Effect): string {
  return WORDS[effect]("the old", "the new");
}

/** The same for a restore, where "the old" would be misread as what comes back. */
export function effectOfRestore(
  effect: Effect,
  { base, cause }: Pick<ApplicationPlan, "base"> & Pick<Change, "cause">,
): string {
  const text = WORDS[effect](base.kind === "absent" ? "the present" : `version ${base.version}'s`, "the restored");
  if (effect === "database-clients-refused" && base.kind !== "absent")
    return `the database accepts version ${base.version}'s password only if it was set there: before a restart, check that it accepts the restored one`;
  return effect === "encrypted-data-unreadable" && cause.kind === "restored"
    ? `${text}; what was encrypted with version ${cause.version}'s can be read again`
    : text;
}

/** The impact of a plan for programs, including the text for what it breaks. */
export function impactJson({ changes, restart }: Impact): object {
  return {
    changes: changes.map(({ invalidates, ...change }) =>
      invalidates ? { ...change, invalidates: { ...invalidates, text: effectText(invalidates.effect) } } : change,
    ),
    restart,
  };
}
