import { existsSync } from "node:fs";
import { cp, mkdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { startDevVault } from "../src/dev-vault/index.js";
import { phalanx } from "./support/cli.js";
import { makeRepository, runGit, type TestRepository } from "./support/git.js";
import { openKv } from "./support/kv.js";
import { plantRepository } from "./support/planted.js";
import { removeTemporary, runStep, type StepResult } from "./support/runner.js";
import { environmentFiles } from "./support/tree.js";

const GOOD = "https://vault.example.org";
const EVIL = "https://collects-tokens.example";
const REFUSED = `test: vaultUrl is ${EVIL}, but ${GOOD} on the default branch`;

let repository: TestRepository;
let base: string;

const filesOf = (vaultUrl: string, root = "deploy/"): Record<string, string> =>
  Object.fromEntries(
    Object.entries(environmentFiles(vaultUrl, { app: { secrets: "key: {description: x}\n" } })).map(([path, text]) => [
      root + path,
      text,
    ]),
  );

beforeEach(async () => {
  repository = await makeRepository({ ...filesOf(GOOD), ...filesOf(EVIL, "docs/example/") });
  base = (await repository.git("rev-parse", "HEAD")).trim();
  return () => repository.remove();
});
afterAll(removeTemporary);

/** A branch that names another server. */
async function propose(more?: () => Promise<void>): Promise<void> {
  await repository.git("switch", "--quiet", "--create", "change");
  await repository.write(
    "deploy/environments/values-test.yaml",
    filesOf(EVIL)["deploy/environments/values-test.yaml"] ?? "",
  );
  await more?.();
  await repository.commit("change");
}

const plantBare = (config?: string): Promise<void> =>
  plantRepository(repository, "deploy", { commit: base, forged: filesOf(EVIL), ...(config ? { config } : {}) });

interface Job {
  readonly command?: string;
  readonly config?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly workspace?: string;
  readonly event?: "pull_request" | "push";
}

/** Runs the step in the job of a pull request, or of a push to the default branch. */
async function job({ command = "plan", config = "deploy", env = {}, workspace, event }: Job = {}): Promise<StepResult> {
  const head = (await repository.git("rev-parse", "HEAD")).trim();
  return runStep({
    inputs: { command, environment: "test", config, role: "phalanx-ci" },
    event:
      event === "push"
        ? {
            name: "push",
            ref: "refs/heads/main",
            sha: head,
            payload: { before: base, repository: { default_branch: "main" } },
          }
        : {
            name: "pull_request",
            ref: "refs/pull/7/merge",
            sha: head,
            payload: {
              pull_request: { number: 7, base: { sha: base, ref: "main" } },
              repository: { default_branch: "main" },
            },
          },
    env: { ACTIONS_ID_TOKEN_REQUEST_TOKEN: "request-token", HTTPS_PROXY: "http://127.0.0.1:1", ...env },
    workspace: workspace ?? repository.root,
  });
}

function expectRefusal(done: StepResult, message: string): void {
  expect(done.annotations).toEqual([expect.stringContaining(message)]);
  expect(done).toMatchObject({ exit: 2, masks: [], outputs: {} });
}

/** What `diff` says that happens to the address. */
async function comparedBy(...args: string[]): Promise<string> {
  const { stdout, stderr } = await phalanx(["diff", ...args], { cwd: repository.root });
  return stdout + stderr;
}

describe("files that look like a repository are none", () => {
  test("to diff, wherever it is run and whatever it compares", async () => {
    await propose(plantBare);
    for (const revisions of [["main"], ["main...HEAD"], ["main", "--staged"]])
      expect(await comparedBy(...revisions, "--config", "deploy")).toContain(`vaultUrl: ${GOOD} -> ${EVIL}`);
    const inside = await phalanx(["diff", "main"], { cwd: join(repository.root, "deploy/environments") });
    expect(inside.stdout).toContain(`vaultUrl: ${GOOD} -> ${EVIL}`);
  });

  test("to the action, which reads no token for what they vouch for", async () => {
    await propose(plantBare);
    expectRefusal(await job(), REFUSED);
    const compared = await job({ command: "diff" });
    expect(await readFile(compared.outputs["report"] ?? "", "utf8")).toContain("collects-tokens");
    expect(compared.outputs).toMatchObject({ changes: "true" });
  });

  test("nor is their commit noted, or anything run that they name", async () => {
    const vault = await startDevVault();
    try {
      const mark = join(repository.root, "was-run");
      const files = filesOf(vault.url);
      for (const [path, text] of Object.entries(files)) await repository.write(path, text);
      await repository.write(
        "deploy/applications/app/secrets.yaml",
        "key: {description: x, generate: {type: password}}\n",
      );
      await repository.write("deploy/.gitattributes", "* filter=evil\n");
      const evil = `[filter "evil"]\n\tclean = touch '${mark}'; cat\n\tprocess = touch '${mark}'\n`;
      await plantBare(evil);
      const planted = [`--git-dir=${join(repository.root, "deploy")}`, "--work-tree=."];
      await repository.git(
        ...planted,
        "-c",
        "filter.evil.clean=cat",
        "-c",
        "filter.evil.process=",
        "add",
        "deploy/environments",
      );
      await repository.commit("change");
      // A clone whose own configuration names a program is no better.
      await writeFile(join(repository.root, ".git/config"), evil, { flag: "a" });
      await repository.write("deploy/environments/values.yaml", 'applications: {}\nname: ""\n');
      const synced = await phalanx(["secrets", "sync", "test", "--config", "deploy"], {
        cwd: repository.root,
        env: { VAULT_TOKEN: vault.rootToken },
      });
      expect(synced.exit).toBe(0);
      expect(existsSync(mark)).toBe(false);
      const { body } = await openKv(vault.url, vault.rootToken, "secret/phalanx/test").call(
        "GET",
        "secret/metadata/phalanx/test/app",
      );
      const head = (await repository.git("rev-parse", "--short=12", "HEAD")).trim();
      expect(JSON.stringify(body)).toContain(`${head}+`);
    } finally {
      await vault.close();
    }
  });
});

describe("the action takes the repository that the workflow checked out", () => {
  test("and none that variables name", async () => {
    await propose(() => plantRepository(repository, "planted", { commit: base, forged: filesOf(EVIL) }));
    const planted = join(repository.root, "planted");
    for (const env of [
      { GIT_DIR: planted },
      { GIT_DIR: planted, GIT_WORK_TREE: repository.root },
      { GIT_OBJECT_DIRECTORY: join(planted, "objects") },
      { GIT_COMMON_DIR: planted },
    ])
      expectRefusal(await job({ env }), REFUSED);
  });

  test.each(["a directory", "a file"])("and none that is inside it, with %s .git", async (what) => {
    await propose();
    const nested = join(repository.root, "deploy");
    await runGit(["init", "--quiet"], nested);
    await runGit(["add", "--all"], nested);
    await runGit(["commit", "--quiet", "--message", "nested"], nested);
    await runGit(["fetch", "--quiet", repository.root, "main"], nested);
    if (what === "a file") {
      await rename(join(nested, ".git"), join(repository.root, ".git/modules-deploy"));
      await writeFile(join(nested, ".git"), "gitdir: ../.git/modules-deploy\n");
    }
    for (const event of ["pull_request", "push"] as const)
      for (const command of ["plan", "diff"])
        expectRefusal(await job({ command, event }), "deploy is a separate repository inside the one checked out");
  });

  test("wherever a link in its place leads", async () => {
    await propose(async () => {
      await rm(join(repository.root, "deploy"), { recursive: true });
      await symlink("docs/example", join(repository.root, "deploy"));
    });
    expectRefusal(await job(), REFUSED);
    const compared = await job({ command: "diff" });
    expect(await readFile(compared.outputs["report"] ?? "", "utf8")).toContain("removed");
  });

  test("into a path of its own, too", async () => {
    const workspace = await makeRepository({});
    await rm(join(workspace.root, ".git"), { recursive: true });
    await propose(plantBare);
    await cp(repository.root, join(workspace.root, "a/path"), { recursive: true });
    expectRefusal(await job({ workspace: workspace.root, config: "a/path/deploy" }), REFUSED);
    await rm(join(workspace.root, "a/path/.git"), { recursive: true });
    expectRefusal(
      await job({ workspace: workspace.root, config: "a/path/deploy" }),
      "a/path/deploy is not in a repository that this workflow checked out",
    );
    await workspace.remove();
  });

  test("and what it holds, not what lies beside it", async () => {
    await mkdir(join(repository.root, "downloaded"));
    await cp(join(repository.root, "docs/example"), join(repository.root, "downloaded"), { recursive: true });
    expectRefusal(
      await job({ config: "downloaded", event: "push" }),
      `test: vaultUrl is ${EVIL}, but not set on the default branch`,
    );
    expectRefusal(await job({ config: "/" }), "/ is not the root of a Phalanx configuration");
  });
});

describe("on a machine of one's own", () => {
  test("a .git that leads into the tree is refused", async () => {
    await propose(() => plantRepository(repository, "planted", { commit: base, forged: filesOf(EVIL) }));
    await rename(join(repository.root, ".git"), `${repository.root}.git`);
    await writeFile(join(repository.root, ".git"), "gitdir: planted\n");
    await writeFile(join(repository.root, "planted/config"), "[core]\n\tbare = false\n");
    const { exit, stderr } = await phalanx(["diff", "--config", "deploy"], { cwd: repository.root });
    expect([exit, stderr]).toEqual([2, expect.stringContaining("is inside the tree itself")]);
    await rm(`${repository.root}.git`, { recursive: true });
  });

  test("a file that is not what its hash says is refused, even if the operator names the repository", async () => {
    await propose(() => plantRepository(repository, "planted", { commit: base, forged: filesOf(EVIL) }));
    const { exit, stderr } = await phalanx(["diff", "main", "--config", "deploy"], {
      cwd: repository.root,
      env: { GIT_DIR: "planted" },
    });
    expect([exit, stderr]).toEqual([
      2,
      expect.stringMatching(/Error: Git: the contents of object [0-9a-f]{40} do not match its name/),
    ]);
  });

  test("a linked work tree, a submodule, and a link from elsewhere are read", async () => {
    await propose();
    await repository.git("worktree", "add", "--quiet", "--detach", "linked", "HEAD");
    await symlink(join(repository.root, "deploy"), join(repository.root, "docs/link"));
    for (const config of ["linked/deploy", "docs/example/../link"])
      expect(await comparedBy("main", "--config", config)).toMatch(
        config.startsWith("linked") ? `vaultUrl: ${GOOD} -> ${EVIL}` : "test  added",
      );
    const outside = await makeRepository({});
    await rm(join(outside.root, ".git"), { recursive: true });
    await symlink(join(repository.root, "deploy"), join(outside.root, "link"));
    expect(await comparedBy("main", "--config", join(outside.root, "link"))).toContain(`vaultUrl: ${GOOD} -> ${EVIL}`);
    await repository.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", repository.root, "sub");
    expect(await comparedBy("origin/main", "--config", "sub/deploy")).toContain(`vaultUrl: ${GOOD} -> ${EVIL}`);
    await outside.remove();
  });
});
