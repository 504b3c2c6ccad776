import type { Finished } from "../support/cli.js";
import type { Stage } from "./stage.js";

/** What the program said to run, if it did. */
function adviceIn({ stderr }: Finished, pattern: RegExp): string[] | undefined {
  return pattern.exec(stderr)?.[1]?.split(" ");
}

const GO_ON = /^To go on: phalanx (.+)$/m;
const PENDING = /Go on with phalanx (.+), or take back/;

/** A run that ended early. */
export interface Ended {
  readonly args: readonly string[];
  readonly input?: string | undefined;
  readonly env?: Readonly<Record<string, string>>;
  /** What an operator runs where the same command is refused, because Vault has moved on. */
  readonly instead?: readonly string[] | undefined;
}

/**
 * Goes on after a run that ended early, as an operator does who reads what the program says: the same command again,
 * or the one that is named.
 */
export async function goOn(
  stage: Stage,
  { args, input = "", env = stage.env(), instead }: Ended,
  finished: Finished,
): Promise<Finished> {
  const first = await stage.run(adviceIn(finished, GO_ON) ?? args, { input, env });
  const advised = adviceIn(first, PENDING) ?? (first.stderr.includes("no longer fits") ? instead : undefined);
  return advised === undefined ? first : stage.run(advised, { input, env });
}
