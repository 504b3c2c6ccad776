import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { BIN } from "./cli.js";
import { has } from "./programs.js";

const run = promisify(execFile);

export const HAS_TMUX = has("tmux", "-V");

let sessions = 0;

export interface ScreenOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly columns: number;
  readonly rows?: number;
}

/** A program running in a tmux terminal. */
export interface Screen {
  /** What a person currently sees, without trailing blanks. */
  readonly look: (withColours?: boolean) => Promise<string>;
  /** Lines that the terminal itself has wrapped, each joined. */
  readonly broken: () => Promise<readonly string[]>;
  /** Polls the screen until a pattern appears. */
  readonly until: (what: RegExp) => Promise<string>;
  /** Types a line, or a key such as `C-c`. */
  readonly type: (text: string) => Promise<unknown>;
  /** Waits until the program has ended. */
  readonly ended: () => Promise<void>;
  readonly close: () => Promise<unknown>;
}

/** Starts the program in a terminal of its own. */
export async function openScreen(command: string, { cwd, env, columns, rows = 60 }: ScreenOptions): Promise<Screen> {
  const socket = `phalanx-${process.pid}-${sessions++}`;
  const tmux = (...args: string[]): Promise<{ stdout: string }> =>
    run("tmux", ["-L", socket, "-f", "/dev/null", ...args]);
  const variables = Object.entries({ PATH: process.env["PATH"] ?? "", TERM: "screen", LC_ALL: "C.UTF-8", ...env });
  const settings = variables.map(([name, value]) => `'${name}=${value}'`).join(" ");
  // The terminal remains after the program has exited, for inspection.
  const script = `env -i ${settings} ${process.execPath} ${BIN} ${command}; tmux -L ${socket} wait-for -S ended; exec cat`;
  await tmux("new-session", "-d", "-x", String(columns), "-y", String(rows), "-c", cwd, script);
  const look = async (withColours = false): Promise<string> => {
    const { stdout } = await tmux("capture-pane", "-p", ...(withColours ? ["-e"] : []), "-t", "0");
    return `${stdout.trimEnd()}\n`;
  };
  return {
    look,
    broken: async () => {
      const joined = await tmux("capture-pane", "-p", "-J", "-t", "0");
      return joined.stdout.split("\n").filter((line) => line.trimEnd().length > columns);
    },
    until: async (what) => {
      for (;;) {
        const text = await look();
        if (what.test(text)) return text;
      }
    },
    type: (text) => tmux("send-keys", "-t", "0", text, ...(text === "C-c" ? [] : ["Enter"])),
    ended: async () => void (await tmux("wait-for", "ended")),
    close: () => tmux("kill-server").catch(() => {}),
  };
}
