import { join } from "node:path";
import { expect, test } from "vitest";
import { phalanx } from "./support/cli.js";
import { repositoriesForEach, runGit, type TestRepository } from "./support/git.js";
import { environmentFiles } from "./support/tree.js";

/** What a clone has not got is said wherever a revision is not found in it, with the command that gets it. */
const make = repositoriesForEach();

const FILES = environmentFiles("https://vault.example.org", { app: { secrets: "s: {description: x}\n" } });
const SHALLOW = "This clone is shallow: git fetch --unshallow gets the rest";

/** A clone of one branch beside which there are others. */
async function cloneOf(...options: readonly string[]): Promise<{ repository: TestRepository; clone: string }> {
  const repository = await make(FILES);
  await repository.git("tag", "v1");
  await repository.commit("second");
  await repository.git("checkout", "--quiet", "-b", "feature");
  await repository.commit("third");
  const clone = join(repository.root, "clone");
  await repository.git("clone", "--quiet", ...options, `file://${repository.root}`, clone);
  return { repository, clone };
}

test.each([
  ["an older commit", "HEAD~2"],
  ["a range from an older commit", "HEAD~2..HEAD"],
  ["a tag", "v1"],
  ["a tag and what it has in common", "v1...HEAD"],
  ["the end of a range", "HEAD..v1"],
  ["a branch", "main"],
  ["a revision after an environment is one before --", "main --"],
])("a shallow clone says so of %s", async (_, words) => {
  const { clone } = await cloneOf("--depth", "1");
  const { exit, stderr } = await phalanx(["diff", ...words.split(" ")], { cwd: clone });
  expect(exit).toBe(2);
  expect(stderr).toMatch(/is (not|neither) a revision in this repository/);
  expect(stderr).toContain(SHALLOW);
});

test("a shallow clone says so of two revisions without a common commit", async () => {
  const { repository, clone } = await cloneOf("--depth", "1", "--no-single-branch");
  await repository.git("checkout", "--quiet", "main");
  const { exit, stderr } = await phalanx(["diff", "origin/main...HEAD"], { cwd: clone });
  expect([exit, stderr]).toEqual([
    2,
    `Error: origin/main and HEAD have no common ancestor\nHint: ${SHALLOW} (with actions/checkout: fetch-depth: 0).\n`,
  ]);
});

test.each([
  ["a shallow clone", ["--depth", "1"], "--unshallow "],
  ["a clone of one branch", ["--single-branch"], ""],
])("the command that %s prints gets the branch of a remote", async (_, options, unshallow) => {
  const { clone } = await cloneOf(...options);
  const { exit, stderr } = await phalanx(["diff", "origin/main...HEAD"], { cwd: clone });
  expect([exit, stderr]).toEqual([
    2,
    "Error: origin/main is not a revision in this repository\n" +
      `Hint: This clone does not have that branch: git fetch ${unshallow}origin main:refs/remotes/origin/main gets it${unshallow && " (with actions/checkout: fetch-depth: 0)"}.\n`,
  ]);
  const [, command = ""] = /branch: git (.+) gets it/.exec(stderr) ?? [];
  expect(await runGit(command.split(" "), clone)).toMatchObject({ exit: 0 });
  expect(await phalanx(["diff", "origin/main...HEAD"], { cwd: clone })).toMatchObject({ exit: 0, stderr: "" });
});

test("a clone of one branch says so of another", async () => {
  const { clone } = await cloneOf("--single-branch");
  const { stderr } = await phalanx(["diff", "main"], { cwd: clone });
  expect(stderr).toContain(
    "This clone has only some branches of origin: git fetch origin '+refs/heads/*:refs/remotes/origin/*' gets all.",
  );
});

test("a branch of the remote is pointed at", async () => {
  const { clone } = await cloneOf();
  const { stderr } = await phalanx(["diff", "main"], { cwd: clone });
  expect(stderr).toContain('Did you mean "origin/main"?');
  const near = await phalanx(["diff", "origin/mian"], { cwd: clone });
  expect(near.stderr).toMatch(
    /^Hint: Did you mean "origin\/main"\? If not, git fetch origin mian:refs\S+ gets it\.\n/m,
  );
});

test("nothing is said of a whole clone, and no command is made from odd words", async () => {
  const { clone } = await cloneOf();
  for (const odd of ["nowhere-at-all", "origin/a b$(id)", "origin/-x", "origin/:x", "other/main-x"]) {
    const { exit, stderr } = await phalanx(["diff", odd], { cwd: clone });
    expect(exit).toBe(2);
    expect(stderr).not.toContain("git fetch");
  }
});
