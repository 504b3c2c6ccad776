import { PhalanxError } from "../errors.js";
import type { Environment } from "../model/environment.js";
import { didYouMean, nearest } from "../model/nearest.js";
import { type SecretRef, splitName } from "../model/secret.js";
import { commandLine } from "../model/shell.js";

/** Parses `APP` or `APP/KEY` arguments, and checks that the environment requires them. */
export function selection(
  environment: Environment,
  option: string,
  names: readonly string[],
): (ref: SecretRef) => boolean {
  for (const name of names) {
    const [application, key] = splitName(name);
    const secrets = environment.applications.get(application)?.secrets;
    if (secrets === undefined || (key !== undefined && !secrets.has(key))) throw notRequired(environment, option, name);
  }
  const chosen = new Set(names);
  return ({ application, key }) => chosen.has(application) || chosen.has(`${application}/${key}`);
}

/** The error for a name that the environment knows nothing of. */
export function notRequired(environment: Environment, what: string, name: string): PhalanxError {
  const [application] = splitName(name);
  const meant = didYouMean(name, similarNames(environment, name));
  const listing = `${commandLine("phalanx", "secrets", "list", environment.name)} lists what it requires.`;
  const reason = environment.applications.has(application)
    ? `${environment.name} requires no such secret`
    : environment.disabled.has(application)
      ? `the application ${application} is not enabled in ${environment.name}`
      : `${environment.name} has no such application`;
  return new PhalanxError(`${what} ${name}: ${reason}`, { hint: meant ? `${meant} ${listing}` : listing });
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
