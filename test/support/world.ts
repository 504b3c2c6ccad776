import { afterEach } from "vitest";
import { type Finished, phalanxHere, type RunOptions } from "./cli.js";
import { type Kv, openKv } from "./kv.js";
import { type Fate, type ProxiedRequest, type Proxy, startProxy } from "./proxy.js";
import { environmentFiles, makeTree, type TestApplication, type TestTree } from "./tree.js";
import { startVault, type TestVault } from "./vault.js";

/** The whole program in front of a server whose answers a test can change. */
export interface World {
  readonly vault: TestVault;
  readonly proxy: Proxy;
  readonly tree: TestTree;
  /** Bypasses the proxy. */
  readonly kv: Kv;
  readonly env: Readonly<Record<string, string>>;
  run(args: readonly string[], options?: RunOptions): Promise<Finished>;
  /** Decides the fate of every request from now on. */
  intercept(decide: (request: ProxiedRequest) => Fate | Promise<Fate>): void;
}

/** In tests, whatever the program waits for has already happened. */
export const NO_WAIT = (): Promise<void> => Promise.resolve();

/** Opens worlds, and closes them after each test of the file. */
export function worldsForEach(): (
  applications: Readonly<Record<string, TestApplication>>,
  files?: Readonly<Record<string, string>>,
) => Promise<World> {
  const closing: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });
  return async (applications, files = {}) => {
    const vault = await startVault();
    closing.push(() => vault.close());
    let decide: (request: ProxiedRequest) => Fate | Promise<Fate> = () => "pass";
    const proxy = await startProxy(vault.url, (request) => decide(request));
    closing.push(() => proxy.close());
    const tree = await makeTree(environmentFiles(proxy.url, applications, files));
    closing.push(() => tree.remove());
    const env = { VAULT_TOKEN: vault.rootToken, HOME: tree.root, XDG_STATE_HOME: `${tree.root}/state` };
    return {
      vault,
      proxy,
      tree,
      env,
      kv: openKv(vault.url, vault.rootToken, "secret/phalanx/test"),
      run: (args, options = {}) => phalanxHere(args, { cwd: tree.root, env, sleep: NO_WAIT, ...options }),
      intercept: (next) => (decide = next),
    };
  };
}

/** The commands that the program prints to undo a run. */
export function undoCommands({ stderr }: Finished): string[][] {
  return [...stderr.matchAll(/^To undo .+?: phalanx (.+)$/gm)].map(([, command = ""]) => command.split(" "));
}

/** The server's own response, modified in transit by a function that knows its shape. */
export async function changed(
  world: World,
  request: ProxiedRequest,
  by: (body: never) => void,
  status?: number,
): Promise<Fate> {
  const answer = await fetch(`${world.vault.url}/v1/${request.path}`, {
    method: request.method,
    headers: { "x-vault-token": request.token ?? "" },
    ...(request.body === "" ? {} : { body: request.body }),
  });
  const body: unknown = JSON.parse(await answer.text());
  by(body as never);
  return { status: status ?? answer.status, body: JSON.stringify(body) };
}
