import type { CurrentState } from "../model/current-state.js";
import { valuesOf } from "../model/current-state.js";
import type { AnyDiagnostic } from "../model/diagnostic.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { PULL_SECRET, PULL_SECRET_KEY } from "../model/environment.js";
import { nearest } from "../model/nearest.js";
import { splitName } from "../model/secret.js";
import type { Target } from "../model/target.js";
import { errorOf } from "../problems.js";

/**
 * A typo in `--keep` would protect nothing, and the intended secret would be deleted. A name may be known only to the
 * configuration, or only to Vault.
 *
 * @throws PhalanxError for every name that neither knows.
 */
export function refuseUnknownKept(target: Target, kept: readonly string[], current: CurrentState): void {
  const problems = kept.flatMap((name) => whyNot(target, name, current) ?? []);
  const error = errorOf(problems, diagnostic("kept-names-unknown", { count: problems.length }));
  if (error) throw error;
}

function whyNot(target: Target, name: string, current: CurrentState): AnyDiagnostic | undefined {
  const { environment, exclude, declares } = target;
  const { applications, disabled } = environment;
  const [application, key] = splitName(name);
  const subject = { environment: environment.name, application };
  const known = [...applications.keys(), ...disabled, ...exclude, ...current.keys(), PULL_SECRET];
  // Other applications in the tree declare keys too, although this environment does not mention them.
  if (!known.includes(application) && declares(application).size === 0)
    return diagnostic("kept-application-unknown", { name, meant: nearest(application, known) }, { subject });
  // An excluded application was not read, and the keys of a soft-deleted one are unknown.
  const unread = exclude.has(application) || ["deleted", "destroyed"].includes(current.get(application)?.kind ?? "");
  if (key === undefined || unread) return undefined;
  const keys = keysOf(target, application, current);
  if (keys.includes(key)) return undefined;
  const meant = nearest(key, keys);
  const details = { name, meant: meant === undefined ? undefined : `${application}/${meant}` };
  return diagnostic("kept-secret-unknown", details, { subject: { ...subject, key } });
}

/** Every key of an application, required here or not. */
function keysOf({ environment, declares }: Target, application: string, current: CurrentState): readonly string[] {
  const enabled = environment.applications.get(application);
  return [
    ...(enabled ? [...enabled.secrets.keys(), ...enabled.notRequired.keys()] : declares(application).keys()),
    ...valuesOf(current, application).keys(),
    ...(application === PULL_SECRET ? [PULL_SECRET_KEY] : []),
  ];
}
