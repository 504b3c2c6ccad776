import type { ProxiedRequest } from "../support/proxy.js";
import type { ServerName, Stage } from "./stage.js";

/** A command that faults are injected into, and what there is before it. */
export interface Subject {
  readonly name: string;
  readonly prefix: string;
  readonly servers: readonly ServerName[];
  readonly input?: string;
  /** Brings Vault to where the command begins; the arguments of the command come of it. */
  readonly prepare: (stage: Stage) => Promise<readonly string[]>;
  /** What has to be done anew in each Vault, because it names times of that Vault. */
  readonly everyTime?: (stage: Stage) => Promise<unknown>;
  /** What an operator runs where the same command is refused, because Vault has moved on. */
  readonly instead?: readonly string[];
  /** Whether it makes a credential; otherwise it writes secrets. */
  readonly credential?: "token" | "approle";
}

const PREFIX = "secret/phalanx/test";

/** Runs what a command begins from; it has to succeed. */
export async function must(stage: Stage, args: readonly string[], input = ""): Promise<string> {
  const { exit, stderr } = await stage.run(args, { input });
  if (exit !== 0) throw new Error(`${args.join(" ")}: ${stderr}`);
  return stderr;
}

/** Asks Vault through the proxy, so that it belongs to what a command begins from. */
export async function call(stage: Stage, method: string, path: string, body?: unknown): Promise<void> {
  const url = `${stage.proxies.vault.url}/v1/${path}`;
  const headers = { "x-vault-token": stage.env()["VAULT_TOKEN"] ?? "" };
  const answer = await fetch(url, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
}

const SYNC = ["secrets", "sync", "test", "--secrets"];
const populate = (stage: Stage): Promise<string> => must(stage, [...SYNC, "one.yaml"]);
const addStranger = (stage: Stage): Promise<void> =>
  call(stage, "POST", "secret/data/phalanx/test/stranger", { data: { x: "theirs" } });
const secrets = (name: string, prepare: Subject["prepare"], more: Partial<Subject> = {}): Subject => ({
  name,
  prefix: PREFIX,
  servers: ["vault"],
  prepare,
  ...more,
});

export const SUBJECTS: readonly Subject[] = [
  secrets("first sync", async () => [...SYNC, "one.yaml"]),
  secrets("sync --delete", async (stage) => {
    await populate(stage);
    await addStranger(stage);
    return [...SYNC, "two.yaml", "--delete"];
  }),
  secrets(
    "sync --plan",
    async (stage) => {
      await populate(stage);
      return [...SYNC, "two.yaml", "--plan", "test.plan"];
    },
    {
      everyTime: (stage) =>
        must(stage, ["secrets", "plan", "test", "--secrets", "two.yaml", "--out", "test.plan", "--force"]),
      instead: [...SYNC, "two.yaml"],
    },
  ),
  secrets("sync --regenerate", async (stage) => {
    await populate(stage);
    return ["secrets", "sync", "test", "--regenerate"];
  }),
  secrets("rotate", async (stage) => {
    await populate(stage);
    return ["secrets", "rotate", "test", "origin/p", "other/q", "--yes"];
  }),
  secrets("restore --run", async (stage) => {
    await populate(stage);
    await addStranger(stage);
    const stderr = await must(stage, [...SYNC, "two.yaml", "--delete"]);
    return ["secrets", "restore", "test", "--run", /--run (\S+)/.exec(stderr)?.[1] ?? "", "--yes"];
  }),
  secrets("restore --kv-version", async (stage) => {
    await populate(stage);
    await must(stage, ["secrets", "rotate", "test", "origin/p", "--yes"]);
    await call(stage, "POST", "secret/delete/phalanx/test/copier", { versions: [1] });
    await addStranger(stage);
    await call(stage, "DELETE", "secret/data/phalanx/test/stranger");
    return ["secrets", "restore", "test", "--kv-version", "1", "origin", "copier", "stranger", "--yes"];
  }),
  secrets(
    "set",
    async (stage) => {
      await populate(stage);
      return ["secrets", "set", "test", "origin/s", "--yes"];
    },
    { input: "set by hand" },
  ),
  secrets(
    "set pull-secret",
    async (stage) => {
      await populate(stage);
      return ["secrets", "set", "test", "pull-secret", "ghcr.io", "--yes"];
    },
    { input: "reader:a password" },
  ),
  secrets(
    "create-write-token",
    async (stage) => {
      await must(stage, ["vault", "create-write-token", "test"]);
      return ["vault", "create-write-token", "test"];
    },
    { credential: "token" },
  ),
  secrets(
    "create-read-approle",
    async (stage) => {
      await call(stage, "POST", "sys/auth/approle", { type: "approle" });
      await must(stage, ["vault", "create-read-approle", "test"]);
      return ["vault", "create-read-approle", "test"];
    },
    { credential: "approle" },
  ),
  secrets("copy-secrets", async (stage) => {
    for (const name of ["a", "b", "c"])
      await call(stage, "POST", `secret/data/phalanx/old/${name}`, { data: { x: `old ${name}` } });
    await call(stage, "POST", "secret/data/phalanx/test/b", { data: { x: "theirs" } });
    return ["vault", "copy-secrets", "test", "secret/phalanx/old", "--overwrite", "--yes"];
  }),
  secrets(
    "sync from 1Password",
    async (stage) => {
      await must(stage, ["secrets", "sync", "vaulted"]);
      await must(stage, ["secrets", "set", "vaulted", "origin/s", "--anyway", "--yes"], "theirs");
      return ["secrets", "sync", "vaulted"];
    },
    { prefix: "secret/phalanx/vaulted", servers: ["connect", "vault"] },
  ),
  secrets(
    "sync to another mount",
    async (stage) => {
      await call(stage, "POST", "sys/mounts/kv", { type: "kv", options: { version: "2" } });
      await call(stage, "POST", "secret/data/phalanx/elsewhere/origin", { data: { p: "of the original" } });
      return ["secrets", "sync", "elsewhere", "--secrets", "one.yaml", "--adopt"];
    },
    { prefix: "kv/phalanx/elsewhere" },
  ),
];

/** A subject with what it begins from, and what it needs where nothing goes wrong. */
export interface Prepared {
  readonly subject: Subject;
  readonly args: readonly string[];
  readonly beginning: readonly ProxiedRequest[];
}

/** Prepares a command once, so that it can begin in as many vaults as are needed. */
export async function prepare(stage: Stage, subject: Subject): Promise<Prepared> {
  await stage.begin([]);
  const args = await subject.prepare(stage);
  return { subject, args, beginning: stage.carried.map(({ request }) => request) };
}

/** A new Vault in which a prepared command can begin. */
export async function beginWith(stage: Stage, { subject, beginning }: Prepared): Promise<void> {
  await stage.begin(beginning);
  await subject.everyTime?.(stage);
}
