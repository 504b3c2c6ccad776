// Run after `npm install`. npm leaves out of the lockfile the optional packages of other platforms when it cannot reach
// them, and `npm ci` then refuses the lockfile everywhere. Adds them by the exact versions that their parents ask for,
// and drops download addresses, which belong to the machine and not to the project.
import { readFile, writeFile } from "node:fs/promises";

const OS = [
  "android",
  "darwin",
  "freebsd",
  "linux",
  "netbsd",
  "openbsd",
  "openharmony",
  "sunos",
  "aix",
  "win32",
  "windows",
];
const CPU = ["arm64", "arm", "ia32", "loong64", "mips64el", "ppc64", "riscv64", "s390x", "x64", "wasm32"];

const lock = JSON.parse(await readFile("package-lock.json", "utf8"));
const added = [];
for (const parent of Object.values(lock.packages)) {
  delete parent.resolved;
  for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
    const path = `node_modules/${name}`;
    if (lock.packages[path] || !/^\d/.test(version)) continue;
    const words = name.slice(name.indexOf("/") + 1).split("-");
    const os = OS.find((candidate) => words.includes(candidate));
    const cpu = CPU.find((candidate) => words.includes(candidate));
    if (!os || !cpu) throw new Error(`cannot tell the platform of ${name}`);
    const libc =
      words.includes("musl") || words.includes("musleabihf") ? ["musl"] : /gnu/.test(name) ? ["glibc"] : undefined;
    const entry = {
      version,
      cpu: [cpu],
      ...(parent.dev ? { dev: true } : {}),
      ...(os === "linux" && libc ? { libc } : {}),
      optional: true,
      os: [os],
    };
    lock.packages[path] = entry;
    added.push(name);
  }
}
const [[root, own], ...others] = Object.entries(lock.packages);
lock.packages = Object.fromEntries([[root, own], ...others.sort(([a], [b]) => a.localeCompare(b, "en"))]);
await writeFile("package-lock.json", `${JSON.stringify(lock, null, 2)}\n`);
process.stdout.write(`${added.length} packages of other platforms added\n`);
