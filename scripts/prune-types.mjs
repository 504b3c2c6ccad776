// The compiler emits types for every module; the package needs only those reachable from the library's own types.
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, normalize } from "node:path";

const root = "dist/types";
const needed = new Map();

async function follow(file) {
  if (needed.has(file)) return;
  const text = await readFile(join(root, file), "utf8");
  needed.set(file, text);
  for (const [, path] of text.matchAll(/(?:from|import\()\s*"(\.[^"]+)\.js"/g)) {
    await follow(normalize(join(dirname(file), `${path}.d.ts`)));
  }
}

await follow("index.d.ts");
await rm(root, { recursive: true });
for (const [file, text] of needed) {
  await mkdir(join(root, dirname(file)), { recursive: true });
  await writeFile(join(root, file), text);
}
