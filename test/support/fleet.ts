import { join } from "node:path";
import { startVault, type TestVault } from "./vault.js";
import { type Finished, phalanx } from "./cli.js";
import { type Kv, openKv } from "./kv.js";
import { makeTree, type TestTree } from "./tree.js";

/** A value that must not appear in any report. */
export const CANARY = "canary-value-that-no-report-may-hold";

export const ENVIRONMENTS = ["clean", "drifted", "no-login", "sealed", "wrong-token"] as const;
type Name = (typeof ENVIRONMENTS)[number];

const SECRETS = `password: {description: x, generate: {type: password}}
token: {description: x, generate: {type: gafaelfawr-token}}
tls: {description: x}
`;
const CONSUMER = "copied: {description: x, copy: {application: source, key: password}}\n";

/** Environments in different states, each on a separate server. */
export interface FleetScene {
  readonly tree: TestTree;
  readonly kv: Readonly<Record<Name, Kv>>;
  readonly env: Record<string, string>;
  readonly audit: (...args: string[]) => Promise<Finished>;
  readonly close: () => Promise<void>;
}

/** @param certificate A PEM text for the static secret of each environment. */
export async function openFleet(certificate = CANARY): Promise<FleetScene> {
  const vaults = await Promise.all(ENVIRONMENTS.map(() => startVault()));
  const vaultOf = (name: Name): TestVault => vaults[ENVIRONMENTS.indexOf(name)] as TestVault;
  const settings = ENVIRONMENTS.map((name): [string, string] => [
    `environments/values-${name}.yaml`,
    `name: ${name}\nvaultUrl: ${vaultOf(name).url}\nvaultPathPrefix: secret/phalanx/${name}\napplications: {source: true, consumer: true, bare: true}\n`,
  ]);
  const charts = ["source", "consumer", "bare"].map((name): [string, string] => [
    `applications/${name}/Chart.yaml`,
    `name: ${name}\n`,
  ]);
  const tree = await makeTree({
    "environments/values.yaml": "applications: {}\n",
    ...Object.fromEntries([...settings, ...charts]),
    "applications/source/secrets.yaml": SECRETS,
    "applications/consumer/secrets.yaml": CONSUMER,
    "static.yaml": JSON.stringify({ applications: { source: { tls: { value: certificate } } } }),
  });
  const kvOf = (name: Name): Kv => openKv(vaultOf(name).url, vaultOf(name).rootToken, `secret/phalanx/${name}`);
  const kv = Object.fromEntries(ENVIRONMENTS.map((name) => [name, kvOf(name)])) as Record<Name, Kv>;
  for (const name of ["clean", "drifted"] as const) {
    const token = { VAULT_TOKEN: vaultOf(name).rootToken };
    const done = await phalanx(["secrets", "sync", name, "--secrets", "static.yaml"], { cwd: tree.root, env: token });
    if (done.exit !== 0) throw new Error(done.stderr);
  }
  await vaultOf("sealed").seal();
  const env: Record<string, string> = {
    VAULT_TOKEN: "a-token-that-must-go-nowhere",
    VAULT_TOKEN_CLEAN: vaultOf("clean").rootToken,
    VAULT_TOKEN_DRIFTED: vaultOf("drifted").rootToken,
    VAULT_TOKEN_SEALED: vaultOf("sealed").rootToken,
    VAULT_TOKEN_WRONG_TOKEN: "wrong",
  };
  return {
    tree,
    kv,
    env,
    audit: (...args) => phalanx(["fleet", "audit", ...args], { cwd: tree.root, env }),
    close: async () => {
      await Promise.all(vaults.map((vault) => vault.close()));
      await tree.remove();
    },
  };
}

/** Gives two environments the same generated value, and makes one of them drift. */
export async function disturb({ kv }: FleetScene): Promise<void> {
  const { token } = (await kv.clean.get("source")) ?? {};
  await kv.drifted.set("source", "token", token);
  await kv.drifted.set("consumer", "copied", CANARY);
  await kv.drifted.put("left-over", { key: CANARY });
}

export function inTree({ tree }: FleetScene, name: string): string {
  return join(tree.root, name);
}
