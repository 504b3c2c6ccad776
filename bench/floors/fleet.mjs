// Floor of a fleet audit: the requests of every environment through one pool. Argument: the root of the configuration.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { loadAll } from "js-yaml";
import { close, readPrefix } from "./vault.mjs";

const directory = join(process.argv[2], "environments");
const settings = (name) => loadAll(readFileSync(join(directory, name), "utf8"), { json: true })[0];
const defaults = settings("values.yaml");
const environments = readdirSync(directory)
  .filter((name) => /^values-.*\.yaml$/.test(name))
  .map((name) => ({ ...defaults, ...settings(name) }));
await Promise.all(environments.map(({ vaultUrl, vaultPathPrefix }) => readPrefix(vaultUrl, vaultPathPrefix)));
close();
