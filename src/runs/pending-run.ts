import { link, rm } from "node:fs/promises";
import * as z from "zod/mini";
import { PhalanxError } from "../errors.js";
import { type Diagnostic, diagnostic } from "../model/diagnostics/index.js";
import type { KeptOptions } from "../model/diagnostics/runs.js";
import type { CurrentState } from "../model/current-state.js";
import { changesOf, type Plan } from "../model/plan.js";
import { decodeProvenance } from "../model/provenance.js";
import { decodeUtf8 } from "../model/text-encoding.js";
import { HANDFUL } from "../secrets/mass-change.js";
import { refId, type SecretRef } from "../model/secret.js";
import { reasonOf } from "../files/file-fault.js";
import { type OpenFile, openOwn } from "../files/ownership.js";
import { readRegularFile } from "../files/read-bounded.js";
import type { Context } from "../terminal/context.js";
import { makeStateDirectory } from "../terminal/state-directory.js";
import { writePrivateFile, writeRefusal } from "../files/write-file.js";
import { jsonText } from "../render/json.js";
import { pendingPath } from "./interrupted-run.js";

/**
 * What an interrupted rotation or regeneration needs in order to continue instead of starting again: which secrets get
 * a new value, and the version of each application before that. Contains no value.
 */
const PendingRun = z.strictObject({
  format: z.literal("phalanx-pending-run"),
  version: z.literal(1),
  environment: z.string(),
  /** The server and prefix; missing in files from older versions. */
  vault: z.optional(
    z.strictObject({ url: z.string(), namespace: z.optional(z.string()), mount: z.string(), path: z.string() }),
  ),
  command: z.enum(["rotate", "sync --regenerate"]),
  run: z.string(),
  /** The runs that continued it and were interrupted too, oldest first. */
  resumed: z.optional(z.array(z.string())),
  created: z.string(),
  /** The requested secrets, as APP/KEY. */
  keys: z.array(z.string()),
  /** Everything that it was to change, of which pods may hold another value; missing in files from older versions. */
  held: z.optional(z.array(z.string())),
  /** By application: the version that the plan saw; 0 if there was none. */
  planned: z.record(z.string(), z.int()),
});
export type PendingRun = z.infer<typeof PendingRun>;

/** How often another run's file may come and go while this one tries to create its own. */
const ATTEMPTS = 10;

/** Saves what is pending, before the first write. Of two concurrent runs, the second one is refused. */
export async function keepPending(
  context: Context,
  details: Pick<PendingRun, "environment" | "vault" | "command" | "run">,
  { plan, held }: { readonly plan: Plan; readonly held: readonly SecretRef[] },
  current: CurrentState,
  kept: KeptOptions,
): Promise<void> {
  const path = pendingPath(context, details.environment);
  const keys = changesOf(plan)
    .filter(({ cause }) => cause.kind === "regeneration-requested")
    .map(refId);
  const planned = Object.fromEntries(
    plan.applications.map(({ application }) => [application, current.get(application)?.version ?? 0]),
  );
  const pending: PendingRun = {
    format: "phalanx-pending-run",
    version: 1,
    ...details,
    created: context.now().toISOString(),
    keys,
    held: held.map(refId),
    planned,
  };
  await makeStateDirectory(path);
  const own = `${path}.${details.run}`;
  await writePrivateFile(own, path, jsonText(pending), true);
  try {
    for (let attempt = 1; ; attempt++) {
      // Atomic: either the whole file appears, or another run's file stays.
      const refused = await link(own, path).catch((error: NodeJS.ErrnoException) => error);
      if (refused === undefined) return;
      const other = refused.code === "EEXIST" ? await readPending(context, details.environment) : undefined;
      if (other !== undefined) throw pendingAlready(other, kept);
      // The other file is gone: that run has ended.
      if (refused.code !== "EEXIST" || attempt === ATTEMPTS) throw writeRefusal(refused, path);
    }
  } finally {
    await rm(own, { force: true });
  }
}

/** Notes, before its first write, that another run continues it: an undo needs every run. */
export async function keepResumed(context: Context, pending: PendingRun, run: string): Promise<void> {
  const path = pendingPath(context, pending.environment);
  const resumed = [...(pending.resumed ?? []), run];
  await writePrivateFile(path, path, jsonText({ ...pending, resumed }), true);
}

/** The runs that worked on it and that Vault has notes of, newest first. */
export function earlierRuns({ run, resumed = [] }: PendingRun, current: CurrentState): string[] {
  const noted = new Set(
    [...current.values()].flatMap(({ customMetadata }) => {
      const { writers, events } = decodeProvenance(customMetadata);
      return [...writers.values(), ...events].map((note) => note.run);
    }),
  );
  return [run, ...resumed].filter((id) => noted.has(id)).reverse();
}

/** The refusal of a run that a pending one blocks. */
export function pendingAlready(pending: PendingRun, kept: KeptOptions): PhalanxError {
  const { environment } = pending;
  return new PhalanxError(
    diagnostic("pending-run-exists", pendingDetails(pending, kept), { subject: { environment } }),
  );
}

/** What a message about it needs. */
export function pendingDetails(
  { command, created, run, keys }: PendingRun,
  kept: KeptOptions,
): Diagnostic<"pending-run-exists">["details"] {
  return { command, created, run, mayBeMass: keys.length > HANDFUL, ...kept };
}

/** Removes it, once everything is written. */
export async function dropPending(context: Context, environment: string): Promise<void> {
  await rm(pendingPath(context, environment), { force: true });
}

/** What an earlier run left pending; undefined if nothing. */
export async function readPending(context: Context, environment: string): Promise<PendingRun | undefined> {
  const path = pendingPath(context, environment);
  const opening = (name: string): Promise<OpenFile> => openOwn(name, context.env);
  const content = await readRegularFile(path, opening).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw new PhalanxError(diagnostic("pending-file-unreadable", { file: path, reason: reasonOf(error) }));
  });
  if (content === undefined) return undefined;
  try {
    return PendingRun.parse(JSON.parse(decodeUtf8(content) ?? ""));
  } catch {
    throw new PhalanxError(diagnostic("pending-file-damaged", { file: path }, { subject: { environment } }));
  }
}

/**
 * The secrets of a pending run that still need a new value: those whose application has not changed since it was
 * planned.
 */
export function stillPending(pending: PendingRun, current: CurrentState): (ref: SecretRef) => boolean {
  const keys = new Set(pending.keys);
  return (ref) =>
    keys.has(refId(ref)) && (current.get(ref.application)?.version ?? 0) === pending.planned[ref.application];
}
