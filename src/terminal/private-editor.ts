import { spawn } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import { basename, resolve } from "node:path";
import { PhalanxError } from "../errors.js";
import { type Context, type StopSignal, variable } from "./context.js";
import { makePrivateDirectory, type PrivateDirectory } from "./private-directory.js";

/** How long an editor that was told to stop may take over it. */
const GRACE = 2000;

/** Opens a text in the operator's editor, as often as it is called; gives what is in the file afterwards. */
export type Editor = (text: string) => Promise<string>;

/**
 * Runs `work` with an editor whose file is in a private directory. The directory goes away whatever happens: at the end,
 * with an error, and on a signal.
 */
export async function withPrivateEditor<T>(
  context: Context,
  name: string,
  work: (edit: Editor) => Promise<T>,
): Promise<T> {
  let directory: PrivateDirectory | undefined;
  let child: ReturnType<typeof spawn> | undefined;
  let stoppedBy: StopSignal | undefined;
  const restoreSignals = context.onStopSignal((signal) => {
    // From a keyboard it has reached the editor too, for which it may mean something else than to stop.
    const typed = context.stdin.isTTY && (signal === "SIGINT" || signal === "SIGQUIT");
    if (child && typed) return true;
    // First of all, so that an editor which saves what it has when it is stopped finds no place for it.
    directory?.remove();
    if (child === undefined) return false;
    stoppedBy = signal;
    child.kill(signal);
    setTimeout(() => child?.kill("SIGKILL"), GRACE).unref();
    return true;
  });
  const checkStopped = (): void => {
    if (stoppedBy !== undefined) throw new PhalanxError(`Stopped by ${stoppedBy}: nothing was written`);
  };
  try {
    const place = await makePrivateDirectory(context);
    directory = place;
    return await work(async (text) => {
      checkStopped();
      child = startEditor(context, await place.write(name, text), place.path);
      const problem = await ending(child);
      child = undefined;
      checkStopped();
      if (problem !== undefined) {
        throw new PhalanxError(`The editor ${editorOf(context)} ${problem}: nothing was written`, {
          hint: "VISUAL or EDITOR names the editor; without them it is vi.",
        });
      }
      return place.read(name);
    });
  } finally {
    directory?.remove();
    restoreSignals();
  }
}

function editorOf(context: Context): string {
  return variable(context, "VISUAL") ?? variable(context, "EDITOR") ?? "vi";
}

function startEditor(context: Context, path: string, directory: string): ReturnType<typeof spawn> {
  const editor = editorOf(context);
  // By the shell, as Git does it: EDITOR may have arguments, or begin with a variable. With exec, signals reach the
  // editor itself.
  return spawn("/bin/sh", ["-c", `exec env ${editor} "$@"`, editor, ...leavingNoTraces(context, editor), path], {
    stdio: "inherit",
    cwd: context.cwd,
    // For the copies that editors make.
    env: { ...withoutCredentials(context.env), TMPDIR: directory },
  });
}

/** An editor, and every plugin in it, needs none of them. */
function withoutCredentials(env: Context["env"]): Context["env"] {
  const credential = /^(?:VAULT|BAO|OP|PHALANX|SOPS)_|TOKEN|SECRET|PASSW|CREDENTIAL|(?:API|ACCESS|PRIVATE)_?KEY/i;
  const userAndPassword = /:\/\/[^/\s:]*:[^/\s@]*@/;
  return Object.fromEntries(
    Object.entries(env).filter(([name, value]) => !credential.test(name) && !userAndPassword.test(value ?? "")),
  );
}

/** Vim, under whatever name, keeps swap files, undo history and registers elsewhere. */
function leavingNoTraces(context: Context, editor: string): readonly string[] {
  const program = basename(programOf(context, editor.trim().split(/\s+/)[0] ?? ""));
  return /^n?vim(\.|$)/.test(program)
    ? ["-n", "-i", "NONE", "-c", "silent! set noundofile nobackup nowritebackup"]
    : [];
}

/** What a name leads to on the search path: vi is many things. */
function programOf(context: Context, name: string): string {
  const directories = name.includes("/") ? [context.cwd] : (variable(context, "PATH") ?? "").split(":");
  const found = directories.map((directory) => resolve(directory, name)).find((path) => existsSync(path));
  return found === undefined ? name : realpathSync(found);
}

/** How the editor ended, if that was not well. */
function ending(child: ReturnType<typeof spawn>): Promise<string | undefined> {
  return new Promise((done) => {
    child.once("error", ({ message }) => done(`could not be started (${message})`));
    child.once("close", (status, signal) => {
      if (status === 0) done(undefined);
      else done(status === null ? `was ended by ${signal}` : `failed (exit status ${status})`);
    });
  });
}
