import type { GeneratorPorts } from "../secrets/generators.js";

/** Everything outside the program that a command may touch. Only `bin.ts` knows `process`. */
export interface Context extends GeneratorPorts {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Resolves when the operator asks the program to stop. */
  readonly interrupted: () => Promise<void>;
}

export interface OutputStream {
  readonly write: (text: string) => void;
  readonly isTTY: boolean;
}

/** Something that works but that the operator should know. */
export function warn(context: Context, text: string): void {
  context.stderr.write(`Warning: ${text}\n`);
}

/** A variable that counts as unset when it is empty. */
export function variable(context: Context, name: string): string | undefined {
  const value = context.env[name];
  return value === undefined || value === "" ? undefined : value;
}
