import { spawnSync } from "node:child_process";

/** Whether a program is available, and accepts these arguments. */
export function has(program: string, ...args: readonly string[]): boolean {
  return spawnSync(program, args.length === 0 ? ["--version"] : args).status === 0;
}
