import { ExitCode, ServerError } from "../../errors.js";
import { ConnectionError } from "../../http/connection-error.js";
import type { TransportResponse } from "../../http/transport.js";
import { pauseAfter, parse, send } from "./client.js";
import { explainAnswer, unknownShape } from "./explain.js";
import { listItems, type OnepasswordVault } from "./vault.js";

/**
 * Makes an item whose fields are empty, for a person to fill in. Only the item in the answer, or in the list, shows that it
 * was made: of every other answer nobody knows, and a second request could make a second item.
 */
export async function createEmptyItem(
  vault: OnepasswordVault,
  title: string,
  labels: readonly string[],
): Promise<void> {
  const { session, id } = vault;
  const item = {
    title,
    category: "SECURE_NOTE",
    vault: { id },
    fields: labels.map((label) => ({ label, type: "CONCEALED", value: "" })),
  };
  const path = `vaults/${encodeURIComponent(id)}/items`;
  const what = `Creating the 1Password item "${title}"`;
  for (let count = 1; ; count++) {
    const answer = await send(session, { method: "POST", path, body: JSON.stringify(item) }).catch(connectionError);
    if (!(answer instanceof ConnectionError) && isItem(answer, title)) return;
    const failure = whyNot(vault, what, answer);
    if (isRefusal(answer)) throw failure;
    const there = await listItems(session, id).catch((error: unknown): never => {
      throw unknown(error instanceof ServerError ? error : failure, title);
    });
    if (there.has(title)) return;
    if (answer instanceof ConnectionError || answer.status !== 429) throw unknown(failure, title);
    const pause = pauseAfter(session, answer, count);
    if (pause === undefined) throw failure;
    await session.sleep(pause);
  }
}

function connectionError(error: unknown): ConnectionError {
  if (error instanceof ConnectionError) return error;
  throw error;
}

function isItem({ status, body }: TransportResponse, title: string): boolean {
  if (status !== 200) return false;
  try {
    const item = JSON.parse(body) as { id?: unknown; title?: unknown } | null;
    return typeof item?.id === "string" && item.title === title;
  } catch {
    return false;
  }
}

/** Whether it cannot have been made. */
function isRefusal(answer: TransportResponse | ConnectionError): boolean {
  if (answer instanceof ConnectionError) return answer.unconnected;
  return answer.status >= 300 && answer.status < 500 && answer.status !== 408 && answer.status !== 429;
}

function whyNot({ session }: OnepasswordVault, what: string, answer: TransportResponse | ConnectionError): ServerError {
  if (answer instanceof ConnectionError) return answer;
  if (answer.status !== 200) return explainAnswer(session.url, what, answer.status);
  try {
    parse(session.url, what, answer);
  } catch (error) {
    if (error instanceof ServerError) return error;
    throw error;
  }
  return unknownShape(session.url, "what was created");
}

function unknown(error: ServerError, title: string): ServerError {
  return new ServerError(`${error.message}; whether the item "${title}" was created is unknown`, {
    cause: error,
    status: error.status,
    hint: `${error.hint === undefined ? "Run" : `${error.hint} Then run`} the same command again: it looks at what is there first.`,
    exitCode: ExitCode.findings,
  });
}
