// Floor of `lint`: read and parse every YAML file of the configuration once. Argument: the root of the configuration.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { loadAll } from "js-yaml";

const [root] = process.argv.slice(2);
const files = [];
for (const name of readdirSync(join(root, "environments")))
  if (/^values.*\.yaml$/.test(name)) files.push(join(root, "environments", name));
for (const application of readdirSync(join(root, "applications")))
  for (const name of readdirSync(join(root, "applications", application)))
    if (/^(secrets|values).*\.yaml$/.test(name)) files.push(join(root, "applications", application, name));
for (const file of files) {
  try {
    loadAll(readFileSync(file, "utf8"), { json: true });
  } catch {
    // Valid only in other versions of YAML.
  }
}
