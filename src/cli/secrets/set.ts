import { ExitCode, PhalanxError, type Problem } from "../../errors.js";
import { type Environment, PULL_SECRET, PULL_SECRET_KEY } from "../../model/environment.js";
import { SecretValue } from "../../model/secret-value.js";
import { refId, type SecretRef } from "../../model/secret.js";
import type { RegistryCredentials, StaticSecrets } from "../../model/static-secrets.js";
import type { Target } from "../../operations/target.js";
import { closure } from "../../secrets/impact.js";
import { parseDockerConfig, PULL_SECRET_ID } from "../../secrets/pull-secret.js";
import { readApplication } from "../../vault/read-state.js";
import type { Context } from "../context.js";
import type { IdentityOption } from "../identity.js";
import { type ConfigOption, type Loaded, loadFile, loadFromTree } from "../load.js";
import { withVault } from "../session.js";
import { showPlan } from "./plan.js";
import { type ApplyOptions, runSync } from "./run-sync.js";
import { auditTarget, notRequired, splitName } from "./target-options.js";

export interface SetOptions extends ConfigOption, IdentityOption {
  readonly fromFile?: string;
  readonly anyway?: boolean;
  readonly raw?: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly adopt?: boolean;
}

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
  return apply(context, loaded, { ...auditTarget(context, loaded, staticSecrets, { exclude: [] }), only }, options, {});
}

async function apply(
  context: Context,
  loaded: Loaded,
  target: Target,
  options: SetOptions,
  extra: Partial<ApplyOptions>,
): Promise<ExitCode> {
  if (options.dryRun)
    return showPlan(context, loaded, target, { exclude: [], keep: [], generateAnew: [], applicable: false });
  const question = `Write this to ${loaded.environment.name}?`;
  await runSync(context, loaded, target, {
    replan: true,
    question,
    yes: options.yes ?? false,
    adopt: options.adopt ?? false,
    ...extra,
  });
  return ExitCode.ok;
}

function source(values: Partial<Pick<StaticSecrets, "applications" | "registries">>): StaticSecrets {
  return {
    origin: "file",
    applications: new Map(),
    registries: new Map(),
    oidcClients: new Map(),
    vaultWriteToken: undefined,
    ...values,
  };
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

/** One value from stdin, or asked for without echo. */
async function readValue(context: Context, question: string, raw: boolean): Promise<SecretValue> {
  const text = context.stdin.isTTY ? ((await context.stdin.askHidden(question)) ?? "") : await context.stdin.readAll();
  const stripped = raw || context.stdin.isTTY ? text : text.replace(/\r?\n$/, "");
  if (stripped !== text) context.stderr.write("One newline at the end of the input was removed; --raw keeps it.\n");
  if (stripped === "")
    throw new PhalanxError("The value is empty", { hint: "An empty value counts as none. Give the value on stdin." });
  return new SecretValue(stripped);
}

function settable(environment: Environment, names: readonly string[]): SecretRef[] {
  const problems = names.flatMap((name) => whyNot(environment, name) ?? []);
  const [first] = problems;
  if (first && problems.length === 1) throw new PhalanxError(first.message, { hint: first.hint });
  if (first) throw new PhalanxError(`${problems.length} of these secrets cannot be set`, { problems });
  return names.map((name) => {
    const [application, key = ""] = splitName(name);
    return { application, key };
  });
}

function whyNot(environment: Environment, name: string): Problem | undefined {
  const [application, key = ""] = splitName(name);
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
    generate: `Give it a new value with phalanx secrets rotate ${environment.name} ${name}.`,
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

/** `phalanx secrets set ENV pull-secret HOST`: one registry's credentials, beside those of the others. */
async function setRegistry(
  context: Context,
  loaded: Loaded,
  hosts: readonly string[],
  options: SetOptions,
): Promise<ExitCode> {
  const { environment } = loaded;
  const [host] = hosts;
  if (host === undefined || hosts.length > 1)
    throw new PhalanxError("The pull secret takes one registry host at a time", {
      hint: `phalanx secrets set ${environment.name} pull-secret HOST`,
    });
  const credentials = await readCredentials(context, host, options);
  const before = await withVault(context, loaded, undefined, (session) =>
    readApplication(session, environment.vault, PULL_SECRET),
  );
  const stored = before?.kind === "present" ? before.values.get(PULL_SECRET_KEY) : undefined;
  const known = stored === undefined ? new Map<string, RegistryCredentials>() : parseDockerConfig(stored);
  if (known === undefined) {
    throw new PhalanxError(
      `The pull secret of ${environment.name} in Vault does not have the form that phalanx writes`,
      {
        hint: "Give all registries in a file: phalanx secrets set ENV --from-file FILE",
      },
    );
  }
  const staticSecrets = source({ registries: new Map([...known, [host, credentials]]) });
  const target = { ...auditTarget(context, loaded, staticSecrets, { exclude: [] }), only: new Set([PULL_SECRET_ID]) };
  return apply(context, loaded, target, options, {
    replan: false,
    check: (_, current) => {
      if (current.get(PULL_SECRET)?.version === before?.version) return Promise.resolve();
      throw new PhalanxError("The pull secret was changed in Vault meanwhile: nothing was written", {
        hint: "Run the command again.",
      });
    },
  });
}

async function readCredentials(context: Context, host: string, { raw }: SetOptions): Promise<RegistryCredentials> {
  if (context.stdin.isTTY) {
    const username = await context.stdin.ask(`User name for ${host}: `);
    if (username) return { username, password: await readValue(context, `Password for ${host}: `, raw ?? false) };
    throw new PhalanxError("The user name is empty");
  }
  const text = (await readValue(context, "", raw ?? false)).reveal();
  const colon = text.indexOf(":");
  if (colon > 0) return { username: text.slice(0, colon), password: new SecretValue(text.slice(colon + 1)) };
  throw new PhalanxError("The input is not USERNAME:PASSWORD", {
    hint: `printf '%s:%s' "$USERNAME" "$PASSWORD" | phalanx secrets set ENV pull-secret ${host}`,
  });
}
