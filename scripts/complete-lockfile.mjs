// Run after `npm install`. npm leaves out of the lockfile the optional packages of other platforms when it cannot reach
// them, and `npm ci` then refuses the lockfile everywhere. Adds them by the exact versions that their parents ask for.
import { readFile, writeFile } from "node:fs/promises";

const OS = ["android", "darwin", "freebsd", "linux", "win32"];
const CPU = ["arm", "arm64", "ia32", "x64"];

const lock = JSON.parse(await readFile("package-lock.json", "utf8"));
const added = [];
for (const { dev, optionalDependencies = {} } of Object.values(lock.packages)) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    const path = `node_modules/${name}`;
    if (lock.packages[path] || !/^\d/.test(version)) continue;
    const words = name.slice(name.indexOf("/") + 1).split("-");
    const [os, cpu] = [OS, CPU].map((known) => known.filter((word) => words.includes(word)));
    if (os.length !== 1 || cpu.length !== 1) throw new Error(`cannot tell the platform of ${name}`);
    const libc = words.some((word) => word.startsWith("musl")) ? ["musl"] : ["glibc"];
    lock.packages[path] = {
      version,
      cpu,
      ...(dev ? { dev } : {}),
      ...(os[0] === "linux" ? { libc } : {}),
      optional: true,
      os,
    };
    added.push(name);
  }
}
const [[root, own], ...others] = Object.entries(lock.packages);
lock.packages = Object.fromEntries([[root, own], ...others.sort(([a], [b]) => a.localeCompare(b, "en"))]);
await writeFile("package-lock.json", `${JSON.stringify(lock, null, 2)}\n`);
process.stdout.write(`${added.length} packages of other platforms added\n`);
