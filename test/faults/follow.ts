import type { Finished } from "../support/cli.js";
import type { Prepared } from "./commands.js";
import type { Stage } from "./stage.js";

/** What the program said to run, if it did. */
function adviceIn({ stderr }: Finished, pattern: RegExp): string[] | undefined {
  return pattern.exec(stderr)?.[1]?.split(" ");
}

const GO_ON = /^To go on: phalanx (.+)$/m;
const PENDING = /Go on with phalanx (.+), or take back/;

/**
 * Goes on after a run that ended early, as an operator does who reads what the program says: the same command again,
 * or the one that is named.
 */
export async function goOn(stage: Stage, { subject, args }: Prepared, ended: Finished): Promise<Finished> {
  const { input = "", instead } = subject;
  const first = await stage.run(adviceIn(ended, GO_ON) ?? args, { input });
  const advised = adviceIn(first, PENDING) ?? (first.stderr.includes("no longer fits") ? instead : undefined);
  return advised === undefined ? first : stage.run(advised, { input });
}
