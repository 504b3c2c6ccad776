import { type ExitCode, PhalanxError } from "../../errors.js";
import type { AnyDiagnostic } from "../../model/diagnostic.js";
import { diagnostic } from "../../model/diagnostics/index.js";
import { type Environment, PULL_SECRET } from "../../model/environment.js";
import type { SecretValue } from "../../model/secret-value.js";
import { refId, type SecretRef, sourcesOf } from "../../model/secret.js";
import type { StaticSecrets } from "../../model/static-secrets.js";
import { errorOf } from "../../problems.js";
import { scopeFrom } from "../../secrets/scope.js";
import { type Context, notify } from "../../terminal/context.js";
import { refuseOthersFile } from "../../target/file-of-others.js";
import { loadFromTree } from "../../target/load.js";
import { nextCommand } from "../../runs/next-command.js";
import { setRegistry } from "../../runs/set-pull-secret.js";
import { applySet, readValue, type SetOptions, source } from "../../runs/set-values.js";
import { auditTarget } from "../../target/target-options.js";
import { notRequired, toRef } from "../../target/selection.js";

/**
 * `phalanx secrets set ENV APP/KEY...`: sets static secrets that live in Vault or, with `--in`, in a file. Values come
 * from stdin, never from argv.
 */
export async function run(
  context: Context,
  name: string,
  names: readonly string[],
  options: SetOptions,
): Promise<ExitCode> {
  const loaded = loadFromTree(context, name, options);
  const { environment } = loaded;
  if (options.in !== undefined) return setIn(context, environment, names, options.in, options);
  if (environment.staticFiles !== undefined && !options.anyway)
    throw await keptInFile(context, environment, names, options);
  if (environment.onepassword && !options.anyway) {
    throw new PhalanxError(diagnostic("set-with-onepassword", {}, { subject: { environment: name } }));
  }
  if (names[0] === PULL_SECRET) return setRegistry(context, loaded, names.slice(1), options);
  const staticSecrets =
    options.fromFile === undefined
      ? await fromInput(context, named(context, environment, names), options)
      : await fromFile(context, environment, options.fromFile, options);
  const refs = [...staticSecrets.applications].flatMap(([application, keys]) =>
    [...keys.keys()].map((key) => ({ application, key })),
  );
  const only = scopeFrom(environment, refs, staticSecrets.registries.size > 0);
  return applySet(
    context,
    loaded,
    { ...auditTarget(context, loaded, staticSecrets, { exclude: [] }), only },
    options,
    {},
  );
}

/** Why nothing is set in Vault where a file has the static secrets; what is named wrongly is said first. */
async function keptInFile(
  context: Context,
  environment: Environment,
  names: readonly string[],
  { fromFile }: SetOptions,
): Promise<PhalanxError> {
  const [file = ""] = environment.staticFiles ?? [];
  const subject = { environment: environment.name };
  if (fromFile === undefined && names[0] !== PULL_SECRET) {
    const refs = settableOf(environment, names);
    return new PhalanxError(diagnostic("set-with-file", { file, names: refs.map(refId) }, { subject }));
  }
  const { editorFor } = await import("../../target/static-file-form.js");
  const what = fromFile === undefined ? "registry" : "values";
  const editor = await editorFor(context, environment, file);
  return new PhalanxError(diagnostic("set-with-file", { file, names: [], edit: { what, editor } }, { subject }));
}

