import { createHash } from "node:crypto";
import { basename, resolve } from "node:path";
import { PhalanxError } from "../errors.js";
import type { AnyDiagnostic } from "../model/diagnostic.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { readFault } from "../files/meant-file.js";
import type { CurrentState } from "../model/current-state.js";
import { vaultPrefix } from "../model/environment.js";
import { impactJson } from "../render/effect.js";
import type { Impact } from "../model/impact.js";
import type { Plan } from "../model/plan.js";
import { PLAN_FORMAT, PLAN_VERSION, PLAN_VERSIONS, PlanDocument } from "../model/plan-document.js";
import type { UndoLimit } from "../model/undo-limit.js";
import type { StaticSecrets } from "../model/static-secrets.js";
import { readNamedFile } from "../files/read-bounded.js";
import { VERSION } from "../version.js";
import type { Context } from "../terminal/context.js";
import type { Loaded } from "../target/load.js";
import { lasting } from "./next-command.js";
import { commitOf, operator } from "./run-info.js";
import type { SyncOptions } from "../target/target-options.js";

export interface Planned {
  readonly loaded: Loaded;
  readonly staticSecrets: StaticSecrets | undefined;
  readonly options: SyncOptions;
  readonly plan: Plan;
  readonly impact: Impact;
  readonly current: CurrentState;
  readonly limits: readonly UndoLimit[];
}

/** A plan with everything needed to apply exactly that plan later. */
export async function toDocument(
  context: Context,
  { loaded, staticSecrets, options, plan, impact, current, limits }: Planned,
): Promise<PlanDocument> {
  const { environment, applications, unknown, unresolved, blocked } = plan;
  const document = {
    format: PLAN_FORMAT,
    version: PLAN_VERSION,
    environment,
    created: context.now().toISOString(),
    by: operator(context) || "unknown",
    tool: VERSION,
    commit: await commitOf(context, loaded.root),
    configuration: configurationHash(loaded),
    vault: { url: loaded.environment.vault.url, prefix: vaultPrefix(loaded.environment.vault) },
    staticSource: staticSecrets?.origin ?? "none",
    ...(staticSecrets?.origin === "file" ? { staticFiles: lasting(staticSecrets.files ?? []) } : {}),
    ...(staticSecrets?.itemVersions ? { items: itemsOf(staticSecrets.itemVersions) } : {}),
    options: documentOptions(options),
    read: readVersions(current),
    ...structuredClone({ applications, unknown, unresolved, blocked }),
    impact: structuredClone(impactJson(impact)),
    undo: structuredClone(limits),
  };
  return PlanDocument.parse({ ...document, checksum: checksum(document) });
}

/** A plan file's settings, as the options of a sync. */
export function optionsOf({ options }: PlanDocument, given: SyncOptions): SyncOptions {
  const { deleteClass, allowMassDelete = false, only = [], partial = false, ...rest } = options;
  return {
    ...given,
    ...rest,
    names: only,
    partial,
    allowMassChange: allowMassDelete,
    ...(deleteClass === undefined ? {} : { deleteClass }),
  };
}

function documentOptions(options: SyncOptions): PlanDocument["options"] {
  return {
    delete: options.delete ?? false,
    ...(options.deleteClass === undefined ? {} : { deleteClass: options.deleteClass }),
    includeUnsourced: options.includeUnsourced ?? false,
    keep: [...options.keep],
    regenerate: options.regenerate ?? false,
    exclude: [...options.exclude],
    generateAnew: [...options.generateAnew],
    assumeEmpty: options.assumeEmpty ?? false,
    allowMassDelete: options.allowMassChange ?? false,
    ...(options.names?.length ? { only: [...options.names] } : {}),
    ...(options.partial ? { partial: true } : {}),
  };
}

/**
 * Reads a plan file; rejects a damaged or edited one, or one of another environment.
 *
 * @param plan The command that makes a plan into a file, with the sources that were given here.
 */
