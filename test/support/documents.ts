import { readdir } from "node:fs/promises";
import { ROOT } from "./cli.js";

const NOT_OURS = /(^|\/)node_modules(\/|$)|^(dist|coverage|\.git)\b|^docs\/\.vitepress\//;

/** The Markdown files of the repository. */
export async function documents(): Promise<string[]> {
  const top = (await readdir(ROOT)).filter((name) => !NOT_OURS.test(name));
  const found = await Promise.all(
    top.map(async (name) => {
      if (name.endsWith(".md")) return [name];
      const entries = await readdir(`${ROOT}${name}`, { recursive: true }).catch(() => []);
      return entries.filter((path) => path.endsWith(".md")).map((path) => `${name}/${path}`);
    }),
  );
  return found
    .flat()
    .filter((path) => !NOT_OURS.test(path))
    .sort();
}
