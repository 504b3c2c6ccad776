import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { startPhalanx } from "./cli.js";

/** `phalanx dev-vault` as a separate process, and its output. */
export interface Server {
  readonly child: ChildProcess;
  readonly said: string;
  readonly url: string;
  readonly token: string;
  /** Asks it to stop; returns its exit status. */
  stop(): Promise<number | null>;
}

/** Starts the embedded server, and waits until it is ready. */
export async function startServer(args: readonly string[]): Promise<Server> {
  const child = startPhalanx(args);
  child.stderr.pipe(process.stderr);
  let said = "";
  for await (const chunk of child.stdout) {
    said += String(chunk);
    if (!said.includes("Press Ctrl-C to stop.\n")) continue;
    const told = (name: string): string => new RegExp(`${name}=(\\S+)`).exec(said)?.[1] ?? "";
    const stop = async (): Promise<number | null> => {
      child.kill("SIGTERM");
      const [code] = (await once(child, "exit")) as [number | null];
      return code;
    };
    return { child, said, url: told("VAULT_ADDR"), token: told("VAULT_TOKEN"), stop };
  }
  throw new Error(`the embedded server ended: ${said}`);
}
