// Applies a new version: to package.json, its lockfile, and every page, manifest and recorded output that shows it.
//   node scripts/set-version.mjs NEXT [SHOWN]     SHOWN: the version they show, if it is not that of package.json
import { execFileSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";

const [next, given] = process.argv.slice(2);
const shown = given ?? JSON.parse(await readFile("package.json", "utf8")).version;
if (![next, shown].every((version) => /^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version ?? ""))) {
  process.stderr.write("Usage: node scripts/set-version.mjs NEXT [SHOWN], as 0.2.0\n");
  process.exit(2);
}

/** Output of older versions stays unchanged, and so does what is said about it. */
const SHOWS = ["README.md", "deploy", "docs", "test/screens", "test/transcripts", ":!docs/how-to/upgrade.md"];
const word = new RegExp(`(?<![\\w.])${shown.replaceAll(".", "\\.")}(?![\\w.]*\\w)`, "g");
const files = execFileSync("git", ["ls-files", "-z", ...SHOWS], { encoding: "utf8" })
  .split("\0")
  .filter(Boolean);
let changed = 0;
for (const file of files) {
  const text = await readFile(file, "latin1");
  const replaced = text.replaceAll(word, next);
  if (replaced === text) continue;
  await writeFile(file, replaced, "latin1");
  changed++;
}

for (const file of ["package.json", "package-lock.json"]) {
  const content = JSON.parse(await readFile(file, "utf8"));
  for (const own of [content, content.packages?.[""]]) if (own) own.version = next;
  await writeFile(file, `${JSON.stringify(content, null, 2)}\n`);
}
process.stdout.write(`${changed} files show ${next} instead of ${shown}, beside package.json and its lockfile\n`);
