import type { CurrentState } from "../model/current-state.js";
import type { Environment } from "../model/environment.js";
import { decodeProvenance } from "../model/provenance.js";

/**
 * What the notes of earlier runs say that the values alone do not: a hash older than its source, a generator that
 * changed in Git, a value that another program wrote, a prefix that another environment uses.
 */
export function provenanceWarnings(environment: Environment, current: CurrentState): string[] {
  const foreign = foreignEnvironments(environment, current);
  const warnings = foreign.length > 0 ? [foreignText(environment, foreign)] : [];
  const strangers: string[] = [];
  for (const [application, { customMetadata, version, kind }] of current) {
    const { writers, keys, recovering } = decodeProvenance(customMetadata);
    if (recovering !== undefined) {
      warnings.push(
        `${application}: a restore was interrupted and may have left its deleted version ${recovering} readable; run it again, which deletes it`,
      );
    }
    if (kind === "present" && writers.size > 0 && !writers.has(version))
      strangers.push(`${application} (version ${version})`);
    for (const secret of environment.applications.get(application)?.secrets.values() ?? []) {
      const noted = keys.get(secret.key);
      if (secret.kind !== "generate" || noted === undefined) continue;
      const { rule } = secret;
      if (noted.generator !== rule.type) {
        warnings.push(
          `${application}/${secret.key} was generated as ${noted.generator}, and is declared as ${rule.type} now; it keeps its value until it is rotated`,
        );
      }
      const source = "source" in rule ? keys.get(rule.source) : undefined;
      if ("source" in rule && source && source.changedIn > noted.changedIn) {
        warnings.push(`${application}/${secret.key} is older than ${rule.source}, which it is made from; rotate it`);
      }
    }
  }
  return strangers.length === 0
    ? warnings
    : [...warnings, `written by another program since our last run: ${strangers.join(", ")}`];
}

/** Environments that wrote under this prefix without sharing it in Git. */
export function foreignEnvironments(environment: Environment, current: CurrentState): string[] {
  const noted = [...current.values()].flatMap(
    ({ customMetadata }) => decodeProvenance(customMetadata).environment ?? [],
  );
  const others = [...new Set(noted)].filter((name) => name !== environment.name);
  if (others.length === 0) return [];
  const siblings = new Set(environment.siblings().map((sibling) => sibling.environment));
  return others.filter((name) => !siblings.has(name)).sort();
}

export function foreignText(environment: Environment, names: readonly string[]): string {
  return `${environment.vault.mount}/${environment.vault.path} holds secrets of another environment (${names.join(", ")})`;
}
