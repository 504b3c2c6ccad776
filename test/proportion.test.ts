import { afterEach, describe, expect, test } from "vitest";
import { startDevVault } from "../src/dev-vault/index.js";
import { phalanxProcess } from "./support/cli.js";
import { repositoriesForEach } from "./support/git.js";
import { lint, smallTree, told } from "./support/lint.js";
import { environmentFiles } from "./support/tree.js";

// A small file must take no long time, and make no long text.

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});
const repositoryWith = repositoriesForEach();

const chain = (n: number, cyclic: boolean): string =>
  [
    cyclic ? `k0: {description: x, copy: {application: app, key: k${n - 1}}}` : "k0: {description: x}",
    ...Array.from({ length: n - 1 }, (_, i) => `k${i + 1}: {description: x, copy: {application: app, key: k${i}}}`),
    "",
  ].join("\n");

describe("templates of templates are bounded", () => {
  const doubling = (n: number): string =>
    [
      "k0: {description: x, generate: {type: random, length: 64}}",
      ...Array.from(
        { length: n },
        (_, i) => `k${i + 1}: {description: x, generate: {type: template, template: "\${k${i}}\${k${i}}"}}`,
      ),
      "",
    ].join("\n");

  test("lint says so", () => {
    const findings = told(lint(smallTree({ app: { "secrets.yaml": doubling(40) } })));
    expect(findings.filter((line) => / error /.test(line))).not.toEqual([]);
  });

  test("a sync has no mistake of its own", async () => {
    const server = await startDevVault({ token: "root-token" });
    cleanups.push(() => server.close());
    const repository = await repositoryWith(environmentFiles(server.url, { app: { secrets: doubling(40) } }));
    const { exit, stderr } = await phalanxProcess(["secrets", "sync", "test"], {
      cwd: repository.root,
      env: { VAULT_TOKEN: "root-token" },
    });
    expect(stderr).not.toContain("internal error");
    expect(exit).toBe(2);
  });
});

describe("what is long takes and says no more than it is long", () => {
  test("a cycle", () => {
    const size = (n: number): number =>
      JSON.stringify(lint(smallTree({ app: { "secrets.yaml": chain(n, true) } }))).length;
    expect(size(800) / size(400)).toBeLessThan(2.5);
  });

  test("environments with long names under one prefix", () => {
    const size = (n: number): number => {
      const text = "vaultUrl: https://vault.example.org\nvaultPathPrefix: secret/one\napplications: {}\n";
      const files = Object.fromEntries(
        Array.from({ length: n }, (_, i) => [`environments/values-e${i}${"x".repeat(200)}.yaml`, text]),
      );
      return JSON.stringify(lint({ "environments/values.yaml": "applications: {}\n", ...files })).length;
    };
    expect(size(80) / size(40)).toBeLessThan(2.5);
  });

  test.each([
    ["plan", ["secrets", "plan", "test"]],
    ["explain", ["secrets", "explain", "test", "app"]],
  ] as const)("a chain of copies: %s", { timeout: 60_000 }, async (_, words) => {
    const server = await startDevVault({ token: "root-token" });
    cleanups.push(() => server.close());
    const size = async (n: number): Promise<number> => {
      const secrets = chain(n, false).replace("k0: {description: x}", "k0: {description: x, value: y}");
      const repository = await repositoryWith(environmentFiles(server.url, { app: { secrets } }));
      const env = { VAULT_TOKEN: "root-token" };
      const { exit, stdout } = await phalanxProcess(words, { cwd: repository.root, env });
      expect(exit).toBe(0);
      return stdout.length;
    };
    expect((await size(4000)) / (await size(2000))).toBeLessThan(2.5);
  });
});
