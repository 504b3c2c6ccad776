import type { Target } from "../../src/model/target.js";
import { loadEnvironment } from "../../src/config/environment.js";
import { diskTree } from "../../src/config/disk-tree.js";
import { startVault, type TestVault, type TestVaultOptions } from "./vault.js";
import type { Environment } from "../../src/model/environment.js";
import { type Convergence, converge } from "../../src/operations/converge.js";
import type { AppliedWrite } from "../../src/operations/apply-plan.js";
import { type PreparedRestoration, restorePlans } from "../../src/operations/restore.js";
import type { Approve } from "../../src/operations/run.js";
import { syncPlans } from "../../src/operations/sync.js";
import type { GeneratorPorts } from "../../src/secrets/generators.js";
import { openSession } from "../../src/vault/open-session.js";
import type { VaultSession } from "../../src/vault/protocol.js";
import { openTransport } from "../../src/http/transport.js";
import { type Kv, openKv } from "./kv.js";
import { type Fate, type ProxiedRequest, type Proxy, startProxy } from "./proxy.js";
import { environmentFiles, makeTree, type TestApplication } from "./tree.js";

/** A server, a proxy in front of it, and an environment on it. */
export interface Scene {
  readonly vault: TestVault;
  readonly proxy: Proxy;
  readonly kv: Kv;
  readonly environment: Environment;
  readonly session: VaultSession;
  /** Milliseconds that the program asked to wait; nothing really waits. */
  readonly waits: number[];
  close(): Promise<void>;
}

export interface SceneOptions {
  readonly applications: Readonly<Record<string, TestApplication>>;
  readonly decide?: (request: ProxiedRequest, scene: { readonly kv: Kv }) => Fate | Promise<Fate>;
  readonly vault?: TestVaultOptions;
  /** A token other than the root token. */
  readonly token?: (vault: TestVault) => Promise<string>;
}

export async function openScene({ applications, decide, vault: options, token }: SceneOptions): Promise<Scene> {
  const vault = await startVault(options);
  const kv = openKv(vault.url, vault.rootToken, "secret/phalanx/test");
  const proxy = await startProxy(vault.url, (request) => decide?.(request, { kv }) ?? "pass");
  const tree = await makeTree(environmentFiles(proxy.url, applications));
  const { environment } = loadEnvironment(diskTree(tree.root, tree.root), "test");
  const transport = await openTransport({ server: VAULT_NAME, url: proxy.url, maxConnections: 16, timeout: 5000 });
  const waits: number[] = [];
  return {
    vault,
    proxy,
    kv,
    environment,
    waits,
    session: openSession({
      url: proxy.url,
      transport: transport.request,
      token: (await token?.(vault)) ?? vault.rootToken,
      namespace: undefined,
      machineTime: Date.now,
      sleep: (milliseconds) => {
        waits.push(milliseconds);
        return Promise.resolve();
      },
    }),
    close: async () => {
      transport.close();
      await proxy.close();
      await vault.close();
      await tree.remove();
    },
  };
}

export const VAULT_NAME = { name: "Vault", setting: "vaultUrl", authority: "VAULT_CACERT" };

/** What a run asks a test, and reports to it. */
export type SyncHooks = Pick<Convergence, "onApplied" | "onTwin" | "random" | "replan" | "signal"> & {
  readonly approve: Approve;
};

/** Hooks that keep a record, like those of a run. */
function recording<Hooks extends Pick<Convergence, "onApplied" | "onTwin">>(
  hooks: Hooks,
): Hooks & Pick<Convergence, "record"> {
  const applied: AppliedWrite[] = [];
  let hasTwin = false;
  return {
    ...hooks,
    record: { applied, mayHaveWritten: () => hasTwin || applied.length > 0 },
    onApplied: (write) => {
      applied.push(write);
      return hooks.onApplied(write);
    },
    onTwin: (...twin) => {
      hasTwin = true;
      hooks.onTwin(...twin);
    },
  };
}

/** A run without its guards, which have tests of their own: plans until Vault holds what the target requires. */
export function sync(
  session: VaultSession,
  target: Target,
  ports: GeneratorPorts,
  { approve, ...hooks }: SyncHooks,
): Promise<readonly AppliedWrite[]> {
  const plans = syncPlans(session, target, ports, { allowed: { adopt: true } });
  const { environment } = target;
  return converge({ ...recording(hooks), session, environment, prepare: (run) => plans(run, approve) });
}

/** The same for a restoration. */
export function applyRestoration(
  session: VaultSession,
  first: PreparedRestoration,
  hooks: Pick<Convergence, "onApplied" | "onTwin" | "random" | "signal">,
): Promise<readonly AppliedWrite[]> {
  const plans = restorePlans(session, first);
  const prepare: Convergence["prepare"] = (run) => plans(run, () => Promise.resolve());
  return converge({ ...recording(hooks), replan: true, session, environment: first.target.environment, prepare });
}

/** Hooks that accept everything. */
export const HOOKS: SyncHooks = {
  replan: true,
  random: () => 0,
  signal: new AbortController().signal,
  approve: () => Promise.resolve(),
  onApplied: () => Promise.resolve(),
  onTwin: () => undefined,
};

export function targetOf(environment: Environment, options: Partial<Target> = {}): Target {
  return {
    environment,
    staticSecrets: undefined,
    exclude: new Set(),
    assumeEmpty: false,
    declares: () => new Map(),
    deletion: undefined,
    only: undefined,
    regenerate: () => false,
    generateAnew: () => false,
    ...options,
  };
}

const DENIED: Fate = { status: 403, body: '{"errors":["1 error occurred:\\n\\t* permission denied\\n\\n"]}' };

/**
 * Refuses some requests like Vault does if a token lacks the capability; Vault then does not list that capability
 * either.
 */
export const denying =
  (matches: (request: ProxiedRequest) => boolean) =>
  (request: ProxiedRequest): Fate => {
    if (request.path === "sys/capabilities-self") return { status: 200, body: '{"data":{}}' };
    return matches(request) ? DENIED : "pass";
  };
