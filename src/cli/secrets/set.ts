import { type ExitCode, PhalanxError, toDiagnostic } from "../../errors.js";
import type { Problem } from "../../model/problem.js";
import { type Environment, PULL_SECRET } from "../../model/environment.js";
import type { SecretValue } from "../../model/secret-value.js";
import { refId, type SecretRef } from "../../model/secret.js";
import type { StaticSecrets } from "../../model/static-secrets.js";
import { commandLine } from "../../model/shell.js";
import { errorOf } from "../../problems.js";
import { closure } from "../../secrets/impact.js";
import { PULL_SECRET_ID } from "../../secrets/pull-secret.js";
import type { Context } from "../../terminal/context.js";
import { loadFile, loadFromTree } from "../../target/load.js";
import { setRegistry } from "../../runs/set-pull-secret.js";
import { applySet, readValue, type SetOptions, source } from "../../runs/set-values.js";
import { auditTarget } from "../../target/target-options.js";
import { notRequired, toRef } from "../../target/selection.js";

/** `phalanx secrets set ENV APP/KEY...`: static secrets whose home is Vault. Values come from stdin, never from argv. */
export async function run(
  context: Context,
  name: string,
  names: readonly string[],
  options: SetOptions,
): Promise<ExitCode> {
  const loaded = loadFromTree(context, name, options);
  const { environment } = loaded;
  if (environment.onepassword && !options.anyway) {
    throw new PhalanxError(
      `${name} keeps its static secrets in 1Password: the next sync would overwrite what is set here`,
      {
        hint: "Change it in 1Password and sync, or give --anyway.",
      },
    );
  }
  if (names[0] === PULL_SECRET) return setRegistry(context, loaded, names.slice(1), options);
  const staticSecrets =
    options.fromFile === undefined
      ? await fromInput(context, environment, names, options)
      : await fromFile(context, environment, names, options.fromFile, options);
  const refs = [...staticSecrets.applications].flatMap(([application, keys]) =>
    [...keys.keys()].map((key) => ({ application, key })),
  );
  const only = new Set([
    ...closure(loaded.environment, refs),
    ...(staticSecrets.registries.size > 0 ? [PULL_SECRET_ID] : []),
  ]);
  return applySet(
    context,
    loaded,
    { ...auditTarget(context, loaded, staticSecrets, { exclude: [] }), only },
    options,
    {},
  );
}

async function fromInput(
  context: Context,
  environment: Environment,
  names: readonly string[],
  options: SetOptions,
): Promise<StaticSecrets> {
  if (names.length === 0)
    throw new PhalanxError("Which secret? None is named", {
      hint: "Name it as APP/KEY, or give a file with --from-file FILE.",
    });
  const refs = settable(environment, names);
  if (refs.length > 1 && !context.stdin.isTTY) {
    throw new PhalanxError("One value can be read from stdin, and several secrets are named", {
      hint: "Give a file with --from-file FILE.",
    });
  }
  const applications = new Map<string, Map<string, SecretValue>>();
  for (const ref of refs) {
    const value = await readValue(context, `Value of ${refId(ref)}: `, options.raw ?? false);
    applications.set(
      ref.application,
      (applications.get(ref.application) ?? new Map<string, SecretValue>()).set(ref.key, value),
    );
  }
  return source({ applications });
}

function settable(environment: Environment, names: readonly string[]): SecretRef[] {
  // It may be the value itself, which is not to be shown.
  if (names.some((name) => !name.includes("/"))) {
    throw new PhalanxError("set takes secrets, named as APP/KEY, and something else is given", {
      hint: "A value is never an argument, where others can see it: it comes from stdin, or is asked for.",
    });
  }
  const problems = names.flatMap((name) => whyNot(environment, name) ?? []);
  const error = errorOf(problems.map(toDiagnostic), `${problems.length} of these secrets cannot be set`);
  if (error) throw error;
  return names.map(toRef);
}

function whyNot(environment: Environment, name: string): Problem | undefined {
  const { application, key } = toRef(name);
  const secret = environment.applications.get(application)?.secrets.get(key);
  if (secret === undefined) {
    const { message, hint } = notRequired(environment, "set", name);
    return { message, hint };
  }
  if (secret.kind === "static") return undefined;
  const instead = {
    copy: "Set what it is copied from.",
    template: "Set what it is made from.",
    fixed: `Change it in the secrets.yaml of ${application}.`,
    generate: `Give it a new value with ${commandLine("phalanx", "secrets", "rotate", environment.name, name)}.`,
  };
  const what = {
    template: "made from other secrets",
    copy: "a copy",
    fixed: "fixed in the configuration",
    generate: "generated",
  };
  return { message: `${name} is ${what[secret.kind]}, not static`, hint: instead[secret.kind] };
}

async function fromFile(
  context: Context,
  environment: Environment,
  names: readonly string[],
  file: string,
  options: SetOptions,
): Promise<StaticSecrets> {
  if (names.length > 0)
    throw new PhalanxError("Secrets are named, and a file is given too", {
      hint: "Leave out one of them; null values in the file are not set.",
    });
  const staticSecrets = await loadFile(context, environment, file, options);
  const applications = new Map(
    [...staticSecrets.applications].map(([application, keys]) => [
      application,
      new Map(
        [...keys].filter(
          ([key, value]) =>
            !value.isEmpty && environment.applications.get(application)?.secrets.get(key)?.kind === "static",
        ),
      ),
    ]),
  );
  return source({ applications, registries: staticSecrets.registries });
}
