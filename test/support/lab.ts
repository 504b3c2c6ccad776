import { type Finished, phalanx } from "./cli.js";
import { type Kv, openKv } from "./kv.js";
import { type Fate, type ProxiedRequest, type Proxy, startProxy } from "./proxy.js";
import { environmentFiles, makeTree, type TestTree } from "./tree.js";
import { startVault, type TestVault } from "./vault.js";

/** `a/p` is copied to `b/c`, so that a run writes in two waves; `a/s` is static. */
const APPLICATIONS = {
  a: { secrets: "p: {description: x, generate: {type: password}}\ns: {description: x}\n" },
  b: { secrets: "c: {description: x, copy: {application: a, key: p}}\n" },
};

export interface RootCall {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly namespace?: string;
}

/** The parts of the server's responses that tests use. */
export interface Body {
  readonly data: {
    readonly keys: readonly string[];
    readonly data: Readonly<Record<string, string>>;
    readonly custom_metadata: Readonly<Record<string, string>>;
    readonly versions: Readonly<Record<string, { readonly created_time: string; readonly deletion_time: string }>>;
  };
  readonly auth: { readonly client_token: string; readonly accessor: string };
}

/** A server, a proxy in front of it, and a tree with the environment `test` under `secret/phalanx/test`. */
export interface Lab {
  readonly vault: TestVault;
  readonly proxy: Proxy;
  readonly tree: TestTree;
  readonly kv: Kv;
  /** Decides the fate of the program's requests from now on. */
  decide(by: (request: ProxiedRequest) => Fate | Promise<Fate>): void;
  run(args: readonly string[], env?: Readonly<Record<string, string>>, input?: string): Promise<Finished>;
  /** Runs the program with the root token; its exit status must be 0. */
  asRoot(...args: readonly string[]): Promise<Finished>;
  /** A request with the root token, bypassing the proxy, that must succeed; returns its body. */
  must(call: RootCall): Promise<Body>;
  /** Writes an environment with the applications of `test` under another prefix. */
  environment(name: string, prefix: string): Promise<void>;
  close(): Promise<void>;
}

export async function openLab(): Promise<Lab> {
  let fate: (request: ProxiedRequest) => Fate | Promise<Fate> = () => "pass";
  const vault = await startVault();
  const proxy = await startProxy(vault.url, (request) => fate(request));
  const tree = await makeTree({
    ...environmentFiles(proxy.url, APPLICATIONS),
    "one.yaml": "applications: {a: {s: {value: one}}}\n",
    "two.yaml": "applications: {a: {s: {value: two}}}\n",
  });
  const run: Lab["run"] = (args, env = {}, input = "") =>
    phalanx(args, {
      cwd: tree.root,
      env: { XDG_STATE_HOME: `${tree.root}/state`, HOME: tree.root, ...env },
      input,
    });
  return {
    vault,
    proxy,
    tree,
    kv: openKv(vault.url, vault.rootToken, "secret/phalanx/test"),
    decide: (by) => void (fate = by),
    run,
    asRoot: async (...args) => {
      const finished = await run(args, { VAULT_TOKEN: vault.rootToken });
      if (finished.exit !== 0)
        throw new Error(`${args.join(" ")}: ${finished.exit}\n${finished.stdout}${finished.stderr}`);
      return finished;
    },
    must: async ({ method, path, body, namespace }) => {
      const answer = await fetch(`${vault.url}/v1/${path}`, {
        method,
        headers: {
          "x-vault-token": vault.rootToken,
          ...(namespace === undefined ? {} : { "x-vault-namespace": namespace }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
      return (text === "" ? {} : JSON.parse(text)) as Body;
    },
    environment: (name, prefix) =>
      tree.write(
        `environments/values-${name}.yaml`,
        `name: ${name}\nvaultUrl: ${proxy.url}\nvaultPathPrefix: ${prefix}\napplications: {a: true, b: true}\n`,
      ),
    close: async () => {
      await proxy.close();
      await vault.close();
      await tree.remove();
    },
  };
}
