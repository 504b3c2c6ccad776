import type { ChaosRun, Evidence } from "./checker.js";
import type { TrailEntry } from "./trail.js";

/** Whether a new token works once it was handed over, and the old ones ended only then. */
export function credentialLies(run: ChaosRun, { trail, accessors }: Evidence): string[] {
  if (run.kind !== "create-write-token" || run.finished.exit === 2) return [];
  const { exit, stderr } = run.finished;
  const own = trail.filter(({ token }) => token === run.token);
  const made = own.filter(({ path }) => path.startsWith("auth/token/create"));
  const delivered = /^accessor: "?([\w.-]+)"?$/m.exec(run.file ?? "")?.[1];
  const accessorsMade = made.flatMap(({ done }) => (typeof done?.["accessor"] === "string" ? [done["accessor"]] : []));
  const ended = (entry: TrailEntry): string[] =>
    entry.path === "auth/token/revoke-accessor" && entry.done !== undefined ? [String(entry.data["accessor"])] : [];
  const endedByRun = own.flatMap(ended);
  // A node that was killed or sealed meanwhile may have carried out what its log has no answer to.
  const endedByOthers = new Set(
    trail
      .filter(({ token, path }) => token !== run.token && path === "auth/token/revoke-accessor")
      .map(({ data }) => String(data["accessor"])),
  );
  const wrong: string[] = [];
  if (exit === 0 && delivered === undefined) wrong.push("it ends well, and no token was handed over");
  if (delivered !== undefined && !accessors.has(delivered) && !endedByOthers.has(delivered))
    wrong.push("the token that was handed over does not work");
  if (delivered === undefined)
    for (const accessor of endedByRun)
      if (!accessorsMade.includes(accessor)) wrong.push(`it ended ${accessor} before the new token was handed over`);
  if (exit < 0) return wrong;
  const saidEnded = [...stderr.matchAll(/^Revoked the token with accessor (\S+)$/gm)].map(
    ([, accessor = ""]) => accessor,
  );
  for (const accessor of saidEnded)
    if (accessors.has(accessor)) wrong.push(`it says that ${accessor} was revoked, and it lives`);
  for (const accessor of endedByRun)
    if (!saidEnded.includes(accessor) && !accessorsMade.includes(accessor) && !stderr.includes(accessor))
      wrong.push(`it revoked ${accessor} unsaid`);
  for (const accessor of accessorsMade) {
    const known = accessor === delivered || !accessors.has(accessor) || stderr.includes(accessor);
    if (!known && !/no new token was received/.test(stderr))
      wrong.push(`it made a token with accessor ${accessor} unsaid`);
  }
  return wrong;
}
