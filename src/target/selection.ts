import { PhalanxError } from "../errors.js";
import type { AnyDiagnostic } from "../model/diagnostic.js";
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

/** Names that an environment does not require but Vault holds. */
export interface HeldNames {
  readonly names: ReadonlySet<string>;
  /** Why Vault could not be asked. */
  readonly notAsked?: AnyDiagnostic;
  /** Other names known only to Vault that a given one may be a typo of. */
  readonly similar?: readonly string[];
  /** The command that deletes one of them alone, if the current command does not. */
  readonly deletion?: (name: string) => string;
}

/** Whether an environment knows a name: of a required secret, or of an application in its settings. */
export function isKnownName(environment: Environment, name: string): boolean {
  return isRequiredName(environment, name) || environment.disabled.has(name);
}

/** The same without applications that are not enabled. */
export function isRequiredName({ applications }: Environment, name: string): boolean {
  const [application, key] = splitName(name);
  const secrets = applications.get(application)?.secrets;
  if (key !== undefined) return secrets?.has(key) ?? false;
  return secrets !== undefined || application === PULL_SECRET;
}

/**
 * The scope given by `APP` or `APP/KEY` arguments: these, and what follows from them; undefined if there are none.
 *
 * @param held Names known only to Vault; no other unknown names are allowed.
 * @throws PhalanxError listing all names that are not allowed.
 */
export function scopeOf(environment: Environment, names: readonly string[], held?: HeldNames): Scope | undefined {
  if (names.length === 0) return undefined;
  const isHeld = (name: string): boolean => held?.names.has(name) ?? false;
  const isAllowed = (name: string): boolean =>
    isRequiredName(environment, name) || (isHeld(name) && held?.deletion === undefined);
  const error = errorOf(
    names
      .filter((name) => !isAllowed(name))
      .map((name) => {
        const deletion = isHeld(name) ? held?.deletion?.(name) : undefined;
        return notRequired(environment, "", name, { deletion, held: held?.similar, notAsked: held?.notAsked });
      }),
    diagnostic("names-unknown", {}, { subject: { environment: environment.name } }),
  );
  if (error) throw error;
  const [applications, refs, leftovers]: [Set<string>, SecretRef[], Set<string>] = [new Set(), [], new Set()];
  for (const name of names) {
    const [application, key] = splitName(name);
    const secrets = environment.applications.get(application)?.secrets;
    if (key !== undefined) {
      if (secrets?.has(key)) refs.push({ application, key });
      else leftovers.add(name);
    } else {
      applications.add(application);
      refs.push(...(secrets?.values() ?? []));
    }
  }
  return { ...scopeFrom(environment, refs, applications.has(PULL_SECRET)), applications, leftovers };
}

/**
 * The error for a name unknown to the environment.
 *
 * @param by The command or option it was given to.
 * @param vault `deletion`: the command that deletes it, if Vault holds it; `held`: names in Vault that it may be a typo
 * of; `notAsked`: why it is not known what Vault holds.
 */
export function notRequired(
  environment: Environment,
  by: string,
  name: string,
  vault: {
    readonly deletion?: string | undefined;
    readonly held?: readonly string[] | undefined;
    readonly notAsked?: AnyDiagnostic | undefined;
  } = {},
): Diagnostic<"application-disabled" | "application-unknown" | "pull-secret-named" | "secret-unknown"> {
  const { deletion, held = [], notAsked } = vault;
  const [application, key] = splitName(name);
  const code = environment.applications.has(application)
    ? "secret-unknown"
    : environment.disabled.has(application)
      ? "application-disabled"
      : application === PULL_SECRET
        ? "pull-secret-named"
        : "application-unknown";
  // A slip in the application comes alone where the key says nothing.
  const meant =
    nearest(name, [
      ...similarNames(environment, name),
      ...held.filter((other) => other !== name && other !== application),
    ]) ??
    (code === "application-unknown" ? nearest(application, environment.applications.keys()) : undefined) ??
    (code === "application-unknown" && key === undefined ? onlyKey(environment, name) : undefined);
  return diagnostic(
    code,
    { by, name, meant, ...(deletion !== undefined && { deletion }), ...(notAsked && { notAsked }) },
    {
      subject: { environment: environment.name, application, ...(key === undefined ? {} : { key }) },
    },
  );
}

/** The one secret with this key, where the application was left out. */
function onlyKey({ applications }: Environment, key: string): string | undefined {
  const found = [...applications].filter(([, { secrets }]) => secrets.has(key));
  return found.length === 1 && found[0] ? `${found[0][0]}/${key}` : undefined;
}

/** What a name may be a typo of: an application, or a key of the intended application. */
function similarNames({ applications }: Environment, name: string): Iterable<string> {
  const [application, key] = splitName(name);
  if (key === undefined) return applications.keys();
  const meant = applications.has(application) ? application : nearest(application, applications.keys());
  const keys = meant === undefined ? undefined : applications.get(meant)?.secrets.keys();
  return [...(keys ?? [])].map((known) => `${meant}/${known}`);
}

/** The secret that a name refers to; its key is empty for a whole application. */
export function toRef(name: string): SecretRef {
  const [application, key = ""] = splitName(name);
  return { application, key };
}
