// Floor of `secrets consumers` without helm: the files of an environment, and every file of its charts as bytes.
// Arguments: the root of the configuration, the environment.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnvironment } from "./files.mjs";

const [root, environment] = process.argv.slice(2);
for (const name of parseEnvironment(root, environment).enabled) {
  const chart = join(root, "applications", name);
  for (const entry of readdirSync(chart, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) readFileSync(join(entry.parentPath, entry.name));
}
