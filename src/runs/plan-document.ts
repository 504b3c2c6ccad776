import { createHash } from "node:crypto";
import { resolve } from "node:path";
import { PhalanxError } from "../errors.js";
import { reasonOf } from "../files/file-fault.js";
import { fileReason } from "../render/file-reason.js";
import type { Problem } from "../model/problem.js";
import type { CurrentState } from "../model/current-state.js";
import { vaultPrefix } from "../model/environment.js";
import { impactJson } from "../render/effect.js";
import type { Impact } from "../model/impact.js";
import type { Plan } from "../model/plan.js";
import { PLAN_FORMAT, PLAN_VERSION, PLAN_VERSIONS, PlanDocument } from "../model/plan-document.js";
import type { UndoLimit } from "../model/undo-limit.js";
import type { StaticSecrets } from "../model/static-secrets.js";
import { commandLine } from "../model/shell.js";
import { readNamedFile } from "../files/read-bounded.js";
import { VERSION } from "../version.js";
import type { Context } from "../terminal/context.js";
import type { Loaded } from "../target/load.js";
import { itemDifferences, itemsOf } from "./plan-items.js";
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

/** A plan with all that is needed to apply exactly it later. */
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
    by: operator(context),
    tool: VERSION,
    commit: await commitOf(context, loaded.root),
    configuration: configurationHash(loaded),
    vault: { url: loaded.environment.vault.url, prefix: vaultPrefix(loaded.environment.vault) },
    staticSource: staticSecrets?.origin ?? "none",
    ...(staticSecrets?.itemVersions ? { items: itemsOf(staticSecrets.itemVersions) } : {}),
    options: documentOptions(options),
    read: readVersions(current),
    ...structuredClone({ applications, unknown, unresolved, blocked }),
    impact: structuredClone(impactJson(impact)),
    undo: structuredClone(limits),
  };
  return PlanDocument.parse({ ...document, checksum: checksum(document) });
}

/** What a plan file says about how it was made, as the options of a sync. */
export function optionsOf({ options }: PlanDocument, given: SyncOptions): SyncOptions {
  const { deleteClass, allowMassDelete = false, ...rest } = options;
  return { ...given, ...rest, allowMassDelete, ...(deleteClass === undefined ? {} : { deleteClass }) };
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
    allowMassDelete: options.allowMassDelete ?? false,
  };
}

/** Reads a plan file; a damaged or edited one, or one of another environment, is an error. */
export async function readDocument(context: Context, path: string, environment: string): Promise<PlanDocument> {
  const content = await readNamedFile(resolve(context.cwd, path)).catch((error: unknown) => {
    throw new PhalanxError(`${path} cannot be read (${fileReason(reasonOf(error))})`, {
      hint: "Make one with phalanx secrets plan ENV --out FILE.",
    });
  });
  const again = { hint: `Make a new one: ${commandLine("phalanx", "secrets", "plan", environment, "--out", path)}` };
  const parsed = parseJson(content.toString("utf8"));
  const header = parsed as { format?: unknown; version?: unknown } | undefined;
  if (header?.format !== PLAN_FORMAT) throw new PhalanxError(`${path} is no plan, or only a part of one`, again);
  if (!PLAN_VERSIONS.includes(header.version))
    throw new PhalanxError(`${path} has a format of another version of phalanx`, again);
  const result = PlanDocument.safeParse(parsed);
  if (!result.success || !hasChecksum(parsed as object, result.data.checksum))
    throw new PhalanxError(`${path} was changed after it was made`, again);
  if (result.data.environment !== environment) {
    throw new PhalanxError(`${path} is a plan for ${result.data.environment}, not for ${environment}`, again);
  }
  return result.data;
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
): Problem[] {
  const problems: Problem[] = [];
  if (document.configuration !== configurationHash(loaded))
    problems.push({ message: "the configuration is another one than the plan was made from" });
  const { vault } = loaded.environment;
  if (document.vault.url !== vault.url || document.vault.prefix !== vaultPrefix(vault))
    problems.push({ message: "the plan is for another Vault or prefix" });
  problems.push(...itemDifferences(document.items ?? [], itemsOf(staticSecrets?.itemVersions)));
  const now = readVersions(current);
  for (const application of new Set([...Object.keys(document.read), ...Object.keys(now)])) {
    const [then, read] = [document.read[application], now[application]];
    if (canonical(then) === canonical(read)) continue;
    const text = (state: typeof then): string => (state ? `version ${state.version}, ${state.kind}` : "not there");
    problems.push({ message: `${application} has changed in Vault: it was ${text(then)}, and is ${text(read)}` });
  }
  if (problems.length === 0 && canonical(document.applications) !== canonical(structuredClone(plan.applications))) {
    problems.push({ message: "the changes would be others than the plan says: the static secrets have changed" });
  }
  return problems;
}

function readVersions(current: CurrentState): PlanDocument["read"] {
  return Object.fromEntries(
    [...current].map(([name, { kind, version, createdTime }]) => [name, { kind, version, createdTime }]),
  );
}

/** The files in a fixed order, each with its length, so that no two trees look alike. */
function configurationHash({ environment, readings }: Loaded): string {
  // Whether they have been asked for depends on Vault; the hash must not.
  environment.siblings();
  const hash = createHash("sha256");
  for (const [path, text] of [...readings].sort(([a], [b]) => (a < b ? -1 : 1))) {
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
    // No plan is nested so deeply that it cannot be written down again.
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
