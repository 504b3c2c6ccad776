import { spawn } from "node:child_process";
import { accessSync, constants, realpathSync, statSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import process from "node:process";

type Environment = Readonly<Record<string, string | undefined>>;

/** The program that renders charts. */
export interface Helm {
  readonly path: string;
  /** Differs between programs and between versions. */
  readonly identity: string;
}

/** The value that disables helm, instead of a path. */
const NONE = "none";

/** The helm that `PHALANX_HELM` names, else the one on PATH; undefined if there is none. */
export function findHelm(env: Environment): Helm | undefined {
  const chosen = env["PHALANX_HELM"] ?? "";
  if (chosen === NONE) return undefined;
  // A relative directory would be different in each tree, which anyone may have written.
  const places =
    chosen === "" ? (env["PATH"] ?? "").split(delimiter).map((directory) => join(directory, "helm")) : [chosen];
  for (const place of places.filter((path) => isAbsolute(path))) {
    try {
      accessSync(place, constants.X_OK);
      const path = realpathSync(place);
      const { size, mtimeMs } = statSync(path);
      if (statSync(path).isFile()) return { path: place, identity: `${path} ${size} ${mtimeMs}` };
    } catch {
      // Try the next one.
    }
  }
  return undefined;
}

export type HelmResult =
  | { readonly kind: "text"; readonly text: string }
  /** `message`: the first line of its error output. */
  | { readonly kind: "failed"; readonly message: string };

export interface HelmRun {
  readonly helm: Helm;
  readonly env: Environment;
  /** A private directory that serves as the user's home. */
  readonly home: string;
  readonly signal?: AbortSignal | undefined;
}

/** A chart that takes longer, or produces more, is not one that anyone deploys. */
const TIME_LIMIT = 60_000;
const MAX_OUTPUT = 64 * 1024 * 1024;
const MAX_ERRORS = 64 * 1024;

/** Variables needed to find and start a program, which reveal nothing about its user. */
const NEEDED = /^(?:PATH|LD_LIBRARY_PATH|DYLD_LIBRARY_PATH|SYSTEMROOT)$/i;

/** No server answers here: nothing that a chart names is ever contacted. */
const NOWHERE = "http://127.0.0.1:9";

/** Passes on neither the operator's settings nor credentials, and finds no plugins. */
function environmentOf({ env, home }: HelmRun): Record<string, string | undefined> {
  const named = Object.entries(env).filter(([name]) => NEEDED.test(name));
  return {
    ...Object.fromEntries(named),
    HOME: home,
    TMPDIR: home,
    XDG_CACHE_HOME: home,
    XDG_CONFIG_HOME: home,
    XDG_DATA_HOME: home,
    HELM_PLUGINS: join(home, "no-plugins"),
    HELM_NO_PLUGINS: "1",
    KUBECONFIG: join(home, "no-kubeconfig"),
    LC_ALL: "C",
    HTTP_PROXY: NOWHERE,
    HTTPS_PROXY: NOWHERE,
    http_proxy: NOWHERE,
    https_proxy: NOWHERE,
    NO_PROXY: "",
    no_proxy: "",
  };
}

/** Runs one helm command to completion. */
export function runHelm(run: HelmRun, args: readonly string[]): Promise<HelmResult> {
  return new Promise((done) => {
    const failed = (message: string): void => done({ kind: "failed", message });
    if (run.signal?.aborted) return failed(stopped(run.signal));
    const child = spawn(run.helm.path, args, {
      cwd: run.home,
      env: environmentOf(run),
      stdio: ["ignore", "pipe", "pipe"],
      // To be able to kill its child processes too.
      detached: true,
    });
    let reason: string | undefined;
    const end = (why: string): void => {
      reason ??= why;
      killGroup(child.pid);
    };
    const timer = setTimeout(() => end(`helm took more than ${TIME_LIMIT / 1000} s`), TIME_LIMIT);
    const stop = (): void => end(stopped(run.signal));
    run.signal?.addEventListener("abort", stop, { once: true });
    const finish = (): void => {
      clearTimeout(timer);
      run.signal?.removeEventListener("abort", stop);
    };
    child.on("error", (error: NodeJS.ErrnoException) => {
      finish();
      failed(`helm cannot be started (${error.code ?? "unknown error"})`);
    });
    const { stdout, stderr }: { stdout?: typeof child.stdout; stderr?: typeof child.stderr } = child;
    // If the limit of open files is reached, there are no pipes either.
    if (!stdout || !stderr) return;
    const [out, err]: [Buffer[], Buffer[]] = [[], []];
    let [size, errors] = [0, 0];
    stdout.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size > MAX_OUTPUT) end("helm printed more than 64 MiB");
      else out.push(chunk);
    });
    stderr.on("data", (chunk: Buffer) => {
      errors += chunk.length;
      if (errors <= MAX_ERRORS) err.push(chunk);
    });
    child.on("close", (status) => {
      finish();
      if (reason !== undefined) failed(reason);
      else if (status === 0) done({ kind: "text", text: Buffer.concat(out).toString("utf8") });
      else failed(firstLine(Buffer.concat(err).toString("utf8")));
    });
  });
}

function stopped(signal: AbortSignal | undefined): string {
  const isLate = (signal?.reason as Error | undefined)?.name === "TimeoutError";
  return isLate ? "all charts together took too long" : "it was asked to stop";
}

/** helm may be a script that starts the actual program. */
function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has already exited.
  }
}

/** Helm's error message in short; warnings precede it. */
function firstLine(stderr: string): string {
  const lines = stderr.split("\n").filter((line) => line.trim() !== "");
  const first = lines.find((line) => line.startsWith("Error:")) ?? lines[0] ?? "helm failed without a message";
  return first.replace(/^Error: /, "").slice(0, 500);
}
