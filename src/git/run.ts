import { spawn, spawnSync } from "node:child_process";
import { PhalanxError } from "../errors.js";
import { diagnostic } from "../model/diagnostics/index.js";

/** Where to run Git. */
export interface GitPlace {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The repository and its work tree; Git searches for them only if they are not known yet. */
  readonly repository?: { readonly gitDirectory: string; readonly top: string };
  /** Timeout in milliseconds; undefined: none. */
  readonly timeout?: number;
}

export interface GitResult {
  readonly status: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/**
 * Runs nothing that a repository's configuration names, ignores replacement objects, and rejects files that merely look
 * like a repository.
 */
const SAFE = [
  "--no-pager",
  "--no-replace-objects",
  "--no-optional-locks",
  "-c",
  "safe.bareRepository=explicit",
  "-c",
  "core.fsmonitor=false",
  "-c",
  "core.hooksPath=/dev/null",
] as const;

/** What an operator's environment must not change. */
const FIXED = {
  // Errors are recognised by their English text; a trace on stderr would replace its first line.
  LC_ALL: "C",
  GIT_TRACE: "0",
  GIT_TERMINAL_PROMPT: "0",
  // Report what a partial clone lacks instead of fetching it.
  GIT_NO_LAZY_FETCH: "1",
  // Paths are given as `:(top,literal)`.
  GIT_LITERAL_PATHSPECS: "0",
};

/**
 * What Git needs from the environment besides its own variables: where to find programs and settings, and who runs it.
 */
const NEEDED = /^(?:PATH|HOME|XDG_CONFIG_HOME|TMPDIR|SUDO_UID|LD_LIBRARY_PATH|DEVELOPER_DIR)$/;

/** Reading a repository needs neither credentials nor a network, so pass only what Git is known to need. */
function environmentOf({ env, repository }: GitPlace): Record<string, string | undefined> {
  const named = Object.entries(env).filter(
    ([name]) => NEEDED.test(name) || (name.startsWith("GIT_") && !/TOKEN|SECRET|PASSW/.test(name)),
  );
  const found = repository && { GIT_DIR: repository.gitDirectory, GIT_WORK_TREE: repository.top };
  return { ...Object.fromEntries(named), ...FIXED, ...found };
}

/** Runs one Git command to completion. */
export function runGit(place: GitPlace, args: readonly string[], input = ""): Promise<GitResult> {
  return new Promise((done, fail) => {
    const { cwd, timeout } = place;
    const child = spawn("git", [...SAFE, ...args], { cwd, env: environmentOf(place), stdio: "pipe", timeout });
    // Must come first: without it, a Git that cannot be started would end this process.
    child.on("error", (error: NodeJS.ErrnoException) => fail(notStarted(error)));
    const { stdin, stdout, stderr }: Partial<typeof child> = child;
    // If the limit of open files is reached, there are no pipes either.
    if (stdin === undefined || stdout === undefined || stderr === undefined) return;
    const [out, err]: [Buffer[], Buffer[]] = [[], []];
    stdout.on("data", (chunk: Buffer) => out.push(chunk));
    stderr.on("data", (chunk: Buffer) => err.push(chunk));
    child.on("close", (status) =>
      done({ status: status ?? 128, stdout: Buffer.concat(out), stderr: Buffer.concat(err).toString("utf8") }),
    );
    // A Git that exits early closes the pipe; its exit status says why.
    stdin.on("error", () => undefined);
    stdin.end(input);
  });
}

/**
 * The same, synchronously, for the rare file that was not predicted while a tree is read. Undefined beyond the limit.
 */
export function runGitNow(place: GitPlace, args: readonly string[], limit: number): Buffer | undefined {
  const { stdout, error, status, stderr } = spawnSync("git", [...SAFE, ...args], {
    cwd: place.cwd,
    env: environmentOf(place),
    maxBuffer: limit,
  });
  if (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOBUFS") return undefined;
    throw notStarted(error);
  }
  if (status !== 0) throw gitError(stderr.toString("utf8"));
  return stdout;
}

/** Git's message as one of our errors. */
export function gitError(stderr: string): PhalanxError {
  return new PhalanxError(diagnostic("git-failed", { message: firstLine(stderr) }));
}

/** The first line of Git's own message. */
export function firstLine(stderr: string): string {
  const first = stderr.split("\n").find((line) => line !== "") ?? "failed without a message";
  return first.replace(/^(fatal|error): /, "");
}

function notStarted(error: NodeJS.ErrnoException): PhalanxError {
  return error.code === "ENOENT"
    ? new PhalanxError(diagnostic("git-not-installed"))
    : new PhalanxError(diagnostic("git-not-started", { reason: error.code ?? error.message }), { cause: error });
}
