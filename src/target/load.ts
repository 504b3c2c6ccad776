import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { readDeclaredKinds } from "../config/application.js";
import { loadEnvironment, type LoadedEnvironment } from "../config/environment.js";
import { diskTree } from "../config/disk-tree.js";
import { rememberFiles } from "../config/tree-file.js";
import { findRoot, recordReadings, type RecordingTree } from "../config/tree.js";
import { PhalanxError } from "../errors.js";
import type { AnyDiagnostic } from "../model/diagnostic.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { PULL_SECRET, type Environment, type DeclaredKind, requiredSecrets } from "../model/environment.js";
import { refId } from "../model/secret.js";
import type { Target } from "../model/target.js";
import { nearest } from "../model/nearest.js";
import type { StaticSecrets } from "../model/static-secrets.js";
import { type Context, variableName, notify } from "../terminal/context.js";
import { invalidValue } from "./invalid-value.js";
import { notRequired } from "./selection.js";
import type { VaultOptions } from "../access/auth.js";
import type { IdentityOption } from "../access/identity.js";
import type { VaultConnection } from "../access/session.js";

/** Where the configuration is, and how to log in to Vault. */
export interface ConfigOption extends VaultOptions {
  readonly config?: string;
}

/** An environment, and the tree it was read from. */
export interface Loaded extends LoadedEnvironment {
  readonly root: string;
  readonly access: ConfigOption;
  readonly connection?: VaultConnection | undefined;
  /** What the environment was made from. */
  readonly tree: RecordingTree;
  /** What an application that is not enabled declares. */
  readonly declares: (application: string) => ReadonlyMap<string, DeclaredKind>;
}

/** Loads an environment from the tree given by `--config` or the current directory; passes on its warnings. */
export function loadFromTree(context: Context, name: string, options: ConfigOption): Loaded {
  const root = findRoot(options.config, context);
  const tree = rememberFiles(recordReadings(diskTree(root, context.cwd)));
  const loaded = load(context, tree, root, name);
  return withAccess(loaded, options);
}

export function withAccess(loaded: Loaded, options: ConfigOption): Loaded {
  return { ...loaded, environment: atAddress(loaded.environment, options.vaultAddress), access: options };
}

/** Loads an environment from the tree at `root`; passes on its warnings. */
export function load(context: Context, tree: RecordingTree, root: string, name: string): Loaded {
  return withTree(context, tree, root, loadEnvironment(tree, name));
}

/** A loaded environment with its tree; passes on its warnings. */
export function withTree(context: Context, tree: RecordingTree, root: string, loaded: LoadedEnvironment): Loaded {
  for (const warning of loaded.warnings) notify(context, warning);
  return {
    ...loaded,
    access: {},
    root,
    tree,
    declares: (application) => readDeclaredKinds(tree, application, loaded.environment.name),
  };
}

/** Selects and limits the source of static secrets. */
export interface SourceOptions extends IdentityOption {
  /** Files of static secrets; later ones win. */
  readonly secrets?: readonly string[];
  /** Applications that are left unchanged and not read from 1Password. */
  readonly exclude?: readonly string[];
  readonly requireTls?: boolean | undefined;
}

/** `--vault-address` overrides the configuration on purpose. */
export function atAddress<T extends Pick<Environment, "vault">>(environment: T, address: string | undefined): T {
  if (address === undefined) return environment;
  if (URL.canParse(address) && /^https?:/.test(address)) {
    const { username, password } = new URL(address);
    if (username + password !== "") {
      throw new PhalanxError(diagnostic("vault-address-credentials"));
    }
    return { ...environment, vault: { ...environment.vault, url: address.replace(/(?<!\/)\/+$/, "") } };
  }
  throw invalidValue("--vault-address", address, "url");
}

