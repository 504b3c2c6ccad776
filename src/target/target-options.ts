import type { AnyDiagnostic } from "../model/diagnostic.js";
import { diagnostic } from "../model/diagnostics/index.js";
import type { Deletion, Target } from "../model/target.js";
import { type UnknownClass, UNKNOWN_CLASSES } from "../model/plan.js";
import { type SecretRef, splitName } from "../model/secret.js";
import type { StaticSecrets } from "../model/static-secrets.js";
import { PhalanxError } from "../errors.js";
import type { Environment } from "../model/environment.js";
import { type Context, notify } from "../terminal/context.js";
import type { IdentityOption } from "../access/identity.js";
import { type ConfigOption, excludedApplications, type Loaded } from "./load.js";
import { type HeldNames, scopeOf, selection } from "./selection.js";

/** The options that audit, plan and sync share. */
export interface TargetOptions extends ConfigOption, IdentityOption {
  readonly exclude: readonly string[];
  /** Applications and secrets that the command is limited to; if empty, all. */
  readonly names?: readonly string[];
  /** The ones among them known only to Vault. */
  readonly held?: HeldNames;
  readonly secrets?: readonly string[];
  readonly assumeEmpty?: boolean;
}

/** The options of a sync, or of its plan. */
export interface SyncOptions extends TargetOptions {
  readonly delete?: boolean;
  readonly deleteClass?: string;
  readonly includeUnsourced?: boolean;
  readonly purge?: boolean;
  readonly keep: readonly string[];
  readonly regenerate?: boolean;
  readonly generateAnew: readonly string[];
  readonly allowMassChange?: boolean;
  /** Whether to take over a prefix that another environment has written to. */
  readonly adopt?: boolean;
  /** Whether what can be written is, although something else cannot be. */
  readonly partial?: boolean;
}

const never = (): boolean => false;

/** The target of an audit, which requests no change. */
export function auditTarget(
  context: Context,
  { environment, declares }: Loaded,
  staticSecrets: StaticSecrets | undefined,
  options: Pick<TargetOptions, "exclude" | "assumeEmpty" | "names" | "held">,
  deletes = false,
): Target {
  return {
    environment,
    staticSecrets,
    declares,
    exclude: excludedApplications(context, environment, options.exclude, deletes),
    assumeEmpty: options.assumeEmpty ?? false,
    deletion: undefined,
    only: scopeOf(environment, options.names ?? [], options.held),
    regenerate: never,
    generateAnew: never,
  };
}

/** Whether a diagnostic about an application concerns the command's scope. */
export function isInScope({ only }: Target, { subject }: AnyDiagnostic): boolean {
  const { application } = (subject ?? {}) as { readonly application?: string };
  if (only === undefined || application === undefined) return true;
  const touched = [...only.keys, ...(only.leftovers ?? [])].some((id) => splitName(id)[0] === application);
  return touched || (only.applications?.has(application) ?? false);
}

/** The target of a sync with the given options. */
export function syncTarget(
  context: Context,
  loaded: Loaded,
  staticSecrets: StaticSecrets | undefined,
  options: SyncOptions,
): Target {
  const { environment, unreadableSiblings, mayRequireMore } = loaded;
  const deletion = deletionOf(options, mayRequireMore);
  const unreadable = deletion ? unreadableSiblings() : [];
  if (unreadable.length > 0) {
    throw new PhalanxError(diagnostic("deletion-siblings-unreadable", { environments: unreadable }));
  }
  if (deletion) warnOfRequired(context, environment, options.names ?? []);
  const held = options.held && deletable(context, options.held, loaded, deletion !== undefined);
  const generateAnew = selection(environment, "--generate-anew", options.generateAnew);
  return {
    ...auditTarget(context, loaded, staticSecrets, { ...options, ...(held && { held }) }, deletion !== undefined),
    deletion,
    regenerate: () => options.regenerate ?? false,
    generateAnew,
    partial: options.partial ?? false,
  };
}

/** An operator who names a key with `--delete` may expect it to go. */
function warnOfRequired(context: Context, environment: Environment, names: readonly string[]): void {
  for (const name of names) {
    const [application, key] = splitName(name);
    if (key === undefined || !environment.applications.get(application)?.secrets.has(key)) continue;
    notify(
      context,
      diagnostic("deletion-of-required", {}, { subject: { environment: environment.name, application, key } }),
    );
  }
}

/** Only what deletes may name what is not required, and only what it would delete. */
function deletable(
  context: Context,
  { names, deletion, ...held }: HeldNames,
  { mayRequireMore }: Loaded,
  deletes: boolean,
): HeldNames {
  const left = [...names].filter((name) => mayRequireMore(splitName(name)[0]).length === 0);
  const applications = new Set([...names].map((name) => splitName(name)[0]));
  for (const { because, isTold } of [...applications].flatMap(mayRequireMore)) if (!isTold) notify(context, because);
  return { names: new Set(left), ...held, ...(!deletes && deletion !== undefined && { deletion }) };
}

/** Whether anything may be deleted. */
export function deletes({ delete: all, deleteClass }: SyncOptions): boolean {
  return (all ?? false) || deleteClass !== undefined;
}

function deletionOf(
  { delete: all, deleteClass, includeUnsourced, purge = false, keep }: SyncOptions,
  doubts: Deletion["doubts"],
): Deletion | undefined {
  const kept = new Set(keep);
  const keeps = ({ application, key }: SecretRef): boolean =>
    kept.has(application) || kept.has(`${application}/${key}`);
  if (all) return { classes: new Set(UNKNOWN_CLASSES), includeUnsourced: true, purge, keep: keeps, doubts };
  if (deleteClass === undefined) return undefined;
  const classes = deleteClass.split(",").map((word) => word.trim());
  const unknown = classes.find((word) => !UNKNOWN_CLASSES.some((known) => known === word));
  if (unknown !== undefined) {
    throw new PhalanxError(diagnostic("delete-class-unknown", { given: deleteClass, class: unknown }));
  }
  return {
    classes: new Set(classes as UnknownClass[]),
    includeUnsourced: includeUnsourced ?? false,
    purge,
    keep: keeps,
    doubts,
  };
}
