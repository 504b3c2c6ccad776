import { execFile } from "node:child_process";
import { parseArgs } from "node:util";
import { compareCodePoints } from "../src/model/code-points.js";
import { BIN, ROOT } from "../test/support/cli.js";
import { eventually } from "../test/support/cluster-node.js";
import { openRolloutWorld, type RolloutWorld, workload } from "../test/support/rollout-world.js";

const RUNS = 5;

/**
 * Measures `rollout status` on a real control plane: seconds, requests by kind, memory. `--workloads` of 1 pod each are
 * spread over `--namespaces`, each with a VaultSecret.
 */
export async function main(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      workloads: { type: "string", default: "1000" },
      namespaces: { type: "string", default: "100" },
      profile: { type: "string" },
    },
  });
  const names = Array.from({ length: Number(values.namespaces) }, (_, i) => `app-${i + 1}`);
  const secrets = "a: {description: x, generate: {type: password}}\n";
  const world = await openRolloutWorld(Object.fromEntries(names.map((name) => [name, { secrets }])));
  try {
    await world.phalanx(["secrets", "sync", "test"]);
    await world.copy(...names);
    await world.stopCopying();
    await start(world, names, Number(values.workloads));
    // The first run remembers the cluster.
    await look(world, []);
    const runs: Measurement[] = [];
    for (let i = 0; i < RUNS; i++) runs.push(await look(world, []));
    const middle = (pick: (run: Measurement) => number): number =>
      runs.map(pick).toSorted((a, b) => a - b)[RUNS >> 1] ?? 0;
    const { requests, said } = await look(world, ["--verbose", "--log-format", "json"]);
    process.stdout.write(`${said}\n`);
    process.stdout.write(
      `${middle((run) => run.seconds).toFixed(2)} s, ${middle((run) => run.megabytes).toFixed(0)} MB (medians of ${RUNS})\n`,
    );
    for (const [what, count] of [...requests].toSorted(([a], [b]) => compareCodePoints(a, b)))
      process.stdout.write(`  ${count} ${what}\n`);
    if (values.profile !== undefined) await look(world, [], ["--cpu-prof", `--cpu-prof-dir=${values.profile}`]);
    return 0;
  } finally {
    await world.close();
  }
}

async function start(world: RolloutWorld, names: readonly string[], count: number): Promise<void> {
  const each = Array.from({ length: count }, (_, i) => {
    const namespace = names[i % names.length] ?? "";
    return workload("Deployment", namespace, `web-${Math.floor(i / names.length) + 1}`);
  });
  await world.plane.apply(...each);
  const running = async (): Promise<number> => {
    const { items } = await world.plane.api.must<{ items: { status: { phase: string } }[] }>("GET", "/api/v1/pods");
    return items.filter(({ status }) => status.phase === "Running").length;
  };
  // A cluster's controllers take minutes for this many: longer than a single wait allows.
  for (let wanted = 0; wanted < count; ) {
    wanted = Math.min(count, wanted + 100);
    const enough = wanted;
    await eventually(`${enough} pods`, async () => ((await running()) >= enough ? true : undefined));
  }
}

interface Measurement {
  readonly seconds: number;
  readonly megabytes: number;
  readonly requests: ReadonlyMap<string, number>;
  /** The last line of its output. */
  readonly said: string;
}

function look({ plane, tree, vault }: RolloutWorld, args: readonly string[], node: readonly string[] = []) {
  const env = {
    PATH: process.env["PATH"] ?? "",
    VAULT_TOKEN: vault.rootToken,
    HOME: tree.root,
    KUBECONFIG: plane.adminKubeconfig,
  };
  const began = performance.now();
  return new Promise<Measurement>((done, fail) => {
    execFile(
      process.execPath,
      [...node, "--require", `${ROOT}bench/peak-memory.cjs`, BIN, "rollout", "status", "test", ...args],
      { cwd: tree.root, env, maxBuffer: 1 << 28 },
      (error, stdout, stderr) => {
        const seconds = (performance.now() - began) / 1000;
        if (error !== null && error.code !== 1) return fail(new Error(stderr, { cause: error }));
        const requests = new Map<string, number>();
        for (const [, method = "", path = ""] of stderr.matchAll(/"method":"(\w+)","path":"([^"]*)"/g)) {
          const what = `${method} ${kindOf(path)}`;
          requests.set(what, (requests.get(what) ?? 0) + 1);
        }
        const [, peak] = /^peak (\d+)$/m.exec(stderr) ?? [];
        const said = stdout.split("\n").findLast((line) => /\d+ workloads?/.test(line)) ?? "";
        done({ seconds, megabytes: Number(peak) / 1024, requests, said });
      },
    );
  });
}

/** A request without the names in it. */
function kindOf(path: string): string {
  return path
    .replace(/\?.*/, "")
    .replace(/namespaces\/[^/]+\/(\w+)(\/.+)?/, (_, kind: string, name?: string) =>
      name === undefined ? `namespaces/*/${kind}` : `namespaces/*/${kind}/*`,
    )
    .replace(/(secret\/(?:meta)?data\/phalanx\/test)\/.+/, "$1/*");
}
