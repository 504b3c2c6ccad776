// What blocks a release, without building anything. docs/how-to/release.md says what to do about each.
import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** In package.json, replaced by the package's publisher; appears nowhere else. */
const PLACEHOLDER = /\bOWNER\b/;

const git = (root, ...args) => execFileSync("git", args, { cwd: root, encoding: "utf8" }).trim();

/** The text below a version's heading in a changelog, or undefined. */
export function sectionOf(changelog, version) {
  const sections = changelog.split(/^## /m).slice(1);
  const found = sections.find((section) => section.startsWith(`[${version}]`));
  return found?.slice(found.indexOf("\n") + 1).trim();
}

/**
 * @param root The work tree to release.
 * @param tag The tag to release; without one, tags are not checked.
 * @returns One line per obstacle.
 */
export async function obstacles(root, tag) {
  const text = (name) => readFile(join(root, name), "utf8");
  const manifest = JSON.parse(await text("package.json"));
  const lock = JSON.parse(await text("package-lock.json"));
  const changelog = await text("CHANGELOG.md");
  const { name, version, repository, bugs, homepage } = manifest;
  const found = [];

  for (const [field, value] of Object.entries({ name, repository: repository?.url, bugs: bugs?.url, homepage })) {
    if (!value) found.push(`package.json has no ${field}`);
    else if (PLACEHOLDER.test(value)) found.push(`package.json: ${field} is still a placeholder: ${value}`);
  }
  for (const own of [lock, lock.packages[""]]) {
    if (own.name !== name || own.version !== version) {
      found.push(`package-lock.json is of ${own.name} ${own.version}, package.json of ${name} ${version}`);
      break;
    }
  }

  const heading = new RegExp(`^## \\[${version.replaceAll(".", "\\.")}\\] - \\d{4}-\\d\\d-\\d\\d$`, "m");
  if (!heading.test(changelog)) found.push(`CHANGELOG.md has no section [${version}] with a date`);
  else if (!sectionOf(changelog, version)) found.push(`CHANGELOG.md says nothing of ${version}`);
  if (sectionOf(changelog, "Unreleased"))
    found.push(`CHANGELOG.md has changes under Unreleased: move them to a version`);

  if (git(root, "status", "--porcelain") !== "") found.push("the work tree has changes that are not committed");
  if (tag !== undefined) {
    if (git(root, "ls-files", "action-dist") === "")
      found.push("action-dist is not committed: scripts/action-bundle.mjs");
    if (tag !== `v${version}`) found.push(`the tag ${tag} is not v${version}`);
    else {
      const head = git(root, "rev-parse", "HEAD");
      const tagged = git(root, "for-each-ref", "--format=%(objectname) %(*objectname)", `refs/tags/${tag}`).split(" ");
      if (!tagged.includes(head)) found.push(`the tag ${tag} is not on the commit that is checked out`);
    }
  }
  return found;
}
