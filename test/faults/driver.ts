import type { Finished } from "../support/cli.js";
import { beginWith, type Prepared } from "./commands.js";
import { afterwards } from "./aftermath.js";
import { mannerOf, reportOf } from "./checks.js";
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
  const { subject, args } = prepared;
  await beginWith(stage, prepared);
  stage.watch();
  const { exit, stderr } = await stage.run(args, { input: subject.input ?? "" });
  if (exit !== 0) throw new Error(`${subject.name}: ${stderr}`);
  const requests = { vault: stage.counted("vault"), connect: stage.counted("connect") };
  return { requests, state: await readState(stage.kv(subject.prefix), subject.prefix) };
}

/** Runs a command with one fault, then without any until it is done, and looks at every step. */
export async function tryFault(stage: Stage, prepared: Prepared, ideal: Ideal, fault: Fault): Promise<Trial> {
  const { subject, args } = prepared;
  await beginWith(stage, prepared);
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
  wrong.push(...(await afterwards(stage, prepared, ideal, { before, finished, undone: takesBack(fault) })));
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
