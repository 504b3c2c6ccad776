import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { phalanx } from "./support/cli.js";
import { repositoriesForEach, runGit } from "./support/git.js";
import { removeTemporary, runStep } from "./support/runner.js";
import { environmentFiles } from "./support/tree.js";

// A revision is read from Git and a checkout from the disk: where attributes make these two differ, a reviewer would
// approve something else than is used.

const GOOD = "https://vault.example.org";
const repositoryWith = repositoriesForEach();
const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
  await removeTemporary();
});

const FILE = "environments/values-test.yaml";
const settings = (address: string): string =>
  `{name: "test", fqdn: "a${address}", vaultUrl: "${GOOD}", vaultPathPrefix: "secret/phalanx/test",\n` +
  "applications: {app: true}}\n";
const EVIL = settings("“, vaultUrl: “https://evil.example“, vaultPathPrefix: “secret/other“, ＃");

function files(prefix = ""): Record<string, string> {
  const tree = { ...environmentFiles(GOOD, { app: { secrets: "key: {description: x}\n" } }), [FILE]: settings("") };
  return Object.fromEntries(Object.entries(tree).map(([path, text]) => [`${prefix}${path}`, text]));
}

/** A commit whose file says one thing to Git, and another in a checkout. */
async function attacked(): Promise<{ clone: string; base: string }> {
  const repository = await repositoryWith(files());
  const base = (await repository.git("rev-parse", "HEAD")).trim();
  await repository.write(FILE, EVIL);
  const object = (await repository.git("hash-object", "-w", "--no-filters", FILE)).trim();
  await repository.write(".gitattributes", "environments/*.yaml working-tree-encoding=ASCII//TRANSLIT\n");
  await repository.git("add", ".gitattributes");
  await repository.git("update-index", "--cacheinfo", `100644,${object},${FILE}`);
  await repository.git("commit", "--quiet", "--message", "tidy");
  const directory = await mkdtemp(join(tmpdir(), "phalanx-attributes-"));
  cleanups.push(() => rm(directory, { recursive: true, force: true }));
  const clone = join(directory, "clone");
  await runGit(["clone", "--quiet", repository.root, clone], repository.root);
  // What the checkout holds, and a sync would use.
  expect(await readFile(join(clone, FILE), "utf8")).toContain('"https://evil.example"');
  return { clone, base };
}

const proposal = (sha: string): { name: string; payload: unknown } => ({
  name: "pull_request",
  payload: { pull_request: { base: { sha, ref: "main" } }, repository: { default_branch: "main" } },
});

