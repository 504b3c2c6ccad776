import { beforeEach, expect, test } from "vitest";
import { phalanx } from "./support/cli.js";
import { makeRepository, type TestRepository } from "./support/git.js";
import { environmentFiles } from "./support/tree.js";

// Whoever may push a tag could have a comparison begin elsewhere.

let repository: TestRepository;
let before: string;

beforeEach(async () => {
  repository = await makeRepository(
    environmentFiles("https://vault.example.org", { app: { secrets: "key: {description: x}\n" } }),
  );
  before = (await repository.git("rev-parse", "HEAD")).trim();
  await repository.git("update-ref", "refs/remotes/origin/main", "HEAD");
  await repository.write(
    "environments/values-test.yaml",
    environmentFiles("https://evil.example", { app: { secrets: "" } })["environments/values-test.yaml"] ?? "",
  );
  await repository.commit("change");
  return () => repository.remove();
});

test.each([
  [
    "a branch of elsewhere",
    "origin/main",
    "origin/main...HEAD",
    "Write refs/remotes/origin/main or refs/tags/origin/main.",
  ],
  ["with steps back", "origin/main", "origin/main~0", "Write refs/remotes/origin/main~0 or refs/tags/origin/main~0."],
])("a tag is not silently taken for %s", async (_, tag, words, hint) => {
  await repository.git("update-ref", `refs/tags/${tag}`, "HEAD");
  const { exit, stdout, stderr } = await phalanx(["diff", words], { cwd: repository.root });
  expect({ exit, stdout }).toEqual({ exit: 2, stdout: "" });
  expect(stderr.replaceAll(/\s+/g, " ")).toContain(
    `${tag} is ambiguous: it names 2 different things in this repository`,
  );
  expect(stderr.replaceAll(/\s+/g, " ")).toContain(hint);
});

test("nor for the beginning of a commit", async () => {
  const short = before.slice(0, 8);
  await repository.git("tag", short, "HEAD");
  const { stderr } = await phalanx(["diff", short], { cwd: repository.root });
  expect(stderr.replaceAll(/\s+/g, " ")).toContain(`Write refs/tags/${short} or ${before}.`);
});

test("a full ref name, or two refs to the same commit, is not ambiguous", async () => {
  await repository.git("tag", "origin/main", "HEAD");
  await repository.git("tag", "HEAD", before);
  await repository.git("tag", "--annotate", "same", "--message", "x");
  await repository.git("branch", "same");
  const run = (words: string): ReturnType<typeof phalanx> =>
    phalanx(["diff", ...words.split(" ")], { cwd: repository.root });
  expect((await run("refs/remotes/origin/main HEAD")).stdout).toContain("https://evil.example");
  expect((await run("refs/tags/origin/main HEAD")).stdout).toContain("nothing changes");
  expect((await run("same HEAD")).stdout).toContain("nothing changes");
});
