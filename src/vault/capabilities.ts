import { type Data, dataOf, refused, strings } from "./administration.js";
import { send, type VaultSession } from "./protocol.js";

/** The capabilities of this session's token on each path. */
export async function capabilities(
  session: VaultSession,
  paths: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const answer = await send(session, {
    method: "POST",
    path: "sys/capabilities-self",
    body: JSON.stringify({ paths }),
  });
  if (answer.status !== 200) throw await refused(session, answer, "update", "sys/capabilities-self");
  const data = dataOf(answer);
  const flat = (answer.body ?? {}) as Data;
  return new Map(
    paths.map((path) => [
      path,
      strings(data[path] ?? flat[path] ?? (paths.length === 1 ? data["capabilities"] : undefined)),
    ]),
  );
}

/** Whether capabilities permit an operation. */
export function permits(granted: readonly string[] | undefined, needed: string): boolean {
  return granted?.some((capability) => capability === "root" || capability === needed) ?? false;
}
