import { readFile, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type SyntheticFleet, syntheticFleet } from "../bench/synthetic-fleet.js";
import type { FleetReport } from "../src/model/fleet-report.js";
import { type Finished, phalanx } from "./support/cli.js";
import { openKv } from "./support/kv.js";
import { makeTree, type TestTree } from "./support/tree.js";
import { startVault, type TestVault } from "./support/vault.js";

// What `npm run bench:size` measures, in small and without a clock.
const SIZE = { environments: 6, applications: 10, seed: 1 };

let vault: TestVault;
let fleet: SyntheticFleet;
let tree: TestTree;
const requests: string[] = [];

beforeAll(async () => {
  vault = await startVault({ onRequest: ({ method, path }) => void requests.push(`${method} ${path}`) });
  fleet = syntheticFleet(SIZE);
  tree = await makeTree(fleet.files(vault.url));
  for (const { environment, application, values } of fleet.contents())
    await openKv(vault.url, vault.rootToken, `secret/${fleet.prefix}/${environment}`).put(application, values);
});
afterAll(async () => {
  await vault.close();
  await tree.remove();
});

function audit(...args: string[]): Promise<Finished> {
  const tokens = fleet.environments.map((name) => [
    `VAULT_TOKEN_${name.toUpperCase().replaceAll("-", "_")}`,
    vault.rootToken,
  ]);
  const env = { PHALANX_FINGERPRINT_KEY: "a key of at least thirty-two characters", ...Object.fromEntries(tokens) };
  return phalanx(["fleet", "audit", ...args], { cwd: tree.root, env });
}

async function reportIn(name: string): Promise<Partial<FleetReport>> {
  const {
    created: _,
    shard: __,
    fingerprints: ___,
    ...said
  } = JSON.parse(await readFile(join(tree.root, name), "utf8")) as FleetReport;
  return said;
}

test("the same seed makes the same fleet, another one another", () => {
  expect([...syntheticFleet(SIZE).contents()]).toEqual([...fleet.contents()]);
  expect([...syntheticFleet({ ...SIZE, seed: 2 }).contents()]).not.toEqual([...fleet.contents()]);
});

test("in shards and in one piece, a fleet is the same; each secret is asked for once", async () => {
  requests.length = 0;
  expect((await audit("-o", "whole.json")).exit).toBe(1);
  expect(requests.filter((request) => request.startsWith("GET secret/data/"))).toHaveLength(6 * 10);
  for (const part of [1, 2, 3]) expect((await audit("--shard", `${part}/3`, "-o", `part${part}.json`)).exit).toBe(1);
  const parts = [1, 2, 3].map((part) => `part${part}.json`);
  expect((await audit("--merge", ...parts, "-o", "merged.json")).exit).toBe(1);
  const whole = await reportIn("whole.json");
  expect(whole.environments?.some(({ counts }) => counts.shared > 0)).toBe(true);
  expect(await reportIn("merged.json")).toEqual(whole);
});

test("a report and a page are known again, however large they are", async () => {
  await writeFile(join(tree.root, "large.json"), '{\n  "format": "phalanx-fleet-report"');
  await writeFile(join(tree.root, "large.html"), "<!doctype html>\n<title>Phalanx fleet audit</title>\n");
  for (const name of ["large.json", "large.html"]) await truncate(join(tree.root, name), 65 * 2 ** 20);
  const { exit, stderr } = await audit("-o", "large.json", "--html", "large.html", "--force");
  expect({ exit, stderr }).toEqual({ exit: 1, stderr: "" });
  expect((await audit("-o", "large.json", "--force")).exit).toBe(1);
});
