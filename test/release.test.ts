import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { obstacles, sectionOf } from "../scripts/release-checks.mjs";
import { ROOT } from "./support/cli.js";

const OWN = {
  name: "@acme/phalanx",
  version: "1.2.3",
  repository: { type: "git", url: "git+https://github.com/acme/phalanx.git" },
  bugs: { url: "https://github.com/acme/phalanx/issues" },
  homepage: "https://github.com/acme/phalanx#readme",
};
const lockOf = (own: { name: string; version: string }): string =>
  JSON.stringify({ name: own.name, version: own.version, packages: { "": { name: own.name, version: own.version } } });
const CHANGELOG =
  "# Changelog\n\n## [Unreleased]\n\n## [1.2.3] - 2026-11-28\n\n- New.\n\n## [1.2.2] - 2026-11-01\n\n- Old.\n";

describe("a release", () => {
  let root: string;
  const git = (...args: string[]): string =>
    execFileSync("git", ["-c", "user.name=x", "-c", "user.email=x@example.org", ...args], {
      cwd: root,
      encoding: "utf8",
    });
  const commit = async (files: Readonly<Record<string, string>>): Promise<void> => {
    for (const [name, text] of Object.entries(files)) await writeFile(join(root, name), text);
    git("add", "-A");
    git("commit", "--quiet", "--allow-empty", "-m", "x");
  };

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "phalanx-release-test-"));
    git("init", "--quiet");
    await mkdir(join(root, "action-dist"));
    await commit({
      "action-dist/action.cjs": "",
      "package.json": JSON.stringify(OWN),
      "package-lock.json": lockOf(OWN),
      "CHANGELOG.md": CHANGELOG,
    });
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  test.each([["-a", "-m", "x"], []])("of a clean commit with its tag is made, with %j", async (...annotated) => {
    git("tag", ...annotated, "v1.2.3");
    expect(await obstacles(root, "v1.2.3")).toEqual([]);
    expect(await obstacles(root)).toEqual([]);
  });

  test("is refused for the placeholders of the owner", async () => {
    const { name, version, repository, bugs, homepage } = JSON.parse(await readFile(`${ROOT}package.json`, "utf8"));
    await commit({ "package.json": JSON.stringify({ name, version: "1.2.3", repository, bugs, homepage }) });
    // Until somebody publishes the package, and puts their name there.
    if (!name.includes("OWNER")) return;
    const placeholders = (await obstacles(root)).filter((line) => line.includes("placeholder"));
    expect(placeholders.map((line) => line.split(" ")[1])).toEqual(["name", "repository", "bugs", "homepage"]);
    expect(version).toMatch(/^\d+\.\d+\.\d+$/);
  });

  test("is refused if something is not committed", async () => {
    await writeFile(join(root, "more"), "");
    expect(await obstacles(root)).toEqual(["the work tree has changes that are not committed"]);
  });

  test("is refused under another tag than its version, or one that is elsewhere or nowhere", async () => {
    git("tag", "v1.2.3");
    expect(await obstacles(root, "v1.2.4")).toEqual(["the tag v1.2.4 is not v1.2.3"]);
    await commit({});
    const elsewhere = ["the tag v1.2.3 is not on the commit that is checked out"];
    expect(await obstacles(root, "v1.2.3")).toEqual(elsewhere);
    git("tag", "-d", "v1.2.3");
    expect(await obstacles(root, "v1.2.3")).toEqual(elsewhere);
  });

  test("is refused without the bundle of the action", async () => {
    git("rm", "--quiet", "action-dist/action.cjs");
    await commit({});
    git("tag", "v1.2.3");
    expect(await obstacles(root, "v1.2.3")).toEqual(["action-dist is not committed: scripts/action-bundle.mjs"]);
  });

  test("is refused with another lockfile, without its section, or with changes under Unreleased", async () => {
    await commit({
      "package-lock.json": lockOf({ ...OWN, version: "1.2.2" }),
      "CHANGELOG.md": "## [Unreleased]\n\n- X\n",
    });
    expect(await obstacles(root)).toEqual([
      "package-lock.json is of @acme/phalanx 1.2.2, package.json of @acme/phalanx 1.2.3",
      "CHANGELOG.md has no section [1.2.3] with a date",
      "CHANGELOG.md has changes under Unreleased: move them to a version",
    ]);
  });
});

test("the notes of a release are its section of the changelog", async () => {
  expect(sectionOf(CHANGELOG, "1.2.3")).toBe("- New.");
  expect(sectionOf(CHANGELOG, "1.2")).toBe(undefined);
  const { version } = JSON.parse(await readFile(`${ROOT}package.json`, "utf8"));
  expect(sectionOf(await readFile(`${ROOT}CHANGELOG.md`, "utf8"), version)).toContain("### Added");
});

test("the owner has to be named in package.json, and nowhere else", () => {
  const found = execFileSync("git", ["grep", "--name-only", "-w", "OWNER"], { cwd: ROOT, encoding: "utf8" });
  const allowed = new Set([
    "docs/how-to/release.md",
    "package-lock.json",
    "package.json",
    "scripts/release-checks.mjs",
  ]);
  expect(
    found
      .trim()
      .split("\n")
      .filter((path) => !allowed.has(path)),
  ).toEqual(["test/release.test.ts"]);
});
