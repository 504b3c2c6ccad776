import { execFile } from "node:child_process";
import { afterEach } from "vitest";
import { makeTree, type TestTree } from "./tree.js";
import type { Finished } from "./cli.js";

/** Ignores the machine's own configuration, and makes commits reproducible. */
const ENVIRONMENT = {
  PATH: process.env["PATH"] ?? "",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_AUTHOR_DATE: "2026-01-01T00:00:00Z",
  GIT_COMMITTER_DATE: "2026-01-01T00:00:00Z",
};
const IDENTITY = ["-c", "user.name=A Person", "-c", "user.email=person@example.org", "-c", "init.defaultBranch=main"];

export function runGit(args: readonly string[], cwd: string): Promise<Finished> {
  return new Promise((done) => {
    execFile("git", [...IDENTITY, ...args], { cwd, env: ENVIRONMENT, maxBuffer: 1 << 26 }, (error, stdout, stderr) =>
      done({ exit: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}

/** A configuration tree in a Git repository of its own. */
export interface TestRepository extends TestTree {
  /** Runs Git; throws if it fails. */
  git(...args: string[]): Promise<string>;
  /** Commits everything in its current state. */
  commit(message: string): Promise<void>;
}

export async function makeRepository(files: Readonly<Record<string, string>>): Promise<TestRepository> {
  const tree = await makeTree(files);
  const git = async (...args: string[]): Promise<string> => {
    const { exit, stdout, stderr } = await runGit(args, tree.root);
    if (exit !== 0) throw new Error(`git ${args.join(" ")}: ${stderr}`);
    return stdout;
  };
  const commit = async (message: string): Promise<void> => {
    await git("add", "--all", "--force");
    await git("commit", "--quiet", "--allow-empty", "--message", message);
  };
  await git("init", "--quiet");
  await commit("before");
  return { ...tree, git, commit };
}

/** Creates repositories that are removed after their test. */
export function repositoriesForEach(): typeof makeRepository {
  const made: TestRepository[] = [];
  afterEach(async () => {
    for (const repository of made.splice(0)) await repository.remove();
  });
  return async (files) => {
    const repository = await makeRepository(files);
    made.push(repository);
    return repository;
  };
}
