// The compiler writes the types of every module; the package needs those that the library's own types lead to.
import { readdir, readFile, rm } from "node:fs/promises";
import { dirname, join, normalize } from "node:path";

const root = "dist/types";
const needed = new Set();

async function follow(file) {
  if (needed.has(file)) return;
  needed.add(file);
  const text = await readFile(join(root, file), "utf8");
  for (const [, path] of text.matchAll(/(?:from|import\()\s*"(\.[^"]+)\.js"/g)) {
    await follow(normalize(join(dirname(file), `${path}.d.ts`)));
  }
}

await follow("index.d.ts");
const entries = await readdir(root, { recursive: true, withFileTypes: true });
const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
const superfluous = files.map((file) => file.slice(root.length + 1)).filter((file) => !needed.has(file));
await Promise.all(superfluous.map((file) => rm(join(root, file))));
const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name));
for (const folder of folders.sort().reverse()) {
  if ((await readdir(folder)).length === 0) await rm(folder, { recursive: true });
}