/** Into a file: Vault is not asked. */
async function setIn(
  context: Context,
  environment: Environment,
  names: readonly string[],
  file: string,
  options: SetOptions,
): Promise<ExitCode> {
  if (names.includes(PULL_SECRET)) {
    const { editorFor } = await import("../../target/static-file-form.js");
    const details = { file, editor: await editorFor(context, environment, file) };
    throw new PhalanxError(diagnostic("set-pull-secret-in", details, { subject: { environment: environment.name } }));
  }
  const refs = named(context, environment, names);
  const [{ openEditable }, { setInFile }] = await Promise.all([
    import("../../runs/editable-file.js"),
    import("../../runs/set-in-file.js"),
  ]);
  refuseOthersFile(context, environment, file);
  const editable = await openEditable(context, file, options, { environment: environment.name });
  const sync = nextCommand(["secrets", "sync", environment.name, ...refs.map(refId)], options, {
    ...(!environment.staticFiles?.includes(file) && { secrets: [file] }),
    ...(options.identity !== undefined && { identity: options.identity }),
  });
  const asked = () => fromInput(context, refs, options);
  return setInFile(context, environment, editable, asked, { yes: options.yes ?? false, sync });
}

/** The secrets whose values are read. */
function named(context: Context, environment: Environment, names: readonly string[]): readonly SecretRef[] {
  const refs = settableOf(environment, names);
  if (refs.length > 1 && !context.stdin.isTTY) throw new PhalanxError(diagnostic("stdin-holds-one-value"));
  return refs;
}

async function fromInput(context: Context, refs: readonly SecretRef[], options: SetOptions): Promise<StaticSecrets> {
  const applications = new Map<string, Map<string, SecretValue>>();
  for (const ref of refs) {
    // Standard input provides only one value.
    const others = new Set(refs.map(refId).filter((id) => id !== refId(ref)));
    const alone = context.typed?.filter((word) => !others.has(word));
    const value = await readValue(context, `Value of ${refId(ref)}: `, options.raw ?? false, alone);
    applications.set(
      ref.application,
      (applications.get(ref.application) ?? new Map<string, SecretValue>()).set(ref.key, value),
    );
  }
  return source({ applications });
}

function settableOf(environment: Environment, names: readonly string[]): SecretRef[] {
  const about = { subject: { environment: environment.name } };
  if (names.length === 0) throw new PhalanxError(diagnostic("secrets-unnamed", { command: "set" }, about));
  const whole = names.find((name) => environment.applications.has(name));
  if (whole !== undefined) {
    const subject = { environment: environment.name, application: whole };
    throw new PhalanxError(diagnostic("whole-application-named", { command: "set" }, { subject }));
  }
  // It may be the value itself, which is not to be shown.
  if (names.some((name) => !name.includes("/"))) throw new PhalanxError(diagnostic("set-name-invalid"));
  const problems = names.flatMap((name) => whyNot(environment, name) ?? []);
  const error = errorOf(problems, diagnostic("secrets-refused", { count: problems.length, command: "set" }));
  if (error) throw error;
  return names.map(toRef);
}

function whyNot(environment: Environment, name: string): AnyDiagnostic | undefined {
  const { application, key } = toRef(name);
  const secret = environment.applications.get(application)?.secrets.get(key);
  if (secret === undefined) return notRequired(environment, "set", name);
  if (secret.kind === "static") return undefined;
  const subject = { environment: environment.name, application, key };
  switch (secret.kind) {
    case "fixed":
      return diagnostic("set-refused", { kind: secret.kind, file: secret.file }, { subject });
    case "template":
    case "copy":
      return diagnostic("set-refused", { kind: secret.kind, sources: sourcesOf(secret).map(refId) }, { subject });
    case "generate": {
      const kind = secret.rule.type === "oidc-clients" ? secret.rule.type : secret.kind;
      return diagnostic("set-refused", { kind }, { subject });
    }
  }
}

async function fromFile(
  context: Context,
  environment: Environment,
  files: readonly string[],
  options: SetOptions,
): Promise<StaticSecrets> {
  const { loadFiles } = await import("../../target/static-files.js");
  const staticSecrets = await loadFiles(context, environment, files, options);
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
  const { registries, oidcClients, files: read = [] } = staticSecrets;
  if (oidcClients.size > 0) {
    const command = nextCommand(["secrets", "sync", environment.name], options, { secrets: files });
    notify(context, diagnostic("set-without-clients", { files, command }));
  }
  return source({ applications, registries, files: read });
}
