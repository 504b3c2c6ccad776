import { spawn } from "node:child_process";
import { resolve } from "node:path";
import * as z from "zod/mini";
import { PhalanxError } from "../errors.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { isToken } from "../model/names.js";
import type { ClusterPorts, Identity, Login } from "./access.js";
import type { ExecFields } from "./fields.js";
import type { KubeconfigEntry } from "./kubeconfig.js";
import { isPair, told } from "./material.js";

type Ports = Pick<ClusterPorts, "env" | "cwd" | "stdin" | "now">;

/** Information about the cluster for plugins that request it. */
export type ClusterInfo = Readonly<Record<string, unknown>>;

export interface ExecUser {
  readonly entry: KubeconfigEntry;
  readonly exec: ExecFields;
  readonly cluster: ClusterInfo;
  /** The user's other settings: impersonation, a certificate. */
  readonly own: Identity;
}

/** Far longer than any token. */
const LARGEST_OUTPUT = 2 ** 20;

/** A person may have to log in via a browser during that time. */
const LONGEST_RUN = 5 * 60_000;

interface Held {
  readonly identity: Identity;
  /** Milliseconds since 1970. */
  readonly until: number;
  /** Whether it replaces one that the server rejected. */
  readonly renewed: boolean;
}

/** A login by a plugin, which runs again once its credential has expired, and once after a refusal. */
export function execLogin(user: ExecUser, ports: Ports): Login {
  let current: Promise<Held> | undefined;
  const run = (renewed: boolean): Promise<Held> => (current = ask(user, ports, renewed));
  const held = async (): Promise<Held> => {
    const pending = current ?? run(false);
    const found = await pending;
    if (ports.now().getTime() < found.until) return found;
    // If several requests notice it, only one runs the plugin.
    return current === pending || current === undefined ? run(false) : current;
  };
  return {
    identify: async () => (await held()).identity,
    renew: async (refused) => {
      const pending = held();
      const found = await pending;
      if (found.identity !== refused) return found.identity;
      return found.renewed ? undefined : (await run(true)).identity;
    },
  };
}

async function ask({ entry, exec, cluster, own }: ExecUser, ports: Ports, renewed: boolean): Promise<Held> {
  const { apiVersion, interactiveMode, provideClusterInfo } = exec;
  const interactive = interactiveMode !== "Never" && ports.stdin.isTTY;
  const fail = (what: Failure): PhalanxError => failure(entry, exec, what);
  if (interactiveMode === "Always" && !interactive) throw fail({ fault: "needs-terminal" });
  const spec = { interactive, ...(provideClusterInfo && { cluster }) };
  const info = jsonOf({ apiVersion, kind: "ExecCredential", spec });
  if (info === undefined) throw fail({ fault: "not-started", reason: "E2BIG" });
  const output = await run(entry, exec, { ...ports, info, interactive });
  const status = statusOf(output, apiVersion);
  if (status === undefined) throw fail({ fault: "not-a-credential" });
  const { token, clientCertificateData: cert, clientKeyData: key, expirationTimestamp } = status;
  if (token && !isToken(token)) throw fail({ fault: "token-malformed" });
  if (!cert !== !key || (!token && !cert)) throw fail({ fault: "incomplete" });
  for (const credential of [token, key]) if (credential) told(credential);
  const client = cert && key ? { cert, key } : own.client;
  if (client && !(await isPair(client))) throw fail({ fault: "certificate-unusable" });
  const headers = { ...own.headers, ...(token && { authorization: `Bearer ${token}` }) };
  const until = expirationTimestamp ? Date.parse(expirationTimestamp) : Infinity;
  if (Number.isNaN(until)) throw fail({ fault: "expiry-malformed" });
  return { identity: { headers, client }, until, renewed };
}

/** A kubeconfig may pass arbitrary data to the plugin: large integers, and texts that aliases make very long. */
function jsonOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value, (_, inner: unknown) => (typeof inner === "bigint" ? Number(inner) : inner));
  } catch {
    return undefined;
  }
}

const text = z.nullish(z.string());
const ExecCredential = z.object({
  apiVersion: z.string(),
  kind: z.literal("ExecCredential"),
  status: z.object({
    token: text,
    clientCertificateData: text,
    clientKeyData: text,
    expirationTimestamp: text,
  }),
});

/** A plugin's output; the parser's message would quote it. */
function statusOf(output: string, apiVersion: string): z.infer<typeof ExecCredential>["status"] | undefined {
  try {
    const { success, data } = ExecCredential.safeParse(JSON.parse(output));
    return success && data.apiVersion === apiVersion ? data.status : undefined;
  } catch {
    return undefined;
  }
}

interface Run extends Ports {
  /** What the plugin reads from its environment. */
  readonly info: string;
  readonly interactive: boolean;
}

/** Runs a plugin as kubectl does: without a shell, with our environment, and with its stderr shown to the operator. */
function run(entry: KubeconfigEntry, exec: ExecFields, { cwd, env, info, interactive }: Run): Promise<string> {
  const { command, args, env: more } = exec;
  const program = command.includes("/") ? resolve(entry.directory, command) : command;
  const own = Object.fromEntries((more ?? []).map(({ name, value }) => [name, value]));
  const fail = (what: Failure): PhalanxError => failure(entry, exec, what);
  return new Promise((done, refuse) => {
    const child = spawn(program, args ?? [], {
      cwd,
      env: { ...env, ...own, KUBERNETES_EXEC_INFO: info },
      stdio: [interactive ? "inherit" : "ignore", "pipe", "inherit"],
      timeout: LONGEST_RUN,
    });
    // Must come first: without it, a plugin that cannot be started would end this process.
    child.on("error", (error: NodeJS.ErrnoException) =>
      refuse(fail({ fault: "not-started", reason: error.code ?? "unknown error" })),
    );
    const chunks: Buffer[] = [];
    let size = 0;
    // If the limit of open files is reached, there is no pipe either.
    const stdout: typeof child.stdout | undefined = child.stdout;
    stdout?.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= LARGEST_OUTPUT) return void chunks.push(chunk);
      refuse(fail({ fault: "too-much" }));
      child.kill();
    });
    child.on("close", (status, signal) => {
      if (status === 0) done(Buffer.concat(chunks).toString("utf8"));
      else refuse(fail({ fault: "failed", reason: signal ?? `exit status ${status}` }));
    });
  });
}

type Failure =
  | { readonly fault: "not-started" | "failed"; readonly reason: string }
  | {
      readonly fault:
        | "needs-terminal"
        | "too-much"
        | "not-a-credential"
        | "incomplete"
        | "token-malformed"
        | "certificate-unusable"
        | "expiry-malformed";
    };

function failure(entry: KubeconfigEntry, { command, installHint }: ExecFields, what: Failure): PhalanxError {
  // If the program is missing, show how to install it, if the file says so.
  const hint = what.fault === "not-started" && installHint ? { installHint } : {};
  return new PhalanxError(
    diagnostic("exec-plugin-failed", { command, ...what, ...hint }, { place: entry.place(["exec"]) }),
  );
}
