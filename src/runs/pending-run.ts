import { link, rm } from "node:fs/promises";
import * as z from "zod/mini";
import { PhalanxError } from "../errors.js";
import { diagnostic } from "../model/diagnostics/index.js";
import type { KeptOptions } from "../model/diagnostics/runs.js";
import type { CurrentState } from "../model/current-state.js";
import { changesOf, type Plan } from "../model/plan.js";
import { decodeProvenance } from "../model/provenance.js";
import { decodeUtf8 } from "../model/text-encoding.js";
import { refId, type SecretRef } from "../model/secret.js";
import { reasonOf } from "../files/file-fault.js";
import { type OpenFile, openOwn } from "../files/ownership.js";
import { readRegularFile } from "../files/read-bounded.js";
import type { Context } from "../terminal/context.js";
import { makeStateDirectory, statePath } from "../terminal/state-directory.js";
import { writePrivateFile, writeRefusal } from "../files/write-file.js";
import { jsonText } from "../render/json.js";

/**
 * What an interrupted rotation or regeneration needs in order to go on instead of starting anew: which secrets get a
 * new value, and the version of each application before that. No value.
 */
const PendingRun = z.strictObject({
  format: z.literal("phalanx-pending-run"),
  version: z.literal(1),
  environment: z.string(),
  /** Of which server and prefix; unknown in files that older versions left. */
  vault: z.optional(
    z.strictObject({ url: z.string(), namespace: z.optional(z.string()), mount: z.string(), path: z.string() }),
  ),
  command: z.enum(["rotate", "sync --regenerate"]),
  run: z.string(),
  /** The runs that have gone on with it and were interrupted, too, the oldest first. */
  resumed: z.optional(z.array(z.string())),
  created: z.string(),
  /** The secrets that were asked for, as APP/KEY. */
  keys: z.array(z.string()),
  /** By application: the version that the plan saw; 0 if there was none. */
  planned: z.record(z.string(), z.int()),
});
export type PendingRun = z.infer<typeof PendingRun>;

/** How often the run of another may come and go while this one looks for its place. */
const ATTEMPTS = 10;

export function pendingPath(context: Context, environment: string): string {
  return statePath(context, `${environment}.pending.json`);
}

/** Keeps what is pending, before the first write. Of two runs at once, the second one is refused. */
export async function keepPending(
  context: Context,
  details: Pick<PendingRun, "environment" | "vault" | "command" | "run">,
  plan: Plan,
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
    planned,
  };
  await makeStateDirectory(path);
  const own = `${path}.${details.run}`;
  await writePrivateFile(own, path, jsonText(pending), true);
  try {
    for (let attempt = 1; ; attempt++) {
      // Either the whole of it appears, or what another run keeps stays.
      const refused = await link(own, path).catch((error: NodeJS.ErrnoException) => error);
      if (refused === undefined) return;
      const other = refused.code === "EEXIST" ? await readPending(context, details.environment) : undefined;
      if (other !== undefined) throw pendingAlready(other, kept);
      // What was there has gone since: that run has ended.
      if (refused.code !== "EEXIST" || attempt === ATTEMPTS) throw writeRefusal(refused, path);
    }
  } finally {
    await rm(own, { force: true });
  }
}

/** Notes that another run goes on with it, before its first write: whoever takes it all back needs every run. */
export async function keepResumed(context: Context, pending: PendingRun, run: string): Promise<void> {
  const path = pendingPath(context, pending.environment);
  const resumed = [...(pending.resumed ?? []), run];
  await writePrivateFile(path, path, jsonText({ ...pending, resumed }), true);
}

/** The runs that began it and of which Vault has notes, the newest first. */
export function earlierRuns({ run, resumed = [] }: PendingRun, current: CurrentState): string[] {
  const noted = new Set(
    [...current.values()].flatMap(({ customMetadata }) => {
      const { writers, events } = decodeProvenance(customMetadata);
      return [...writers.values(), ...events].map((note) => note.run);
    }),
  );
  return [run, ...resumed].filter((id) => noted.has(id)).reverse();
}

/** The refusal of a run that another one stands before. */
export function pendingAlready({ command, environment, created, run }: PendingRun, kept: KeptOptions): PhalanxError {
  return new PhalanxError(
    diagnostic("pending-run-exists", { command, created, run, ...kept }, { subject: { environment } }),
  );
}

/** Forgets it, once everything is written. */
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
    throw new PhalanxError(diagnostic("pending-file-damaged", { file: path }));
  }
}

/** The secrets of a pending run that still have to get a new value: those whose application is as it was planned. */
export function stillPending(pending: PendingRun, current: CurrentState): (ref: SecretRef) => boolean {
  const keys = new Set(pending.keys);
  return (ref) =>
    keys.has(refId(ref)) && (current.get(ref.application)?.version ?? 0) === pending.planned[ref.application];
}
