import { afterEach, expect, test } from "vitest";
import { startDevVault } from "../src/dev-vault/index.js";
import { makeRepository } from "./support/git.js";
import { removeTemporary, runStep, type StepResult } from "./support/runner.js";
import { environmentFiles } from "./support/tree.js";

// What is masked is hidden everywhere in a log: whoever proposes a change must not choose it.

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
  await removeTemporary();
});

async function plan(secrets: string, stored: Readonly<Record<string, string>> = {}): Promise<StepResult> {
  const server = await startDevVault({ token: "root-token" });
  cleanups.push(() => server.close());
  if (Object.keys(stored).length > 0) {
    const address = `${server.url}/v1/secret/data/phalanx/test/app`;
    const body = JSON.stringify({ data: stored });
    await fetch(address, { method: "POST", headers: { "X-Vault-Token": "root-token" }, body });
  }
  const repository = await makeRepository(environmentFiles(server.url, { app: { secrets } }));
  cleanups.push(() => repository.remove());
  const base = { sha: (await repository.git("rev-parse", "HEAD")).trim(), ref: "main" };
  const done = await runStep({
    inputs: { command: "plan", environment: "test", auth: "token", "vault-url": server.url, "require-tls": "false" },
    event: { name: "pull_request", payload: { pull_request: { base }, repository: { default_branch: "main" } } },
    env: { VAULT_TOKEN: "root-token" },
    workspace: repository.root,
  });
  expect(done.exit).toBe(0);
  return done;
}

test("a fixed value of the tree does not decide what the runner masks", async () => {
  const { masks, log } = await plan(
    'a: {description: x, value: "true"}\nb: {description: x, value: "  + steal  missing in Vault"}\n',
  );
  expect(log).toContain("Nothing was written");
  expect(masks).toEqual(["root-token"]);
});

test("nor does it once Vault holds it, or through copies and templates", async () => {
  const { masks } = await plan(
    [
      "a: {description: x, value: https://evil.example}",
      "b: {description: x, copy: {application: app, key: a}}",
      'c: {description: x, generate: {type: template, template: "${a}/path"}}',
      'd: {description: x, generate: {type: template, template: "https://other.example\\n${s}"}}',
      "s: {description: x}",
      "",
    ].join("\n"),
    {
      a: "https://evil.example",
      c: "https://evil.example/path",
      d: "https://other.example\nvalue-of-a-person",
      s: "value-of-a-person",
    },
  );
  expect([...masks].sort()).toEqual(["root-token", "value-of-a-person"]);
});

test("short values and prose are not masked, wherever they come from", async () => {
  const { masks } = await plan("s: {description: x}\nt: {description: x}\n", { s: "missing", t: "missing in Vault" });
  expect(masks).toEqual(["root-token"]);
});
