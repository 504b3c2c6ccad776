import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { open, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { eventually } from "./cluster-node.js";
import { startGuarded } from "./guarded-process.js";

/** The directory with the parts of a cluster, set by `npm run test:cluster`. */
const PARTS = process.env["PHALANX_TEST_CLUSTER"] ?? "";

/** The path of a part, by name. */
export function partPath(name: string): string {
  if (PARTS === "") throw new Error("PHALANX_TEST_CLUSTER is not set: run this test with `npm run test:cluster`");
  return join(PARTS, name);
}

/** One process of a cluster. */
export interface Part {
  pid(): number | undefined;
  /** Starts it and waits until it is ready. */
  start(): Promise<void>;
  kill(): Promise<void>;
  signal(name: NodeJS.Signals): void;
  /** Its output so far. */
  said(): Promise<string>;
}

export interface PartOptions {
  /** For its log, and its home. */
  readonly directory: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Whether it is ready; a failure means no. */
  readonly ready: () => Promise<boolean>;
}

export function preparePart(
  binary: string,
  args: readonly string[],
  { directory, env = {}, ready }: PartOptions,
): Part {
  const name = basename(binary);
  const log = join(directory, `${name}.log`);
  let child: ChildProcess | undefined;
  const running = (): boolean => child !== undefined && child.exitCode === null && child.signalCode === null;
  const said = (): Promise<string> => readFile(log, "utf8");
  return {
    pid: () => child?.pid,
    said,
    start: async () => {
      const output = await open(log, "a");
      child = startGuarded(binary, args, { home: directory, output: output.fd, env });
      await output.close();
      await eventually(`The start of ${name}`, async () => {
        if (!running()) throw new Error(`it ended: ${(await said()).slice(-2000)}`);
        return (await ready()) || undefined;
      });
    },
    kill: async () => {
      if (child === undefined || !running()) return;
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    },
    signal: (signal) => void child?.kill(signal),
  };
}
