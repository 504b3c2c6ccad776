import { spawn, spawnSync } from "node:child_process";
import { BIN } from "./cli.js";

/** util-linux's `script` gives a program a terminal of its own. */
export const HAS_SCRIPT = spawnSync("script", ["--version"]).stdout?.toString().includes("util-linux") ?? false;

/** What the user sees on the terminal. */
export interface Seen {
  readonly exit: number;
  readonly screen: string;
}

/** What the user types, perhaps after something else has happened, or a signal to send. */
export type Answer = string | Buffer | (() => Promise<string>) | { readonly signal: string };

/** Runs the built program on a terminal, and types each answer at its question; or sends a signal. */
export function phalanxAtTerminal(
  command: string,
  answers: readonly (readonly [question: RegExp, answer: Answer])[],
  options: {
    readonly cwd: string;
    readonly env: Readonly<Record<string, string>>;
    /** Typed at once, before any question. */
    readonly ahead?: string;
  },
): Promise<Seen> {
  return new Promise((done) => {
    const child = spawn("script", ["-qefc", `exec ${process.execPath} ${BIN} ${command}`, "/dev/null"], options);
    if (options.ahead !== undefined) child.stdin.write(options.ahead);
    let [screen, seen] = ["", 0];
    const left = [...answers];
    child.stdout.on("data", (chunk) => {
      screen += String(chunk);
      const [question, answer] = left[0] ?? [];
      if (!question?.test(screen.slice(seen))) return;
      seen = screen.length;
      left.shift();
      if (typeof answer === "function") void answer().then((text) => child.stdin.write(`${text}\r`));
      else if (typeof answer === "object" && "signal" in answer)
        spawnSync("pkill", [`-${answer.signal}`, "-P", String(child.pid)]);
      else child.stdin.write(Buffer.concat([Buffer.from(answer ?? ""), Buffer.from("\r")]));
    });
    child.on("close", (exit) => done({ exit: exit ?? -1, screen }));
  });
}
