import type { Finished } from "../support/cli.js";
import { leavesDoubted, differences, lossesIn, wasteIn } from "./checks.js";
import type { Prepared } from "./commands.js";
import { credentialProblems } from "./credentials.js";
import type { Ideal } from "./driver.js";
import { goOn, takeBack, takeBackKilled } from "./follow.js";
import type { Stage } from "./stage.js";
import { readState, type VaultState } from "./state.js";

/** A run that something went wrong with. */
export interface Disturbed {
  /** What Vault held before it. */
  readonly before: VaultState;
  readonly finished: Finished;
  /** Whether the operator wants it undone first. */
  readonly undone: boolean;
}

/** Goes back if that is wished and was advised, goes on until the command is done, and looks at what is there. */
export async function afterwards(
  stage: Stage,
  prepared: Prepared,
  ideal: Ideal,
  { before, finished, undone }: Disturbed,
): Promise<string[]> {
  const { subject } = prepared;
  const command = { ...subject, args: prepared.args };
  const look = (): Promise<VaultState> => readState(stage.kv(subject.prefix), subject.prefix);
  const wrong: string[] = [];
  const died = finished.exit < 0;
  const back = undone && finished.exit !== 0 ? await (died ? takeBackKilled : takeBack)(stage, command, finished) : [];
  for (const { exit, stderr } of back) if (exit !== 0) wrong.push(`taking it back ends with ${exit}: ${stderr}`);
  if (back.length > 0) {
    const taken = await differences(takenBack(await look(), before, finished), before);
    // Of a write that nobody can vouch for, nothing was noted either, and the program says so.
    if (!/ is unknown|was not recorded/.test(finished.stderr))
      wrong.push(...taken.map((problem) => `taken back: ${problem}`));
    // What a first sync has generated and is taken back, the next one refuses to make up anew unasked.
    if (before.secrets.size === 0) return wrong;
  }
  const known = back.length > 0 ? { ...finished, stderr: "" } : finished;
  const done = finished.exit === 0 ? finished : await goOn(stage, command, known);
  if (done.exit !== 0 && !leavesDoubted(done)) wrong.push(`going on ends with ${done.exit}: ${done.stderr}`);
  const after = await look();
  wrong.push(...(await differences(after, ideal.state)), ...lossesIn(before, after, stage.carried));
  if (back.length === 0) wrong.push(...wasteIn(before, after, ideal.state));
  if (subject.credential) wrong.push(...(await credentialProblems(stage, subject, done)));
  return wrong;
}

/** Where no run is known to take back, what was not there before stays. */
function takenBack(after: VaultState, before: VaultState, { stderr }: Finished): VaultState {
  if (stderr === "" || stderr.includes(" --run ")) return after;
  return { ...after, secrets: new Map([...after.secrets].filter(([name]) => before.secrets.has(name))) };
}
