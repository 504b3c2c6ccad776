import type { Finished } from "../support/cli.js";
import type { Prepared } from "./commands.js";
import { differences, lossesIn, mannerOf, reportOf, wasteIn } from "./checks.js";
import { credentialProblems } from "./credentials.js";
import { goOn } from "./follow.js";
import { describeFault, type Fault, REFUSED, STALLED } from "./kinds.js";
import type { Stage } from "./stage.js";
import { readState, type VaultState } from "./state.js";

/** What a command leads to where nothing goes wrong. */
export interface Ideal {
  readonly state: VaultState;
  readonly requests: Readonly<Record<"vault" | "connect", number>>;
}

export type Outcome = "carried on" | "nothing written" | "stopped early" | "killed";

/** One run with one fault, and everything that was wrong with it. */
export interface Trial {
  readonly command: string;
  readonly fault: string;
  readonly outcome: Outcome;
  readonly wrong: readonly string[];
  /** What the disturbed run said. */
  readonly said: string;
}

/** Long enough for a loaded machine, short enough to wait for four times. */
const PATIENCE = { VAULT_CLIENT_TIMEOUT: "100ms", OP_CONNECT_TIMEOUT: "100ms" };

export async function undisturbed(stage: Stage, prepared: Prepared): Promise<Ideal> {
  const { subject, args, beginning } = prepared;
  await stage.begin(beginning);
  stage.watch();
  const { exit, stderr } = await stage.run(args, { input: subject.input ?? "" });
  if (exit !== 0) throw new Error(`${subject.name}: ${stderr}`);
  const requests = { vault: stage.counted("vault"), connect: stage.counted("connect") };
  return { requests, state: await readState(stage.kv(subject.prefix), subject.prefix) };
}

/** Runs a command with one fault, then without any until it is done, and looks at every step. */
export async function tryFault(stage: Stage, prepared: Prepared, ideal: Ideal, fault: Fault): Promise<Trial> {
  const { subject, args, beginning } = prepared;
  await stage.begin(beginning);
  const look = (): Promise<VaultState> => readState(stage.kv(subject.prefix), subject.prefix);
  const before = await look();
  inject(stage, fault);
  const finished = await stage.run(args, {
    input: subject.input ?? "",
    env: stage.env(fault.kind === STALLED ? PATIENCE : {}),
    // Whoever waits finds the server back, unless it is gone for good.
    sleep: () => (fault.lasts ? Promise.resolve() : stage.proxies[fault.server].accept()),
  });
  await stage.proxies[fault.server].accept();
  stage.watch(undefined, true);
  const middle = await look();
  const wrong = [...mannerOf(finished), ...reportOf(finished, before, middle)];
  wrong.push(...(await afterwards(stage, prepared, ideal, { before, finished, takeBack: takesBack(fault) })));
  return {
    command: subject.name,
    fault: describeFault(fault),
    outcome: outcomeOf(finished),
    wrong,
    said: finished.stdout + finished.stderr,
  };
}

export function outcomeOf({ exit }: Finished): Outcome {
  if (exit === 0) return "carried on";
  return exit === 2 ? "nothing written" : "stopped early";
}

function inject(stage: Stage, { kind, server, index, lasts }: Fault): void {
  if (kind === REFUSED && index === 0) stage.proxies[server].refuse();
  stage.watch((at, place) => {
    if (at !== server) return "pass";
    if (kind === REFUSED && place === index - 1) return "pass-then-refuse";
    return place === index || (lasts && place > index) ? kind.fate : "pass";
  });
}

/** Every other time, an operator takes back what was done before beginning anew. */
function takesBack({ index, lasts }: Fault): boolean {
  return index % 2 === (lasts ? 0 : 1);
}

interface Disturbed {
  readonly before: VaultState;
  readonly finished: Finished;
  readonly takeBack: boolean;
}

/** Goes back if that is what was advised and wished, goes on until the command is done, and looks at what is there. */
export async function afterwards(
  stage: Stage,
  prepared: Prepared,
  ideal: Ideal,
  { before, finished, takeBack }: Disturbed,
): Promise<string[]> {
  const { subject } = prepared;
  const look = (): Promise<VaultState> => readState(stage.kv(subject.prefix), subject.prefix);
  const wrong: string[] = [];
  const undo = takeBack && finished.exit !== 0 && finished.stderr.includes("To undo ");
  if (undo) {
    for (const [, advice = ""] of finished.stderr.matchAll(/^To undo .+?: phalanx (.+)$/gm)) {
      const undone = await stage.run(advice.split(" "));
      if (undone.exit !== 0) wrong.push(`taking it back ends with ${undone.exit}: ${undone.stderr}`);
    }
    const taken = await differences(await look(), before);
    // Of a write that nobody can vouch for, nothing was noted either, and the program says so.
    if (!/ is unknown|which was not noted/.test(finished.stderr))
      wrong.push(...taken.map((problem) => `taken back: ${problem}`));
    // What a first sync has generated and is taken back, the next one refuses to make up anew unasked.
    if (before.secrets.size === 0) return wrong;
  }
  const done =
    finished.exit === 0
      ? finished
      : await goOn(stage, { ...subject, args: prepared.args }, undo ? { ...finished, stderr: "" } : finished);
  if (done.exit !== 0) wrong.push(`going on ends with ${done.exit}: ${done.stderr}`);
  const after = await look();
  wrong.push(...(await differences(after, ideal.state)), ...lossesIn(before, after, stage.carried));
  if (!undo) wrong.push(...wasteIn(before, after, ideal.state));
  if (subject.credential) wrong.push(...(await credentialProblems(stage, subject, done)));
  return wrong;
}
