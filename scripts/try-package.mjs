// Installs a package into an empty directory and uses it as a user would: node scripts/try-package.mjs FILE
// With --offline, npm contacts no registry and starts with an empty cache.
import { execFileSync } from "node:child_process";
import { access, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const [file, ...flags] = process.argv.slice(2);
if (file === undefined || flags.some((flag) => flag !== "--offline")) {
  process.stderr.write("Usage: node scripts/try-package.mjs FILE [--offline]\n");
  process.exit(2);
}
const directory = await mkdtemp(join(tmpdir(), "phalanx-try-"));
const shell = process.platform === "win32";
const run = (program, ...args) => execFileSync(program, args, { cwd: directory, encoding: "utf8", shell });
const expect = (holds, what) => {
  if (!holds) throw new Error(`the installed package: ${what}`);
  process.stdout.write(`ok: ${what}\n`);
};

try {
  // npm takes the nearest parent directory with a package.json for the project; make it this one.
  await writeFile(join(directory, "package.json"), "{}");
  const offline = flags.length > 0 ? ["--offline", "--cache", join(directory, "cache")] : [];
  const began = performance.now();
  run("npm", "install", "--silent", "--no-audit", "--no-fund", ...offline, `phalanx@${resolve(file)}`);
  process.stdout.write(`Node ${process.version}, installed in ${((performance.now() - began) / 1000).toFixed(1)} s\n`);

  const package_ = join(directory, "node_modules", "phalanx");
  const { version } = JSON.parse(await readFile(join(package_, "package.json"), "utf8"));
  const phalanx = (...args) => run("npx", "--no-install", "phalanx", ...args);
  expect(phalanx("--version") === `${version}\n`, `says its version, ${version}`);
  expect(phalanx("secrets", "sync", "--help").includes("Usage: phalanx secrets sync"), "has help");
  for (const shellName of ["bash", "zsh", "fish"])
    expect(phalanx("completion", shellName).includes("phalanx"), `completes in ${shellName}`);
  await access(join(package_, "dist/man/phalanx.1"));
  expect(true, "has a manual page");
  const program = 'import { listEnvironments } from "phalanx"; process.stdout.write(typeof listEnvironments);';
  await writeFile(join(directory, "program.mjs"), program);
  expect(run(process.execPath, "program.mjs") === "function", "is a library");
  // Native, and the only unbundled part: where the package finds it.
  const found = `createRequire(${JSON.stringify(join(package_, "dist/bin.cjs"))})("@node-rs/bcrypt")`;
  const hash = `import { createRequire } from "node:module"; process.stdout.write(${found}.hashSync("x", { cost: 4 }));`;
  await writeFile(join(directory, "hash.mjs"), hash);
  expect(run(process.execPath, "hash.mjs").startsWith("$2"), "hashes with bcrypt");
} finally {
  await rm(directory, { recursive: true, force: true, maxRetries: 3 });
}
