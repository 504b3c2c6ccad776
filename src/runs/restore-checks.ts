import { PhalanxError } from "../errors.js";
import { didYouMean } from "../model/nearest.js";
import type { ApplicationHistory, RestorePoint } from "../model/history.js";
import { refId, splitName } from "../model/secret.js";
import { lostText } from "../render/reason.js";
import { commandLine } from "../model/shell.js";
import type { Restoration } from "../secrets/restore.js";
import { type Context, warn } from "../terminal/context.js";
import type { PendingRun } from "./pending-run.js";

/** @throws PhalanxError if Vault has nothing of what is asked for. */
export function checkKnown(
  environment: string,
  point: RestorePoint,
  names: readonly string[],
  histories: readonly ApplicationHistory[],
  pending: PendingRun | undefined,
): void {
  const hint = { hint: `${commandLine("phalanx", "secrets", "history", environment)} shows what there is.` };
  for (const name of names) {
    const [application, key] = splitName(name);
    const history = histories.find((candidate) => candidate.application === application);
    if (history === undefined) {
      const meant = didYouMean(
        application,
        histories.map((candidate) => candidate.application),
      );
      throw new PhalanxError(
        `${application} has no history in Vault`,
        meant ? { hint: `${meant} ${hint.hint}` } : hint,
      );
    }
    if (key !== undefined && !history.versions.some(({ values }) => values?.has(key)))
      throw new PhalanxError(`${name} is in no version that can be read`, hint);
  }
  if (point.kind === "run") {
    const known = histories.some(
      ({ provenance }) =>
        [...provenance.writers.values()].some(({ run: id }) => id === point.run) ||
        provenance.events.some(({ run: id }) => id === point.run),
    );
    // A run that was interrupted before its first write left nothing but the intention.
    if (!known && pending === undefined)
      throw new PhalanxError(`No version in Vault was written by a run ${point.run}`, hint);
  }
  const earliest = Math.min(
    ...histories.flatMap(({ versions }) => versions.map(({ createdTime }) => Date.parse(createdTime))),
  );
  if (point.kind === "time" && point.time.getTime() < earliest)
    throw new PhalanxError("--at lies before everything that Vault has a history of", hint);
}

/** @throws PhalanxError that says what cannot come back, unless a part of it is enough. */
export function refuseLost({ lost }: Restoration, partial: boolean): void {
  if (lost.length === 0 || partial) return;
  throw new PhalanxError("Not everything can come back: nothing was written", {
    problems: lost.map(({ application, reason }) => ({ message: `${application}: ${lostText(reason)}` })),
    hint: "Give --partial to restore the rest, or name what you want.",
  });
}

/** What should be known before this is restored. */
export function warningsFor(point: RestorePoint, { lost, conflicts, stale }: Restoration): string[] {
  return [
    ...lost.map(({ application, reason }) => `${application} does not come back: ${lostText(reason)}`),
    ...conflicts.map((ref) => `${refId(ref)} has changed since that run, and keeps its value`),
    ...stale.map(
      (ref) => `${refId(ref)} is made from a restored secret, and its value of that time is not there: rotate it`,
    ),
    ...(point.kind === "time"
      ? [
          "KV keeps no trace of deletes and undeletes that others made and took back; around such a moment the state is uncertain",
        ]
      : []),
  ];
}

/** A run that was killed has not noted its last writes. */
export function warnOfUnknown(context: Context, pending: PendingRun, histories: readonly ApplicationHistory[]): void {
  for (const { application, metadata, provenance } of histories) {
    const planned = pending.planned[application] ?? metadata.currentVersion;
    if (metadata.currentVersion === planned || provenance.writers.has(planned + 1)) continue;
    warn(
      context,
      `${application} has changed since that run began, and nobody has noted who did it; to take it back too: ${commandLine("phalanx", "secrets", "restore", pending.environment, "--kv-version", `${planned}`, application)}`,
    );
  }
}
