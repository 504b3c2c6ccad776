// Run this after `npm install`. If npm cannot reach the optional packages for other platforms, it omits them from the
// lockfile, and then `npm ci` rejects the lockfile everywhere. Adds them with the exact versions that their parents
// require.
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
