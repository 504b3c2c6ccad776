import { PhalanxError } from "../errors.js";
import { type Diagnostic, diagnostic } from "../model/diagnostics/index.js";
import { type Environment, PULL_SECRET } from "../model/environment.js";
import { nearest } from "../model/nearest.js";
import { type SecretRef, splitName } from "../model/secret.js";
import type { Scope } from "../model/target.js";
import { errorOf } from "../problems.js";
import { scopeFrom } from "../secrets/scope.js";

/** Parses `APP` or `APP/KEY` arguments, and checks that the environment requires them. */
export function selection(
  environment: Environment,
  option: string,
  names: readonly string[],
): (ref: SecretRef) => boolean {
  for (const name of names) {
    const [application, key] = splitName(name);
    const secrets = environment.applications.get(application)?.secrets;
    if (secrets === undefined || (key !== undefined && !secrets.has(key)))
      throw new PhalanxError(notRequired(environment, option, name));
  }
  const chosen = new Set(names);
  return ({ application, key }) => chosen.has(application) || chosen.has(`${application}/${key}`);
}

/**
 * What `APP` or `APP/KEY` arguments limit a command to: these, and what follows from them; undefined where there are none.
 *
 * @throws PhalanxError for names that the environment does not know, all at once.
 */
export function scopeOf(environment: Environment, names: readonly string[]): Scope | undefined {
  if (names.length === 0) return undefined;
  const [applications, refs, unknown]: [Set<string>, SecretRef[], string[]] = [new Set(), [], []];
  for (const name of names) {
    const [application, key] = splitName(name);
    const secrets = environment.applications.get(application)?.secrets;
    const isKnown = secrets !== undefined || environment.disabled.has(application) || application === PULL_SECRET;
    if (key === undefined ? !isKnown : !secrets?.has(key)) unknown.push(name);
    else if (key !== undefined) refs.push({ application, key });
    else {
      applications.add(application);
      refs.push(...(secrets?.values() ?? []));
    }
  }
  const error = errorOf(
    unknown.map((name) => notRequired(environment, "", name)),
    diagnostic("names-unknown", {}, { subject: { environment: environment.name } }),
  );
  if (error) throw error;
  return { ...scopeFrom(environment, refs, applications.has(PULL_SECRET)), applications };
}

/** What is said of a name that the environment knows nothing of; `by` is the command or option that it was given to. */
export function notRequired(
  environment: Environment,
  by: string,
  name: string,
): Diagnostic<"application-disabled" | "application-unknown" | "secret-unknown"> {
  const [application, key] = splitName(name);
  const code = environment.applications.has(application)
    ? "secret-unknown"
    : environment.disabled.has(application)
      ? "application-disabled"
      : "application-unknown";
  // A slip in the application comes alone where the key says nothing.
  const meant =
    nearest(name, similarNames(environment, name)) ??
    (code === "application-unknown" ? nearest(application, environment.applications.keys()) : undefined);
  return diagnostic(
    code,
    { by, name, meant },
    {
      subject: { environment: environment.name, application, ...(key === undefined ? {} : { key }) },
    },
  );
}

/** What a name may be a slip of: an application, or a key of the application that is meant. */
function similarNames({ applications }: Environment, name: string): Iterable<string> {
  const [application, key] = splitName(name);
  if (key === undefined) return applications.keys();
  const meant = applications.has(application) ? application : nearest(application, applications.keys());
  const keys = meant === undefined ? undefined : applications.get(meant)?.secrets.keys();
  return [...(keys ?? [])].map((known) => `${meant}/${known}`);
}

/** The secret that a name stands for; its key is empty for a whole application. */
export function toRef(name: string): SecretRef {
  const [application, key = ""] = splitName(name);
  return { application, key };
}
