import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type FakeCluster, kubeconfigOf, startCluster } from "./support/api-server.js";
import { phalanxProcess, ROOT } from "./support/cli.js";
import { modelCluster, putDeployment, vaultSecret } from "./support/model-cluster.js";
import { startVault, type TestVault } from "./support/vault.js";

/** Fills Vault for all others. */
const FIRST = "secrets sync demo --secrets secrets-demo.yaml VAULT";

let first: Loaded;
let vault: TestVault;
let cluster: FakeCluster;
let directory: string;
beforeAll(async () => {
  const model = modelCluster();
  model.put("vaultsecrets", vaultSecret("portal", "portal", "secret/phalanx/demo/portal"));
  putDeployment(model, "portal", "web", { secret: "portal", key: "a", pods: { "web-1": { created: 0 } } });
  [vault, cluster, directory] = await Promise.all([
    startVault(),
    startCluster((asked, count) => model.handle(asked, count)),
    mkdtemp(join(tmpdir(), "phalanx-loaded-")),
  ]);
  await writeFile(join(directory, "kubeconfig"), JSON.stringify(kubeconfigOf(cluster.url, { token: "t" })));
  first = await loadedBy(FIRST);
});
afterAll(() => Promise.all([vault.close(), cluster.close(), rm(directory, { recursive: true })]));

interface Loaded {
  readonly bytes: number;
  readonly files: number;
  /** The modules of Node itself, and what stands beside the bundle. */
  readonly others: readonly string[];
  /** The YAML files that were opened, each time. */
  readonly opened: readonly string[];
  readonly requests: number;
}

/**
 * What a command may load of the bundle, a tenth more than when it was written down, and how many requests it sends, which is known
 * exactly.
 */
const LARGEST: readonly (readonly [command: string, kilobytes: number, files: number, requests: number])[] = [
  ["--help", 9, 3, 0],
  ["secrets sync --help", 275, 4, 0],
  ["secrets list demo", 625, 7, 0],
  ["lint", 755, 15, 0],
  ["graph demo", 690, 16, 0],
  ["secrets consumers demo", 770, 22, 0],
  [FIRST, 1100, 73, 30],
  ["secrets sync demo VAULT", 865, 21, 9],
  ["secrets audit demo VAULT", 870, 31, 9],
  ["secrets plan demo VAULT", 985, 52, 9],
  ["rollout status demo VAULT", 1070, 34, 47],
];

/** Helm is given the files of charts as they are: `charts/` reads these again, as bytes, whatever was read of them before. */
const RENDERING = new Set(["secrets consumers demo", "rollout status demo VAULT"]);

async function loadedBy(command: string): Promise<Loaded> {
  const file = join(directory, "loaded.json");
  await phalanxProcess(command.replace("VAULT", `--vault-address ${vault.url}`).split(" "), {
    cwd: `${ROOT}example`,
    env: {
      HOME: directory,
      KUBECONFIG: join(directory, "kubeconfig"),
      VAULT_TOKEN: vault.rootToken,
      WHAT_IS_LOADED: file,
      NODE_OPTIONS: `--require ${ROOT}test/support/what-is-loaded.cjs`,
    },
  });
  return JSON.parse(await readFile(file, "utf8")) as Loaded;
}

describe.each(LARGEST)("%s", (command, kilobytes, files, requests) => {
  let loaded: Loaded;
  beforeAll(async () => {
    loaded = command === FIRST ? first : await loadedBy(command);
  });

  test("loads no more code than it needs, and sends no more requests", () => {
    expect(loaded.bytes / 1000).toBeLessThan(kilobytes);
    expect(loaded.files).toBeLessThanOrEqual(files);
    expect(loaded.requests).toBe(requests);
  });

  test("reads no YAML file twice, and loads neither network nor cryptography for nothing", () => {
    if (RENDERING.has(command)) return;
    expect(loaded.opened.filter((path, i) => loaded.opened.indexOf(path) !== i)).toEqual([]);
    // A pipe is a socket to Node, so that `net` is always there.
    const costly = loaded.others.filter((name) => /^(crypto|https?|tls)$|bcrypt/.test(name));
    if (requests === 0) expect(costly).toEqual([]);
  });
});
