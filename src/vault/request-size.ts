import { ask, type VaultSession } from "./protocol.js";

/** The fewest strings that a server is asked about: OpenBao refuses more than 1,000 in one request, from version 2.4.1. */
const WORTH_ASKING = 900;

/** How many strings, names and values together, the request has that writes so many keys. */
export function stringsOf(keys: number): number {
  return 2 * keys + 3;
}

/**
 * Whether the server takes a request of so many strings, whatever it is configured to: one that changes nothing is sent.
 * Where that is refused for another reason, the write itself will tell.
 */
export async function takesStrings(session: VaultSession, strings: number): Promise<boolean> {
  if (strings < WORTH_ASKING) return true;
  const paths = Array.from({ length: strings - 1 }, () => "sys");
  const body = JSON.stringify({ paths });
  const { status, errors } = await ask(session, { method: "POST", path: "sys/capabilities-self", body });
  return status !== 400 || !errors.some((error) => error.includes("number of strings"));
}
