// Floor of `secrets list`: read and parse, with js-yaml alone, the files that one environment is made of.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { loadAll } from "js-yaml";

const parse = (...path) => {
  let text;
  try {
    text = readFileSync(join(...path), "utf8");
  } catch {
    return undefined;
  }
  return loadAll(text, { json: true })[0];
};

/** The names of the enabled applications, all of whose files have been parsed. */
export function parseEnvironment(root, environment) {
  const base = parse(root, "environments", "values.yaml");
  const own = parse(root, "environments", `values-${environment}.yaml`);
  const applications = { ...base.applications, ...own.applications };
  const enabled = Object.keys(applications).filter((name) => applications[name] === true);
  for (const name of enabled) {
    for (const file of ["secrets.yaml", `secrets-${environment}.yaml`, "values.yaml", `values-${environment}.yaml`])
      parse(root, "applications", name, file);
  }
  return { enabled, vaultUrl: own.vaultUrl ?? base.vaultUrl, vaultPath: own.vaultPathPrefix };
}
