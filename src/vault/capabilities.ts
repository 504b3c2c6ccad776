import { refused } from "./administration.js";
import { fieldsOf } from "./answer-fields.js";
import { ask, type VaultSession } from "./protocol.js";

/** OpenBao from version 2.4.1 refuses a body of more than 1,000 strings. */
const PATHS_AT_ONCE = 500;

/** The capabilities of this session's token on each path. */
export async function capabilities(
  session: VaultSession,
  paths: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const batches = Array.from({ length: Math.ceil(paths.length / PATHS_AT_ONCE) }, (_, i) =>
    paths.slice(i * PATHS_AT_ONCE, (i + 1) * PATHS_AT_ONCE),
  );
  const granted = await Promise.all(batches.map((batch) => capabilitiesOf(session, batch)));
  return new Map(granted.flat());
}

async function capabilitiesOf(
  session: VaultSession,
  paths: readonly string[],
): Promise<(readonly [path: string, capabilities: readonly string[]])[]> {
  const path = "sys/capabilities-self";
  const answer = await ask(session, { method: "POST", path, body: JSON.stringify({ paths }) });
  if (answer.status !== 200) throw await refused(session, answer, "update", path);
  const data = fieldsOf(session, path, answer, "data");
  return paths.map((each) => [each, data.strings(each)] as const);
}

/**
 * Below this many strings there is no need to ask: OpenBao from version 2.4.1 refuses more than 1,000 in one request.
 */
const WORTH_ASKING = 900;

/** How many strings, names and values together, a request that writes this many keys has. */
export function stringsOf(keys: number): number {
  return 2 * keys + 3;
}

/**
 * Whether the server accepts a request of this many strings under its configuration: sends one that changes nothing. If
 * that is refused for another reason, the write itself will tell.
 */
export async function takesStrings(session: VaultSession, strings: number): Promise<boolean> {
  if (strings < WORTH_ASKING) return true;
  const paths = Array.from({ length: strings - 1 }, () => "sys");
  const body = JSON.stringify({ paths });
  const { status, errors } = await ask(session, { method: "POST", path: "sys/capabilities-self", body });
  return status !== 400 || !errors.some((error) => error.includes("number of strings"));
}
