import type { Context } from "../terminal/context.js";
import { main } from "../cli/program.js";
import type { Inputs } from "./inputs.js";

/** The options of every command that talks to a server. */
export function access({ config, requireTls, secrets, auth, authMount, role }: Inputs): string[] {
  const words = ["--config", config, "--auth", auth];
  if (authMount !== undefined) words.push("--auth-mount", authMount);
  if (role !== undefined) words.push("--role", role);
  if (secrets !== undefined) words.push("--secrets", secrets);
  if (requireTls) words.push("--require-tls");
  return words;
}

/** What a command ended with. */
export interface Printed {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

function into(write: (text: string) => void): Context["stdout"] {
  return { write, deliver: (text) => Promise.resolve(write(text)), isTTY: false, columns: undefined };
}

/** Runs a command of phalanx in this process, with what it prints kept. */
export async function phalanx(context: Context, words: readonly string[]): Promise<Printed> {
  let [stdout, stderr] = ["", ""];
  const captured: Context = {
    ...context,
    stdout: into((text) => (stdout += text)),
    stderr: into((text) => (stderr += text)),
    stdin: { ...context.stdin, isTTY: false },
  };
  const exit = await main(captured, words);
  return { exit, stdout, stderr };
}
