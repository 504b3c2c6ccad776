// Floor of `secrets list`: read and parse the files of one environment, with only js-yaml.
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

/** The names of the enabled applications, after parsing all of their files. */
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