/** Static secrets from the given files, else from those that the tree names, else from 1Password, else none. */
export async function loadStaticSecrets(
  context: Context,
  environment: Environment,
  options: SourceOptions,
): Promise<StaticSecrets | undefined> {
  const { secrets, exclude } = options;
  if (secrets !== undefined) {
    const { loadFiles } = await import("./static-files.js");
    return loadFiles(context, environment, secrets, options);
  }
  const { staticFiles, onepassword } = environment;
  if (staticFiles !== undefined) {
    const { loadFiles } = await import("./static-files.js");
    for (const file of staticFiles) await refuseIrregular(resolve(context.cwd, file), file);
    // Anyone who can change the tree selects the file: its token may be that of another environment.
    return { ...(await loadFiles(context, environment, staticFiles, options)), vaultWriteToken: undefined };
  }
  if (onepassword === undefined) return undefined;
  const [{ connectToken, withConnect }, { readOnepassword }] = await Promise.all([
    import("../access/onepassword-connect.js"),
    import("../sources/onepassword/read.js"),
  ]);
  const token = connectToken(context);
  if (token === undefined) {
    const details = { variable: variableName(context, "OP_CONNECT_TOKEN") };
    throw new PhalanxError(
      diagnostic("secrets-token-missing", details, { subject: { environment: environment.name } }),
    );
  }
  const { staticSecrets, warnings } = await withConnect(
    context,
    onepassword,
    { token, requireTls: options.requireTls },
    (session) => readOnepassword(session, environment, onepassword.vaultTitle, new Set(exclude)),
  );
  for (const warning of warnings) notify(context, warning);
  return staticSecrets;
}

/** A file named by an operator may be a pipe; but we would wait for a pipe in the tree. */
export async function refuseIrregular(path: string, file: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined || found.isFile() || found.isDirectory()) return;
  throw new PhalanxError(diagnostic("file-not-regular", {}, { place: { file } }));
}

/** What static secrets are compared with, so that "clean" is not misread. */
export function sourceNotes(target: Compared): AnyDiagnostic[] {
  const { environment, staticSecrets: source } = target;
  if (requiredSecrets(environment).every(({ kind }) => kind !== "static")) return [];
  const uncompared = source === undefined ? 0 : uncomparedIn({ ...target, only: undefined });
  const { onepassword } = environment;
  const details = {
    origin: source?.origin ?? ("vault" as const),
    ...(uncompared > 0 && { uncompared }),
    ...(source?.files && { files: source.files }),
    ...(source?.origin === "onepassword" && onepassword && { title: onepassword.vaultTitle }),
  };
  return [diagnostic("static-source", details, { subject: { environment: environment.name } })];
}

type Compared = Pick<Target, "environment" | "staticSecrets" | "exclude">;

/** How many static secrets of a target have no value in a source to compare Vault with. */
export function uncomparedIn({ environment, staticSecrets, exclude, only }: Compared & Pick<Target, "only">): number {
  return requiredSecrets(environment).filter(
    ({ kind, application, key }) =>
      kind === "static" &&
      !exclude.has(application) &&
      (only?.keys.has(refId({ application, key })) ?? true) &&
      !staticSecrets?.applications.get(application)?.has(key),
  ).length;
}

/** Checks the applications given to `--exclude`, so that a typo does not go unnoticed. */
export function excludedApplications(
  context: Context,
  environment: Environment,
  names: readonly string[],
  deletes = false,
): ReadonlySet<string> {
  const known = [...environment.applications.keys(), PULL_SECRET];
  for (const name of names) {
    if (known.includes(name) || environment.disabled.has(name)) continue;
    if (/[,/\s]/.test(name)) throw new PhalanxError(diagnostic("excluded-name-invalid", { name }));
    const meant = nearest(name, known);
    // A typo would write what was to be excluded; a name unlike any other may be meant for other environments.
    if (meant !== undefined) throw new PhalanxError(notRequired(environment, "--exclude", name));
    // There, Vault is asked whether it knows the name.
    if (deletes) continue;
    const details = { by: "--exclude", name };
    const subject = { environment: environment.name };
    notify(context, diagnostic("spared-application-unknown", details, { subject }));
  }
  return new Set(names);
}
