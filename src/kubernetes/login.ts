import { resolve } from "node:path";
import { PhalanxError } from "../errors.js";
import { diagnostic } from "../model/diagnostics/index.js";
import type { ClientCertificate, ClusterPorts, Identity, Login } from "./access.js";
import type { ClusterInfo } from "./exec-plugin.js";
import { UserFields } from "./fields.js";
import { fieldsOf, type KubeconfigEntry } from "./kubeconfig.js";
import { checkedToken, isPair, pemOf, told } from "./material.js";
import { loginByFile } from "./token-file.js";

type Ports = Pick<ClusterPorts, "env" | "cwd" | "stdin" | "now" | "notify">;

/** No identity: without TLS no credential is sent, as in kubectl. */
export const ANONYMOUS = fixed({ headers: {} });

function fixed(identity: Identity): Login {
  return { identify: () => Promise.resolve(identity), renew: () => Promise.resolve(undefined) };
}

/** How a kubeconfig's user logs in; checks as much as possible in advance. */
export async function loginOf(entry: KubeconfigEntry, cluster: ClusterInfo, ports: Ports): Promise<Login> {
  const fields = fieldsOf(entry, UserFields);
  const provider = fields["auth-provider"];
  if (provider) throw unsupported(entry, "auth-provider", provider.name ?? undefined);
  if (fields["as-user-extra"]) throw unsupported(entry, "as-user-extra");
  const impersonation = impersonationOf(entry, fields);
  const client = await clientCertificate(entry, fields, ports);
  const own = { ...(client && { client }), headers: impersonation };
  const bearer = (token: string, origin: string): Identity => ({
    ...own,
    headers: { ...impersonation, authorization: `Bearer ${checkedToken(token, origin)}` },
  });
  const { tokenFile, token, username, password, exec } = fields;
  if (tokenFile) return loginByFile(resolve(entry.directory, tokenFile), `tokenFile in ${entry.file}`, bearer, ports);
  if (token) return fixed(bearer(token, `token in ${entry.file}`));
  if (username || password) {
    const pair = Buffer.from(`${username ?? ""}:${password ?? ""}`).toString("base64");
    told(password ?? "");
    told(pair);
    return fixed({ ...own, headers: { ...impersonation, authorization: `Basic ${pair}` } });
  }
  if (!exec) return fixed(own);
  const { execLogin } = await import("./exec-plugin.js");
  return execLogin({ entry, exec, cluster, own }, ports);
}

async function clientCertificate(
  entry: KubeconfigEntry,
  fields: UserFields,
  ports: Ports,
): Promise<ClientCertificate | undefined> {
  const cert = await pemOf(entry, fields, "client-certificate", ports);
  const key = await pemOf(entry, fields, "client-key", ports);
  if (cert === undefined && key === undefined) return undefined;
  if (cert !== undefined && key !== undefined && (await isPair({ cert, key }))) return { cert, key };
  const lacks = cert === undefined ? "client-certificate" : key === undefined ? "client-key" : undefined;
  throw new PhalanxError(diagnostic("kubeconfig-key-pair", { lacks }, { place: entry.place([]) }));
}

/** The user to impersonate. */
function impersonationOf(entry: KubeconfigEntry, fields: UserFields): Identity["headers"] {
  const { as: user, "as-uid": uid, "as-groups": groups } = fields;
  if (!user && !uid && !groups?.length) return {};
  // Without a user, the server would ignore the groups.
  if (!user) throw new PhalanxError(diagnostic("kubeconfig-as-missing", {}, { place: entry.place([]) }));
  for (const name of [user, uid ?? "", ...(groups ?? [])])
    if (!/^[\x20-\x7e]*$/.test(name)) throw unsupported(entry, "as");
  return {
    "impersonate-user": user,
    ...(uid && { "impersonate-uid": uid }),
    ...(groups?.length && { "impersonate-group": groups }),
  };
}

function unsupported(entry: KubeconfigEntry, field: "as" | "as-user-extra" | "auth-provider", name?: string) {
  const details = { field, name };
  return new PhalanxError(diagnostic("kubeconfig-user-unsupported", details, { place: entry.place([field]) }));
}
