import { spawnSync } from "node:child_process";

/** Whether a program is here, and answers to these arguments. */
export function has(program: string, ...args: readonly string[]): boolean {
  return spawnSync(program, args.length === 0 ? ["--version"] : args).status === 0;
}
