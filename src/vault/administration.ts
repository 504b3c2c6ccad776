import { ServerError } from "../errors.js";
import { explainDenied } from "./explain-denied.js";
import { read, send, unexpected, type VaultAnswer, type VaultSession } from "./protocol.js";

/** The members of an answer. */
export type Data = Readonly<Record<string, unknown>>;

/** Reads; undefined where Vault says that there is nothing. */
export async function get(session: VaultSession, path: string, capability = "read"): Promise<Data | undefined> {
  const answer = await read(session, path);
  if (answer.status === 404 && answer.errors.some((error) => error.includes("no handler for route")))
    throw notEnabled(path);
  if (answer.status === 404) return undefined;
  if (answer.status !== 200) throw await refused(session, answer, capability, path);
  return dataOf(answer);
}

export async function post(
  session: VaultSession,
  method: "POST" | "PUT",
  path: string,
  body: object,
): Promise<VaultAnswer> {
  const answer = await send(session, { method, path, body: JSON.stringify(body) });
  if (answer.status >= 300) throw await refused(session, answer, "update", path);
  return answer;
}

/** Why Vault did not do it. */
export async function refused(
  session: VaultSession,
  answer: VaultAnswer,
  capability: string,
  path: string,
): Promise<ServerError> {
  const shown = decodeURIComponent(path.replace(/\?.*$/s, ""));
  return answer.status === 403 ? explainDenied(session, answer, capability, shown) : unexpected(session, shown, answer);
}

function notEnabled(path: string): ServerError {
  const mount = path.split("/").slice(0, 2).join("/");
  return new ServerError(`${mount} is not enabled in Vault`, {
    status: 404,
    hint: `Enable it: vault auth enable ${mount.slice("auth/".length)}`,
  });
}

/** The data of an answer; empty where there is none. */
export function dataOf({ body }: VaultAnswer): Data {
  return (body as { data?: Data | null } | undefined)?.data ?? {};
}

export function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

export function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** Whoever took nothing for the new credential would end the old ones. */
export function gaveNone({ url }: VaultSession, what: string): ServerError {
  return new ServerError(`Vault at ${url} was asked for a ${what} and answered without one`, {
    hint: "Nothing older was ended. Check that vaultUrl is the address of a Vault server.",
  });
}
