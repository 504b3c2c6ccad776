// Makes a release from what is committed:
//   node scripts/release.mjs check [TAG]       lists what blocks a release, and exits with 1 if anything does
//   node scripts/release.mjs build [TAG]       the same; then builds into release/
//   node scripts/release.mjs rehearse          builds even if a release is blocked
// Builds the package twice, in clones with different names, using only the lockfile, and requires identical bytes.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFile, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { obstacles, sectionOf } from "./release-checks.mjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const OUT = join(ROOT, "release");

const [command, tag] = process.argv.slice(2);
if (!["check", "build", "rehearse"].includes(command)) {
  process.stderr.write("Usage: node scripts/release.mjs check [TAG] | build [TAG] | rehearse\n");
  process.exit(2);
}
const inTheWay = await obstacles(ROOT, tag);
for (const line of inTheWay) process.stderr.write(`${command === "rehearse" ? "Not released so" : "Error"}: ${line}\n`);
if (inTheWay.length > 0 && command !== "rehearse") process.exit(1);
if (command === "check") process.exit(0);

const { version } = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8"));
const git = (...args) => execFileSync("git", args, { cwd: ROOT, encoding: "utf8" }).trim();
const commit = git("rev-parse", "HEAD");
const env = { ...process.env, SOURCE_DATE_EPOCH: git("log", "-1", "--format=%ct"), TZ: "UTC", LC_ALL: "C" };
const npm = process.platform === "win32" ? "npm.cmd" : "npm";
const run = (cwd, program, ...args) =>
  execFileSync(program, args, { cwd, env, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"], maxBuffer: 1 << 26 });

/** The only file that `npm pack` creates, renamed without the scope. */
async function pack(clone, into, name) {
  await mkdir(into);
  run(clone, npm, "pack", "--silent", "--ignore-scripts", "--pack-destination", into);
  const [file] = await readdir(into);
  await rename(join(into, file), join(into, name));
  return join(into, name);
}

/** The action's committed bundle, if there is one, must be what its source builds. */
function checkAction(clone) {
  if (run(clone, "git", "ls-files", "action-dist") === "") return;
  run(clone, process.execPath, "scripts/action-bundle.mjs");
  const changed = run(clone, "git", "status", "--porcelain", "--ignored", "action-dist");
  if (changed !== "") throw new Error(`action-dist is not what the source builds:\n${changed}`);
}

async function build(directory, name) {
  const clone = join(directory, name);
  run(directory, "git", "clone", "--quiet", "--no-hardlinks", ROOT, clone);
  run(clone, "git", "checkout", "--quiet", commit);
  run(clone, npm, "ci", "--silent", "--ignore-scripts", "--no-audit", "--no-fund");
  checkAction(clone);
  run(clone, npm, "run", "--silent", "build");
  return { clone, file: await pack(clone, `${clone}-packed`, `phalanx-${version}.tgz`) };
}

/** The same package with its one unbundled dependency, for this platform: installs without a network. */
async function packOffline({ clone }) {
  const path = join(clone, "package.json");
  const manifest = JSON.parse(await readFile(path, "utf8"));
  manifest.bundleDependencies = Object.keys(manifest.dependencies);
  await writeFile(path, `${JSON.stringify(manifest, null, 2)}\n`);
  return pack(clone, `${clone}-offline`, `phalanx-${version}-offline-${process.platform}-${process.arch}.tgz`);
}

const sha256 = async (file) =>
  createHash("sha256")
    .update(await readFile(file))
    .digest("hex");

const directory = await mkdtemp(join(tmpdir(), "phalanx-release-"));
try {
  const first = await build(directory, "first");
  const second = await build(directory, "another-place");
  const made = [first.file, await packOffline(first)];
  const again = [second.file, await packOffline(second)];
  for (const [i, file] of made.entries()) {
    if ((await sha256(file)) !== (await sha256(again[i]))) throw new Error(`two builds of ${file} differ`);
  }
  made.push(join(first.clone, "dist/sbom.cdx.json"));
  const names = [
    ...made.slice(0, 2).map((file) => file.slice(file.lastIndexOf("phalanx-"))),
    `phalanx-${version}.sbom.cdx.json`,
  ];

  await rm(OUT, { recursive: true, force: true });
  await mkdir(OUT);
  for (const [i, file] of made.entries()) await copyFile(file, join(OUT, names[i]));
  const sums = await Promise.all(names.map(async (name) => `${await sha256(join(OUT, name))}  ${name}\n`));
  await writeFile(join(OUT, "SHA256SUMS"), sums.join(""));
  await writeFile(join(OUT, "notes.md"), notes(sectionOf(await readFile(join(ROOT, "CHANGELOG.md"), "utf8"), version)));
  process.stdout.write(`${commit}\n${sums.join("")}`);
} finally {
  await rm(directory, { recursive: true, force: true, maxRetries: 3 });
}

/** Links from the changelog point to files of this version. */
function notes(section = "") {
  const { repository } = JSON.parse(
    execFileSync("git", ["show", `${commit}:package.json`], { cwd: ROOT, encoding: "utf8" }),
  );
  const files = `${repository.url.replace(/^git\+|\.git$/g, "")}/blob/v${version}/`;
  const text = section.replaceAll(/\]\((?![a-z]+:|#)([^)]+)\)/g, `](${files}$1)`);
  return `${text}\n\n### Verify\n\n\`sha256sum --check --ignore-missing SHA256SUMS\`, and \`gh attestation verify FILE --repo\` of this repository.\n`;
}
