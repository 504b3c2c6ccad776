import { ExitCode, ServerError } from "../../errors.js";
import { ConnectionError } from "../../http/connection-error.js";
import type { TransportResponse } from "../../http/request.js";
import { pauseAfter, parse, type Reply, sendOnce } from "./client.js";
import { diagnostic } from "../../model/diagnostics/index.js";
import type { ConnectRequest } from "../../model/onepassword.js";
import { explainAnswer, unusableAnswer } from "./explain.js";
import { listItems, type OnepasswordVault } from "./vault.js";

/**
 * Creates an item with empty fields, for a person to fill in. Only the item in the response, or in the list, proves
 * that it was created: after any other response that is unknown, and a retry could create a second item.
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
  const request: ConnectRequest = { for: "creation", item: title };
  for (let count = 1; ; count++) {
    const answer = await sendOnce(session, { method: "POST", path, body: JSON.stringify(item) });
    if (!(answer instanceof ConnectionError) && isItem(answer, title)) return;
    const failure = whyNot(vault, request, answer);
    if (isRefusal(answer)) throw failure;
    const there = await listItems(session, id).catch((error: unknown): never => {
      throw inDoubt(error instanceof ServerError ? error : failure, title);
    });
    if (there.has(title)) return;
    if (answer instanceof ConnectionError || answer.status !== 429) throw inDoubt(failure, title);
    const pause = pauseAfter(session, answer, count);
    if (pause === undefined) throw failure;
    await session.sleep(pause);
  }
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

/** Whether it was certainly not created. */
function isRefusal(answer: Reply): boolean {
  if (answer instanceof ConnectionError) return answer.unconnected;
  return answer.status >= 300 && answer.status < 500 && answer.status !== 408 && answer.status !== 429;
}

function whyNot({ session }: OnepasswordVault, request: ConnectRequest, answer: Reply): ServerError {
  if (answer instanceof ConnectionError) return answer;
  if (answer.status !== 200) return explainAnswer(session, request, answer.status);
  try {
    parse(session, request, answer);
  } catch (error) {
    if (error instanceof ServerError) return error;
    throw error;
  }
  return unusableAnswer(session, request);
}

function inDoubt(failure: ServerError, item: string): ServerError {
  return new ServerError(diagnostic("onepassword-item-in-doubt", { item, cause: failure.diagnostic }), {
    cause: failure,
    status: failure.status,
    exitCode: ExitCode.findings,
  });
}