export async function readDocument(
  context: Context,
  path: string,
  environment: string,
  plan: (file: string, ...more: readonly string[]) => string,
): Promise<PlanDocument> {
  // Under another name: what was given may be anything, or the plan of another environment, and is to stay.
  const other = plan(`${environment}.plan`);
  const absolute = resolve(context.cwd, path);
  const content = await readNamedFile(absolute).catch(async (error: unknown) => {
    const details = await readFault(error, absolute, path);
    const make = details.reason === "ENOENT" ? plan(path) : other;
    throw new PhalanxError(diagnostic("plan-file-unreadable", { ...details, make }, { subject: { environment } }));
  });
  const refuse = (code: "plan-file-changed" | "plan-file-invalid" | "plan-file-of-other-version"): PhalanxError =>
    new PhalanxError(
      diagnostic(
        code,
        { file: path, make: code === "plan-file-invalid" ? other : plan(path, "--force") },
        { subject: { environment } },
      ),
    );
  const parsed = parseJson(content.toString("utf8"));
  const header = parsed as { format?: unknown; version?: unknown } | undefined;
  if (header?.format !== PLAN_FORMAT) throw refuse("plan-file-invalid");
  if (!PLAN_VERSIONS.includes(header.version)) throw refuse("plan-file-of-other-version");
  const result = PlanDocument.safeParse(parsed);
  if (!result.success || !hasChecksum(parsed as object, result.data.checksum)) throw refuse("plan-file-changed");
  if (result.data.environment !== environment) {
    const details = { file: path, plannedFor: result.data.environment, make: other };
    throw new PhalanxError(diagnostic("plan-file-of-other-environment", details, { subject: { environment } }));
  }
  return result.data;
}

/**
 * Whether files of static secrets are those that a plan was made from, in the same order. Compares base names, since a
 * plan is often applied elsewhere. A plan that names none, because they came from a pipe, matches any.
 */
export function isMadeFrom({ staticFiles: planned = [] }: PlanDocument, given: readonly string[]): boolean {
  return planned.length === 0 || lastNames(planned) === lastNames(lasting(given));
}

function lastNames(files: readonly string[]): string {
  return canonical([...new Set(files)].map((file) => basename(file)));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Everything that has changed since a plan was made. */
export function differences(
  document: PlanDocument,
  { loaded, staticSecrets, plan, current }: Pick<Planned, "loaded" | "staticSecrets" | "plan" | "current">,
): AnyDiagnostic[] {
  const problems: AnyDiagnostic[] = [];
  if (document.configuration !== configurationHash(loaded)) problems.push(diagnostic("plan-configuration-changed"));
  const { vault } = loaded.environment;
  if (document.vault.url !== vault.url || document.vault.prefix !== vaultPrefix(vault))
    problems.push(diagnostic("plan-location-differs"));
  problems.push(...itemDifferences(document.items ?? [], itemsOf(staticSecrets?.itemVersions)));
  const now = readVersions(current);
  for (const application of new Set([...Object.keys(document.read), ...Object.keys(now)])) {
    const [planned, found] = [document.read[application], now[application]];
    if (canonical(planned) === canonical(found)) continue;
    problems.push(diagnostic("plan-application-changed", { planned, found }, { subject: { application } }));
  }
  if (problems.length === 0 && canonical(document.applications) !== canonical(structuredClone(plan.applications)))
    problems.push(diagnostic("plan-changes-differ"));
  return problems;
}

type Items = NonNullable<PlanDocument["items"]>;

/** The 1Password items that a plan was made from, in plan file format. */
function itemsOf(versions: ReadonlyMap<string, number> | undefined): Items {
  return [...(versions ?? [])].map(([title, version]) => ({ title, version }));
}

/** Every item that differs from before. */
function itemDifferences(before: Items, after: Items): AnyDiagnostic[] {
  const [old, own] = [before, after].map((items) => new Map(items.map(({ title, version }) => [title, version])));
  return [...new Set([...before, ...after].map(({ title }) => title))]
    .map((title) => ({ title, planned: old?.get(title), found: own?.get(title) }))
    .filter(({ planned, found }) => planned !== found)
    .map((details) => diagnostic("plan-item-changed", details));
}

function readVersions(current: CurrentState): PlanDocument["read"] {
  return Object.fromEntries(
    [...current].map(([name, { kind, version, createdTime }]) => [name, { kind, version, createdTime }]),
  );
}

/** The files in a fixed order, each with its length, so that no two trees look alike. */
function configurationHash({ environment, tree }: Loaded): string {
  // Whether they have been asked for depends on Vault; the hash must not.
  environment.siblings();
  const hash = createHash("sha256");
  for (const [path, text] of [...tree.readings].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (text !== undefined) hash.update(`${path}\0${text.length}\0${text}`);
  }
  return hash.digest("hex");
}

function checksum(document: object): string {
  const { checksum: _, ...rest } = document as { checksum?: unknown };
  return createHash("sha256").update(canonical(rest)).digest("hex");
}

function hasChecksum(document: object, expected: string): boolean {
  try {
    return checksum(document) === expected;
  } catch (error) {
    // No valid plan is nested too deeply to be serialised again.
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** JSON with sorted keys. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) =>
    typeof member === "object" && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}
