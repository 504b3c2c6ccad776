import { type ChildProcess, spawn } from "node:child_process";
import type { Socket } from "node:net";

export interface GuardedOptions {
  readonly home: string;
  /** Where both outputs go: a pipe, or an open file. */
  readonly output: "pipe" | number;
  /** Its environment variables besides PATH and HOME. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts a server that does not outlive this process, even if this process is killed. */
export function startGuarded(
  binary: string,
  args: readonly string[],
  { home, output, env }: GuardedOptions,
): ChildProcess {
  const child = spawn(binary, args, {
    env: { PATH: process.env["PATH"], HOME: home, ...env },
    stdio: ["ignore", output, output],
  });
  // A killed process runs no handlers, but its end of the pipe closes.
  const script = 'trap "" INT TERM HUP; read -r _; kill -9 "$0"';
  const guard = spawn("sh", ["-c", script, String(child.pid)], { stdio: ["pipe", "ignore", "ignore"] });
  guard.unref();
  (guard.stdin as Socket).unref();
  child.once("exit", () => guard.kill("SIGKILL"));
  return child;
}
