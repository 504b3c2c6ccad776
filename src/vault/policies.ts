import { PhalanxError } from "../errors.js";
import { change, get } from "./administration.js";
import { apiPath, type VaultSession } from "./protocol.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { type VaultLocation, vaultPrefix } from "../model/environment.js";

/** The policies of an environment: `vault audit` compares their texts byte for byte, so the exact text matters. */
export interface EnvironmentPolicy {
  readonly name: string;
  readonly text: string;
}

/** What vault-secrets-operator needs. */
export function readPolicy(location: VaultLocation): EnvironmentPolicy {
  const { mount, path } = literal(location);
  return {
    name: `${path}/read`,
    text: [stanza(`${mount}/data/${path}/+`, ["read"]), stanza(`${mount}/metadata/${path}/+`, ["list", "read"])].join(
      "\n",
    ),
  };
}

/** What every command under `phalanx secrets` needs. */
export function writePolicy(location: VaultLocation): EnvironmentPolicy {
  const { mount, path } = literal(location);
  const data = ["create", "delete", "read", "update"];
  const metadata = ["delete", "list", "read", "update"];
  return {
    name: `${path}/write`,
    text: [
      stanza(`${mount}/data/${path}`, data),
      stanza(`${mount}/data/${path}/+`, data),
      stanza(`${mount}/metadata/${path}`, metadata),
      stanza(`${mount}/metadata/${path}/+`, metadata),
      stanza(`${mount}/delete/${path}/+`, ["update"]),
      stanza(`${mount}/destroy/${path}/+`, ["update"]),
      stanza(`${mount}/undelete/${path}/+`, ["update"]),
    ].join("\n"),
  };
}

function stanza(path: string, capabilities: readonly string[]): string {
  return `path ${quoted(path)} {\n  capabilities = [${capabilities.map(quoted).join(", ")}]\n}`;
}

/**
 * @throws PhalanxError for a prefix that would match others in a policy: by a wildcard, a template or an interpolation.
 */
function literal(location: VaultLocation): VaultLocation {
  const prefix = vaultPrefix(location);
  if (!/[*+]|\{\{|\$\{/.test(prefix)) return location;
  throw new PhalanxError(diagnostic("policy-prefix-not-literal", { prefix }));
}

/** HCL has the same escapes as JSON. */
function quoted(text: string): string {
  return JSON.stringify(text);
}

/** A display name as the server keeps it: anything but letters, digits and hyphens becomes a hyphen. */
export function sanitisedName(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9-]/g, "-");
}

/** The text of a policy; undefined if there is none of that name. */
export async function getPolicy(session: VaultSession, name: string): Promise<string | undefined> {
  return (await get(session, apiPath("sys/policies/acl", name)))?.text("policy");
}

export async function putPolicy(session: VaultSession, name: string, policy: string): Promise<void> {
  await change(session, {
    method: "PUT",
    path: apiPath("sys/policies/acl", name),
    body: { policy },
    what: { kind: "policy-written", name },
    look: async () => (await getPolicy(session, name)) === policy,
  });
}