describe("a file that a checkout converts is not compared as if it were what Git holds", () => {
  test("diff says first that it needs a person", async () => {
    const { clone, base } = await attacked();
    const { exit, stdout } = await phalanx(["diff", `${base}...HEAD`, "--exit-code"], { cwd: clone });
    const [head, ...rest] = stdout.split("\n").filter((line) => line !== "");
    expect(head).toContain("1 cannot be compared");
    expect(stdout).not.toContain("nothing changes");
    expect(rest[0]).toContain("test cannot be read in HEAD");
    expect(stdout.replaceAll(/\s+/g, " ")).toContain(
      `HEAD:${FILE}: a checkout may differ from what Git holds: the attribute working-tree-encoding=ASCII//TRANSLIT makes Git convert it`,
    );
    expect(exit).toBe(1);
  });

  test("nor by the action, which reads no token for it either", async () => {
    const { clone, base } = await attacked();
    const diff = await runStep({ inputs: { command: "diff" }, event: proposal(base), workspace: clone });
    expect(diff.outputs["changes"]).toBe("true");
    expect(diff.summary).toContain("cannot be read in HEAD");
    const plan = await runStep({
      inputs: { command: "plan", environment: "test", auth: "token" },
      event: proposal(base),
      env: { VAULT_TOKEN: "canary" },
      workspace: clone,
    });
    expect(plan.exit).toBe(2);
    expect(plan.raw).not.toContain("canary");
  });

  test.each([
    ["a filter", "*.yaml filter=lfs\n", ".gitattributes"],
    ["a keyword", "values-test.yaml ident\n", "environments/.gitattributes"],
    ["a macro", "[attr]tidy filter=x\nenvironments/** tidy\n", ".gitattributes"],
  ])("%s", async (_, text, path) => {
    const repository = await repositoryWith({ ...files(), [path]: text });
    const { stdout } = await phalanx(["diff", "HEAD", "HEAD"], { cwd: repository.root });
    expect(stdout).toContain("1 cannot be compared");
  });

  test("whether the attributes are added or removed", async () => {
    const repository = await repositoryWith({ ...files(), ".gitattributes": "*.yaml filter=x\n" });
    await repository.write(".gitattributes", "");
    await repository.commit("without");
    expect((await phalanx(["diff", "HEAD~", "HEAD"], { cwd: repository.root })).stdout).toContain("cannot be compared");
    await repository.write(".gitattributes", "*.yaml ident\n");
    await repository.git("add", ".gitattributes");
    expect((await phalanx(["diff", "--staged"], { cwd: repository.root })).stdout).toContain("cannot be compared");
  });

  test("wherever the configuration and its files are", async () => {
    const repository = await repositoryWith({
      ...files("deploy/phalanx/"),
      "deploy/.gitattributes": "phalanx/other/** ident\n",
      "deploy/phalanx/other/real.yaml": settings(""),
    });
    const options = { cwd: join(repository.root, "deploy/phalanx") };
    expect((await phalanx(["diff", "HEAD", "HEAD"], options)).stdout).not.toContain("cannot be compared");
    await repository.write("deploy/.gitattributes", "phalanx/environments/** ident\n");
    await repository.git("add", "deploy/.gitattributes");
    expect((await phalanx(["diff", "--staged"], options)).stdout).toContain("cannot be compared");
  });

  test("a link leads to the file whose attributes count", async () => {
    const repository = await repositoryWith({ ...files(), "other/.gitattributes": "*.yaml ident\n" });
    await repository.write("other/real.yaml", settings(""));
    await repository.git("add", "other");
    await repository.write("target", "../other/real.yaml");
    const object = (await repository.git("hash-object", "-w", "target")).trim();
    await repository.git("update-index", "--cacheinfo", `120000,${object},${FILE}`);
    await repository.git("commit", "--quiet", "--message", "link");
    const { stdout } = await phalanx(["diff", "HEAD~", "HEAD"], { cwd: repository.root });
    expect(stdout).toContain("cannot be compared");
  });

  test("attributes in a link, or in the clone's own .git/info, count", async () => {
    const repository = await repositoryWith(files());
    await repository.write(".git/info/attributes", "*.yaml ident\n");
    expect((await phalanx(["diff", "HEAD", "HEAD"], { cwd: repository.root })).stdout).toContain("cannot be compared");
    await repository.write(".git/info/attributes", "");
    await repository.write("target", "attributes");
    const object = (await repository.git("hash-object", "-w", "target")).trim();
    await repository.git("update-index", "--add", "--cacheinfo", `120000,${object},.gitattributes`);
    const { stdout } = await phalanx(["diff", "--staged"], { cwd: repository.root });
    expect(stdout.replaceAll(/\s+/g, " ")).toContain(".gitattributes is not a regular file");
  });
});

test("attributes of other files, and those for line endings, do not matter", async () => {
  const attributes = "* text=auto eol=crlf\n*.ipynb filter=nbstripout ident\n*.md working-tree-encoding=UTF-8\n";
  const repository = await repositoryWith({ ...files(), ".gitattributes": attributes, "a.ipynb": "{}" });
  const { stdout } = await phalanx(["diff", "HEAD", "HEAD"], { cwd: repository.root });
  expect(stdout).toContain("nothing changes for secrets in 1 environment");
});

test("the action takes no address from a file that is not what was committed", async () => {
  const repository = await repositoryWith(files());
  const base = (await repository.git("rev-parse", "HEAD")).trim();
  await repository.write(FILE, settings("b"));
  const { exit, log } = await runStep({
    inputs: { command: "plan", environment: "test", auth: "token" },
    event: proposal(base),
    env: { VAULT_TOKEN: "canary" },
    workspace: repository.root,
  });
  expect(exit).toBe(2);
  expect(log.replaceAll(/\s+/g, " ")).toContain(`${FILE}: differs from the commit that was checked out`);
});
