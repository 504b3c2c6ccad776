import type { ReadAppRole, Requirement, WriteToken } from "../model/vault-credentials.js";
import { commandLine } from "../model/shell.js";
import { printable } from "./printable.js";

/** Output of `vault create-read-approle`: YAML with sorted keys. The SecretID is the point of the command. */
export function renderAppRole(role: ReadAppRole): string {
  const lines = Object.entries(appRoleResult(role)).map(([key, value]) => {
    if (typeof value === "object") return list(key, value);
    return `${key}: ${typeof value === "string" ? scalar(value) : value}`;
  });
  return `${lines.join("\n")}\n`;
}

/** The same for programs. */
export function appRoleResult(role: ReadAppRole): Record<string, string | number | readonly string[]> {
  return {
    policies: role.policies,
    role_id: role.roleId,
    secret_id: role.secretId.reveal(),
    secret_id_accessor: role.secretIdAccessor,
    token_max_ttl: role.tokenMaxTtl,
    token_ttl: role.tokenTtl,
  };
}

/** The same as a Kubernetes Secret for vault-secrets-operator. */
export function renderAppRoleSecret({ roleId, secretId }: ReadAppRole, name: string): string {
  return [
    "apiVersion: v1",
    "kind: Secret",
    "metadata:",
    `  name: ${name}`,
    "  namespace: vault-secrets-operator",
    "data:",
    `  VAULT_ROLE_ID: ${base64(roleId)}`,
    `  VAULT_SECRET_ID: ${base64(secretId.reveal())}`,
    "type: Opaque",
    "",
  ].join("\n");
}

function base64(text: string): string {
  return Buffer.from(text, "utf8").toString("base64");
}

/** Output of `vault create-write-token`: YAML with sorted keys. The token is the point of the command. */
export function renderWriteToken({ accessor, displayName, expires, policies, token }: WriteToken): string {
  return [
    `accessor: ${scalar(accessor)}`,
    `display_name: ${scalar(displayName)}`,
    `expires: ${expires === undefined ? "null" : pythonTime(expires)}`,
    list("policies", policies),
    `token: ${scalar(token.reveal())}`,
    "",
  ].join("\n");
}

/** The same for programs. */
export function writeTokenResult({ accessor, displayName, expires, policies, token }: WriteToken): object {
  return { accessor, display_name: displayName, expires: expires ?? null, policies, token: token.reveal() };
}

function list(key: string, items: readonly string[]): string {
  return items.length === 0 ? `${key}: []` : [`${key}:`, ...items.map((item) => `- ${scalar(item)}`)].join("\n");
}

/** Unquoted if YAML reads it as a string anyway. */
function scalar(text: string): string {
  const plain = /^[A-Za-z][\w./-]*$/.test(text) && !/^(y|yes|n|no|on|off|true|false|null)$/i.test(text);
  return plain || /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text) ? text : JSON.stringify(text);
}

/** A time as Python writes it: `2026-12-26 01:49:09.264849+00:00`. */
function pythonTime(text: string): string {
  const [, seconds, fraction = ""] =
    /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?/.exec(new Date(text).getTime() > 0 ? toUtc(text) : "") ?? [];
  if (seconds === undefined) return JSON.stringify(text);
  const micro = fraction.padEnd(6, "0").slice(0, 6);
  return `${seconds.replace("T", " ")}${/^0*$/.test(micro) ? "" : `.${micro}`}+00:00`;
}

/** RFC 3339 in UTC, with all digits of the fraction. */
function toUtc(text: string): string {
  if (text.endsWith("Z")) return text;
  const fraction = /\.\d+/.exec(text)?.[0] ?? "";
  return new Date(text).toISOString().replace(/\.\d+Z$/, `${fraction}Z`);
}

/** Output of `create-read-approle --dry-run`. */
export function renderAppRolePlan(policy: string, role: string, keepOld: boolean): string {
  return `Would write the policy ${policy}\nWould write the AppRole ${role}\nWould create a SecretID${keepOld ? "" : ", and destroy the older ones"}\n`;
}

/** What happened to an older SecretID. */
export function renderOldSecretId(role: string, accessor: string, kept: boolean): string {
  const shown = `the SecretID with accessor ${printable(accessor)}`;
  if (!kept) return `Destroyed ${shown}\n`;
  return `Kept ${shown}. To destroy it when it is no longer used:\n    ${printable(destroySecretId(role, accessor))}\n`;
}

/** Output of `create-write-token --dry-run`; `end` is the remaining lifetime of the older tokens. */
export function renderTokenPlan(policy: string, lifetime: string, old: readonly string[], end?: string): string {
  const lines = old.map(
    (accessor) =>
      `Would ${end === undefined ? "revoke" : "shorten the lifetime of"} the token with accessor ${printable(accessor)}${end === undefined ? "" : ` to ${end}`}\n`,
  );
  return `Would write the policy ${policy}\nWould create a token for ${lifetime}, or less if Vault limits it\n${lines.join("")}`;
}

/** What happened to an older token. */
export function renderOldToken(accessor: string, end: string | undefined): string {
  const shown = printable(accessor);
  return end === undefined
    ? `Revoked the token with accessor ${shown}\n`
    : `The token with accessor ${shown} expires in ${end}\n`;
}

export function destroySecretId(role: string, accessor: string): string {
  const path = `auth/approle/role/${role}/secret-id-accessor/destroy`;
  return commandLine("vault", "write", path, `secret_id_accessor=${accessor}`);
}

export function revokeToken(accessor: string): string {
  return commandLine("vault", "token", "revoke", "-accessor", accessor);
}

/** What a capability is needed for. */
export function purposeText({ purpose, application }: Pick<Requirement, "purpose" | "application">): string {
  switch (purpose) {
    case "delete-again":
      return `delete ${application} again`;
    case "delete-softly":
      return `soft-delete ${application}`;
    case "list":
      return "see what is there";
    case "note":
      return `note who wrote ${application}`;
    case "read-history":
      return `history of ${application}`;
    case "delete":
    case "destroy":
    case "read":
    case "restore":
    case "undelete":
    case "write":
      return `${purpose} ${application}`;
  }
}
