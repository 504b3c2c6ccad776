import { afterAll, beforeAll, expect, test } from "vitest";
import { phalanx } from "./support/cli.js";
import { environmentFiles, makeTree, type TestTree } from "./support/tree.js";
import { vaultSecret } from "./support/model-cluster.js";

const SECRETS = "a: {description: x, generate: {type: password}}\n";
const workload = (secret: string): string =>
  JSON.stringify({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web" },
    spec: { template: { spec: { containers: [{ name: "main", envFrom: [{ secretRef: { name: secret } }] }] } } },
  });

let tree: TestTree;
beforeAll(async () => {
  const names = ["read", "unread", "unsure"];
  const files = Object.fromEntries(
    names.map((name): [string, string] => [
      `applications/${name}/templates/vault-secret.yaml`,
      JSON.stringify(vaultSecret(name, name, `secret/phalanx/test/${name}`)),
    ]),
  );
  tree = await makeTree({
    ...environmentFiles(
      "https://vault.example",
      Object.fromEntries(
        names.map((name) => [name, { secrets: `# phalanx-lint: ignore chart-unused read as a whole\n${SECRETS}` }]),
      ),
      files,
    ),
    "applications/read/templates/web.yaml": workload("read"),
    "applications/unsure/Chart.yaml":
      "apiVersion: v2\nname: unsure\nversion: 1.0.0\ndependencies: [{name: redis, version: 1.0.0, repository: 'https://charts.invalid/'}]\n",
  });
});
afterAll(() => tree.remove());

test("a Secret that nothing reads is a note, but not where a part of its chart is elsewhere", async () => {
  const { exit, stdout } = await phalanx(["lint", "--notes"], { cwd: tree.root });
  expect(exit).toBe(0);
  const told = stdout.split("\n").filter((line) => line.includes("secret-unread"));
  expect(told).toEqual([
    "applications/unread/secrets.yaml:1:1: note secret-unread: nothing in the charts reads the Secret unread in namespace unread, which is copied from Vault",
  ]);
  expect((await phalanx(["lint"], { cwd: tree.root })).stdout).not.toContain("secret-unread");
});
