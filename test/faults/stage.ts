import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { type DevConnect, startDevConnect } from "../support/dev-connect/index.js";
import { startVault, type TestVault } from "../support/vault.js";
import { BIN, type Finished, phalanxHere, type RunOptions } from "../support/cli.js";
import { type Kv, openKv } from "../support/kv.js";
import { type Fate, type Proxy, type ProxiedRequest, type ServerAnswer, startProxy } from "../support/proxy.js";
import { makeTree, type TestTree } from "../support/tree.js";
import { CONNECT_TOKEN, faultTree, VAULT_TITLE } from "./tree.js";

const CHEAP_HASHES = fileURLToPath(new URL("cheap-hashes.cjs", import.meta.url));

export type ServerName = "vault" | "connect";

/** A request that a server carried out, and what it answered. */
export interface Carried {
  readonly request: ProxiedRequest;
  readonly answer: ServerAnswer;
}

/** What happens to a request, by its place among those of a run to the same server. */
export type Script = (server: ServerName, index: number, request: ProxiedRequest) => Fate | Promise<Fate>;

/** Where a run begins. Its address may change while it is there. */
export type StageVault = Pick<TestVault, "url" | "close">;

/** A tree, and proxies before a Vault and a 1Password Connect server, where a run can begin as often as is wished. */
export interface Stage {
  readonly tree: TestTree;
  readonly proxies: Readonly<Record<ServerName, Proxy>>;
  /** The writes that Vault has carried out since the last `watch`. */
  readonly carried: readonly Carried[];
  /** Counts requests from zero again, and lets a script decide about them; what was carried out may stay known. */
  watch(script?: Script, keep?: boolean): void;
  counted(server: ServerName): number;
  /** Of Vault itself, past the proxy. */
  url(): string;
  kv(prefix: string): Kv;
  /** A new Vault, in which requests are sent again that another one has carried out. */
  begin(requests: readonly ProxiedRequest[]): Promise<void>;
  env(more?: Readonly<Record<string, string>>): Record<string, string>;
  run(args: readonly string[], options?: RunOptions): Promise<Finished>;
  spawn(args: readonly string[]): ChildProcess;
  close(): Promise<void>;
}

const pass: Script = () => "pass";

/** `start` makes an empty Vault, whose root token is the given one. */
export async function openStage(
  rootToken = "root",
  start: (now: () => Date) => Promise<StageVault> = (now) => startVault({ token: rootToken, now }),
): Promise<Stage> {
  let [vault, script, begun]: [StageVault | undefined, Script, number] = [undefined, pass, 0];
  const counts = { vault: 0, connect: 0 };
  const carried: Carried[] = [];
  const decide = (server: ServerName) => (request: ProxiedRequest) => script(server, counts[server]++, request);
  const url = (): string => vault?.url ?? "";
  const observe = (request: ProxiedRequest, answer: ServerAnswer): void => {
    if (request.method !== "GET") carried.push({ request, answer });
  };
  const connect: DevConnect = await startDevConnect({ token: CONNECT_TOKEN, vaults: [{ title: VAULT_TITLE, items }] });
  const proxies = {
    vault: await startProxy(url, decide("vault"), { observe }),
    connect: await startProxy(connect.url, decide("connect")),
  };
  const tree = await makeTree(faultTree(proxies.vault.url, proxies.connect.url));
  // Versions carry the time of their writing, and a plan file names it.
  const beginning = new Date(Date.now() - 3_600_000);
  let clock = (): Date => beginning;
  const env: Stage["env"] = (more = {}) => ({
    VAULT_TOKEN: rootToken,
    OP_CONNECT_TOKEN: CONNECT_TOKEN,
    XDG_STATE_HOME: `${tree.root}/state-${begun}`,
    HOME: tree.root,
    ...more,
  });
  return {
    tree,
    proxies,
    carried,
    env,
    url,
    watch: (next = pass, keep = false) => {
      script = next;
      clock = () => new Date();
      Object.assign(counts, { vault: 0, connect: 0 });
      if (!keep) carried.length = 0;
    },
    counted: (server) => counts[server],
    kv: (prefix) => openKv(url(), rootToken, prefix),
    begin: async (requests) => {
      await vault?.close();
      begun += 1;
      [script, clock] = [pass, () => beginning];
      await Promise.all([proxies.vault.accept(), proxies.connect.accept()]);
      vault = await start(() => clock());
      carried.length = 0;
      for (const { method, path, body } of requests) {
        const headers = { "x-vault-token": rootToken };
        await (await fetch(`${url()}/v1/${path}`, { method, headers, ...(body === "" ? {} : { body }) })).arrayBuffer();
      }
    },
    run: (args, options = {}) => phalanxHere(args, { cwd: tree.root, env: env(), ...options }),
    spawn: (args) =>
      spawn(process.execPath, ["--require", CHEAP_HASHES, BIN, ...args], {
        cwd: tree.root,
        env: { PATH: process.env["PATH"], ...env() },
      }),
    close: async () => {
      await Promise.all([proxies.vault.close(), proxies.connect.close(), connect.close(), vault?.close()]);
      await tree.remove();
    },
  };
}

const items = [
  { title: "origin", fields: [{ label: "s", value: "from 1Password" }] },
  {
    title: "pull-secret",
    fields: [
      { label: "username", value: "reader", section: "example.org" },
      { label: "password", value: "from 1Password too", section: "example.org" },
    ],
  },
];
