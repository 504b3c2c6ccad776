import type { Plan } from "../model/plan.js";
import type { CurrentState } from "../model/current-state.js";
import type { AnyDiagnostic } from "../model/diagnostic.js";
import { diagnostic } from "../model/diagnostics/index.js";
import type { ForeignDetails } from "../model/diagnostics/operations.js";
import { type Environment, vaultPrefix } from "../model/environment.js";
import { isMadeOnce, refId } from "../model/secret.js";
import { decodeProvenance, notedEnvironment } from "../model/provenance.js";
import { generatorOf } from "../secrets/generators.js";

/**
 * What the notes of earlier runs reveal beyond the values: a hash older than its source, a generator that changed in
 * Git, a value that another program wrote, a prefix that another environment uses, a version that a restore has left
 * readable.
 *
 * @param changes By reference id: what is about to change needs no warning about its old value.
 */
export function provenanceWarnings(
  environment: Environment,
  current: CurrentState,
  changes: ReadonlySet<string>,
): AnyDiagnostic[] {
  const foreign = foreignPrefix(environment, current);
  const warnings: AnyDiagnostic[] = foreign
    ? [diagnostic("prefix-of-other-environment", foreign, { subject: { environment: environment.name } })]
    : [];
  const strangers: { readonly application: string; readonly version: number }[] = [];
  for (const [application, { customMetadata, version, kind }] of current) {
    const { writers, keys, recovering } = decodeProvenance(customMetadata);
    if (recovering !== undefined) {
      const details = { version: recovering };
      warnings.push(diagnostic("recovered-version-readable", details, { subject: { application } }));
    }
    if (kind === "present" && writers.size > 0 && !writers.has(version)) strangers.push({ application, version });
    for (const secret of environment.applications.get(application)?.secrets.values() ?? []) {
      const noted = keys.get(secret.key);
      if (secret.kind !== "generate" || noted === undefined || changes.has(refId(secret))) continue;
      const { rule, key } = secret;
      const about = { subject: { environment: environment.name, application, key } };
      if (noted.generator !== rule.type) {
        const details = { generated: noted.generator, declared: rule.type };
        warnings.push(diagnostic("generator-changed", details, about));
      }
      // A time cannot be compared with its source, and a new one would end all logins.
      const source = "source" in rule && generatorOf(rule).isHash ? keys.get(rule.source) : undefined;
      if ("source" in rule && source && source.changedIn > noted.changedIn)
        warnings.push(diagnostic("hash-older-than-source", { source: rule.source }, about));
    }
  }
  if (strangers.length === 0) return warnings;
  const details = {
    versions: strangers,
    keepsGenerated: strangers.some(({ application }) => holdsGenerated(environment, application, changes)),
  };
  const subject = { environment: environment.name };
  return [...warnings, diagnostic("written-by-other-program", details, { subject })];
}

/** Whether an application has generated values that stay as they are. */
function holdsGenerated({ applications }: Environment, name: string, changes: ReadonlySet<string>): boolean {
  return [...(applications.get(name)?.secrets.values() ?? [])].some(
    (secret) => isMadeOnce(secret) && !changes.has(refId(secret)),
  );
}

/**
 * The environments that wrote under this prefix; undefined if none did. One that shares it in Git counts only where a Vault
 * secret that it wrote last would change.
 *
 * @param plan What is about to change, if anything.
 */
export function foreignPrefix(
  environment: Environment,
  current: CurrentState,
  plan?: Pick<Plan, "applications">,
): ForeignDetails | undefined {
  const changed = new Set(
    (plan?.applications ?? []).filter(({ action }) => action !== "create").map(({ application }) => application),
  );
  // Soft-deleted secrets do not count: the other environment's write has been undone.
  const others = [...current].flatMap(([application, { kind, createdTime, customMetadata }]) => {
    const name = notedEnvironment(customMetadata);
    return kind === "present" && name !== undefined && name !== environment.name
      ? [{ application, name, createdTime, customMetadata }]
      : [];
  });
  if (others.length === 0) return undefined;
  const siblings = new Set(environment.siblings().map((sibling) => sibling.environment));
  const foreign = others
    .filter(({ name, application }) => !siblings.has(name) || changed.has(application))
    .sort((a, b) => Date.parse(b.createdTime) - Date.parse(a.createdTime));
  if (foreign.length === 0) return undefined;
  const environments = [...new Set(foreign.map(({ name }) => name))].sort();
  // An application that was only adopted was written by a run of its former environment.
  const run = foreign
    .flatMap(({ name, customMetadata }) => {
      const { writers, runs } = decodeProvenance(customMetadata);
      const newest = [...writers].sort(([a], [b]) => b - a);
      return newest.filter(([, writer]) => runs.get(writer.run)?.environment === name);
    })
    .map(([, writer]) => writer.run)[0];
  const isOwn = [...current.values()].some(({ customMetadata }) =>
    [...decodeProvenance(customMetadata).runs.values()].some((each) => each.environment === environment.name),
  );
  return { prefix: vaultPrefix(environment.vault), environments, run, isOwn };
}
