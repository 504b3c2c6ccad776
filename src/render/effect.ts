import type { Effect, Impact } from "../model/impact.js";

const WORDS: Readonly<Record<Effect, string>> = {
  "argocd-logins-end": "all Argo CD logins end",
  "bootstrap-token-refused": "the old bootstrap token stops working",
  "certificate-replaced": "connections get the new certificate after a restart",
  "database-clients-refused": "clients that still hold the old database password are refused",
  "earlier-logins-end": "existing logins end",
  "encrypted-data-unreadable": "data that was encrypted with the old key can no longer be read",
  "images-pulled-anew": "images are pulled with the new credentials",
  "oidc-clients-refused": "OpenID Connect clients that were changed or removed can no longer log users in",
  "oidc-tokens-invalid": "all issued OpenID Connect tokens become invalid",
  "old-login-refused": "the old password no longer works for logging in",
  "old-password-refused": "anything that still uses the old password is refused",
  "old-token-refused": "the old token stops working",
  "old-value-refused": "anything that still uses the old value is refused",
  "readers-find-nothing": "anything that still reads it no longer finds it",
  "redis-clients-refused": "clients that still hold the old Redis password are refused",
  "sessions-and-redis-lost": "all user sessions and cookies end, and the data in Redis can no longer be read",
  "sessions-end": "all sessions that use it end",
  "signatures-invalid": "tokens and signatures made with the old key become invalid",
};

/** What a new or deleted value breaks. */
export function effectText(effect: Effect): string {
  return WORDS[effect];
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
