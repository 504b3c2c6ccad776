import type { Finished } from "../support/cli.js";
import type { Stage } from "./stage.js";

/** What the program said to run, if it did. */
function adviceIn({ stderr }: Finished, pattern: RegExp): string[] | undefined {
  return pattern.exec(stderr)?.[1]?.split(" ");
}

const GO_ON = /^To continue: phalanx (.+)$/m;
const PENDING = /continue it with phalanx (.+), or undo/;

const UNDO = /^To undo .+?: phalanx (.+)$/gm;
const UNDO_IT = /undo what it did: phalanx (.+)$/m;
const TOO = /to undo that, too: phalanx (.+)$/gm;

/** Takes back what a run has done, as it has said how. */
export async function takeBack(stage: Stage, _: Ended, { stderr }: Finished): Promise<Finished[]> {
  return runAll(stage, [...stderr.matchAll(UNDO)]);
}

/** A killed run has said nothing, but what it left for going on says how, when it is run again. */
export async function takeBackKilled(stage: Stage, { args, input = "" }: Ended): Promise<Finished[]> {
  if (!args.some((argument) => argument === "rotate" || argument === "--regenerate")) return [];
  const advice = UNDO_IT.exec((await stage.run(args, { input })).stderr);
  if (advice === null) return [];
  const [back] = await runAll(stage, [advice]);
  return back === undefined ? [] : [back, ...(await runAll(stage, [...back.stderr.matchAll(TOO)]))];
}

async function runAll(stage: Stage, advice: readonly RegExpExecArray[]): Promise<Finished[]> {
  const finished: Finished[] = [];
  for (const [, command = ""] of advice) finished.push(await stage.run([...command.split(" "), "--yes"]));
  return finished;
}

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
  const advised = adviceIn(first, PENDING) ?? (first.stderr.includes("is out of date") ? instead : undefined);
  return advised === undefined ? first : stage.run(advised, { input, env });
}
