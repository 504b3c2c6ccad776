import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import { basename, resolve } from "node:path";
import { PhalanxError } from "../errors.js";
import type { EditorFailure } from "../model/diagnostics/files.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { type Context, notify, type StopSignal, variable } from "./context.js";
import { makePrivateDirectory, type PrivateDirectory } from "./private-directory.js";

/** Milliseconds for an editor to stop. */
const GRACE = 2000;

/** Milliseconds too short for anyone to view a file and close it again. */
const AT_ONCE = 2000;

/** What an editor has left. */
export interface Edited {
  /** In whatever encoding. */
  readonly content: Buffer;
  /** Whether the editor has written the file, be it with what was in it already. */
  readonly saved: boolean;
}

/** Opens a file in the operator's editor, as often as it is called. */
export type Editor = (content: Buffer) => Promise<Edited>;

/** The running editor, and the signal that ended it. */
interface Editing {
  child?: ChildProcess | undefined;
  stoppedBy?: StopSignal;
}

/**
 * Runs `work` with an editor whose file is in a private directory. The directory is always removed: at the end, after
 * an error, and on a signal.
 */
export async function withPrivateEditor<T>(
  context: Context,
  name: string,
  work: (edit: Editor) => Promise<T>,
): Promise<T> {
  const directory = await makePrivateDirectory(context);
  const editing: Editing = {};
  const restoreSignals = context.onStopSignal((signal) => stop(context, directory, editing, signal));
  try {
    return await work(async (content) => {
      const path = await directory.write(name, content);
      const before = directory.stamp(name);
      const start = context.now().getTime();
      await runEditor(context, path, directory, editing);
      const time = context.now().getTime() - start;
      const edited = await directory.read(name);
      if (time < AT_ONCE && edited.equals(content) && !isVim(context))
        notify(context, diagnostic("editor-returned-at-once", { editor: editorOf(context) }));
      return { content: edited, saved: !edited.equals(content) || directory.stamp(name) !== before };
    });
  } finally {
    directory.remove();
    restoreSignals();
  }
}

/** Handles a signal. Returns whether the program continues, to wait for an editor to end. */
function stop(context: Context, directory: PrivateDirectory, editing: Editing, signal: StopSignal): boolean {
  const { child } = editing;
  // A signal from the keyboard has reached the editor too, which may not treat it as a request to stop.
  if (child && context.stdin.isTTY && (signal === "SIGINT" || signal === "SIGQUIT")) return true;
  // Must come first, so that an editor that saves its content when stopped has nowhere to put it.
  directory.remove();
  if (child === undefined) return false;
  editing.stoppedBy = signal;
  child.kill(signal);
  setTimeout(() => child.kill("SIGKILL"), GRACE).unref();
  return true;
}

async function runEditor(context: Context, path: string, directory: PrivateDirectory, editing: Editing): Promise<void> {
  editing.child = startEditor(context, path, directory.path);
  const failure = await failureOf(editing.child);
  editing.child = undefined;
  const { stoppedBy } = editing;
  if (stoppedBy !== undefined) throw new PhalanxError(diagnostic("edit-stopped", { signal: stoppedBy }));
  if (failure !== undefined)
    throw new PhalanxError(diagnostic("editor-failed", { editor: editorOf(context), ...failure }));
}

function editorOf(context: Context): string {
  return variable(context, "VISUAL") ?? variable(context, "EDITOR") ?? "vi";
}

function startEditor(context: Context, path: string, directory: string): ChildProcess {
  const editor = editorOf(context);
  // Through the shell, as Git does: EDITOR may have arguments, or start with a variable. With exec, signals reach the
  // editor itself.
  return spawn("/bin/sh", ["-c", `exec env ${editor} "$@"`, editor, ...leavingNoTraces(context), path], {
    stdio: "inherit",
    cwd: context.cwd,
    // For an editor's temporary copies.
    env: { ...withoutCredentials(context.env), TMPDIR: directory },
  });
}

/** Neither an editor nor any plugin in it needs them. */
function withoutCredentials(env: Context["env"]): Context["env"] {
  const credential = /^(?:VAULT|BAO|OP|PHALANX|SOPS)_|TOKEN|SECRET|PASSW|CREDENTIAL|(?:API|ACCESS|PRIVATE)_?KEY/i;
  const userAndPassword = /:\/\/[^/\s:]*:[^/\s@]*@/;
  return Object.fromEntries(
    Object.entries(env).filter(([name, value]) => !credential.test(name) && !userAndPassword.test(value ?? "")),
  );
}

/** Vim, under any name. */
function isVim(context: Context): boolean {
  return /^n?vim(\.|$)/.test(basename(programOf(context, editorOf(context).trim().split(/\s+/)[0] ?? "")));
}

/** Vim keeps swap files, undo history and registers elsewhere. */
function leavingNoTraces(context: Context): readonly string[] {
  return isVim(context) ? ["-n", "-i", "NONE", "-c", "silent! set noundofile nobackup nowritebackup"] : [];
}

/** The program that a name resolves to on the search path: vi has several implementations. */
function programOf(context: Context, name: string): string {
  const directories = name.includes("/") ? [context.cwd] : (variable(context, "PATH") ?? "").split(":");
  const found = directories.map((directory) => resolve(directory, name)).find((path) => existsSync(path));
  return found === undefined ? name : realpathSync(found);
}

/** How the editor failed, if it did. */
function failureOf(child: ChildProcess): Promise<EditorFailure | undefined> {
  return new Promise((done) => {
    child.once("error", ({ message }) => done({ failure: "not-started", reason: message }));
    child.once("close", (status, signal) => {
      if (status === null) done({ failure: "killed", signal: String(signal) });
      else done(status === 0 ? undefined : { failure: "exit-status", status });
    });
  });
}
