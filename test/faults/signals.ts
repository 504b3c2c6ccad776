import { once } from "node:events";
import type { Finished } from "../support/cli.js";
import { afterwards } from "./aftermath.js";
import { mannerOf, plain, reportOf } from "./checks.js";
import { beginWith, type Prepared } from "./commands.js";
import { type Ideal, outcomeOf, type Trial } from "./driver.js";
import type { ServerName, Stage } from "./stage.js";
import { changedApplications, readState, type VaultState } from "./state.js";

/** A signal that reaches the process when a request of its arrives. */
export interface Signal {
  readonly name: "SIGINT" | "SIGTERM" | "SIGKILL";
  readonly server: ServerName;
  readonly index: number;
  /** Whether the server carries the request of a dead process out. */
  readonly applied: boolean;
}

/** All of them at one request. */
export function signalsAt(server: ServerName, index: number): Signal[] {
  const at = { server, index };
  return [
    { name: "SIGINT", applied: true, ...at },
    { name: "SIGTERM", applied: true, ...at },
    { name: "SIGKILL", applied: false, ...at },
    { name: "SIGKILL", applied: true, ...at },
  ];
}

/** Runs a command as a process, sends it a signal in the middle, and then goes on until it is done. */
export async function trySignal(stage: Stage, prepared: Prepared, ideal: Ideal, signal: Signal): Promise<Trial> {
  const { subject, args } = prepared;
  await beginWith(stage, prepared);
  const look = (): Promise<VaultState> => readState(stage.kv(subject.prefix), subject.prefix);
  const before = await look();
  const ended = await runUntil(stage, prepared, args, signal);
  stage.watch(undefined, true);
  const middle = await look();
  const died = ended.exit < 0;
  const wrong = died
    ? deathOf(signal, before, middle)
    : [
        ...mannerOf(ended),
        ...reportOf(ended, before, middle),
        ...(subject.credential ? [] : unsaidOf(ended, before, middle, ideal.state)),
      ];
  const undone = signal.index % 2 === 1 && changedApplications(before, middle).length > 0;
  wrong.push(...(await afterwards(stage, prepared, ideal, { before, finished: ended, undone })));
  return {
    command: subject.name,
    fault: `${signal.name} at ${signal.server} request ${signal.index}${signal.applied ? "" : ", which is lost"}`,
    outcome: died ? "killed" : outcomeOf(ended),
    wrong,
    said: ended.stdout + ended.stderr,
  };
}

/** Exit status -1 stands for a process that the signal has ended. */
async function runUntil(
  stage: Stage,
  { subject }: Prepared,
  args: readonly string[],
  signal: Signal,
): Promise<Finished> {
  const child = stage.spawn(args);
  const closed = once(child, "close") as Promise<[number | null]>;
  let [stdout, stderr] = ["", ""];
  child.stdout?.on("data", (chunk) => (stdout += String(chunk)));
  child.stderr?.on("data", (chunk) => (stderr += String(chunk)));
  stage.watch(async (server, index) => {
    if (server !== signal.server || index !== signal.index) return "pass";
    child.kill(signal.name);
    if (signal.name === "SIGKILL") await closed;
    return signal.applied ? "pass" : "reset-before";
  });
  child.stdin?.end(subject.input ?? "");
  const [exit] = await closed;
  return { exit: exit ?? -1, stdout, stderr };
}

/** Only before anything is written may a signal that can be caught end a process at once. */
function deathOf({ name }: Signal, before: VaultState, after: VaultState): string[] {
  if (name === "SIGKILL" || JSON.stringify(plain(before)) === JSON.stringify(plain(after))) return [];
  return [`${name} ended it in the middle of writing`];
}

/** Whoever interrupts is told what was not written, how to go on, and how to go back. */
function unsaidOf({ exit, stderr }: Finished, before: VaultState, after: VaultState, ideal: VaultState): string[] {
  if (exit === 0) return [];
  const written = changedApplications(before, after);
  const left = changedApplications(before, ideal).filter((name) => !written.includes(name));
  const replaced = written.some((name) => before.secrets.has(name));
  return [
    ...(stderr.includes("Interrupted") ? [] : ["it does not say that it was interrupted"]),
    ...(exit === 2 ? [] : left.filter((name) => !stderr.includes(name)).map((name) => `${name} is left unsaid`)),
    ...(/^To continue: |[Rr]un (it|the command) again/m.test(stderr) ? [] : ["it does not say how to go on"]),
    ...(!replaced || stderr.includes("To undo ") ? [] : ["it does not say how to go back"]),
  ];
}
