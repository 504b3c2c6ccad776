import { PhalanxError } from "../errors.js";
import { diagnostic } from "../model/diagnostics/index.js";
import type { CurrentState } from "../model/current-state.js";
import type { VaultLocation } from "../model/environment.js";
import { decodeProvenance } from "../model/provenance.js";
import { type Context, variable } from "../terminal/context.js";
import { pendingPath } from "./interrupted-run.js";
import type { PendingRun } from "./pending-run.js";
import { sameServer } from "../access/shell-server.js";

export type Place = NonNullable<PendingRun["vault"]>;

/** Two environments with one name, in two configurations, each have their own. */
export function placeOf(context: Context, { url, mount, path }: VaultLocation): Place {
  const namespace = variable(context, "VAULT_NAMESPACE");
  return { url, ...(namespace === undefined ? {} : { namespace }), mount, path };
}

export function isElsewhere({ vault }: PendingRun, own: Place): boolean {
  return vault !== undefined && !samePlace(vault, own);
}

/** Refuses a run of an environment elsewhere that only has the same name. */
export function refuseElsewhere(context: Context, pending: PendingRun, own: Place): void {
  const { vault, environment, command, created, run } = pending;
  if (vault === undefined || !isElsewhere(pending, own)) return;
  const details = { command, created, run, there: vault, here: own, file: pendingPath(context, environment) };
  throw new PhalanxError(diagnostic("pending-run-elsewhere", details, { subject: { environment } }));
}

/** Ignores surrounding slashes. */
function namesIn(namespace = ""): string {
  return namespace.split("/").filter(Boolean).join("/");
}

function samePlace(a: Place, b: Place): boolean {
  return (
    a.mount === b.mount &&
    a.path === b.path &&
    namesIn(a.namespace) === namesIn(b.namespace) &&
    sameServer(a.url, b.url)
  );
}

/**
 * A file from an older version does not name its place. It belongs here only if that run wrote something here;
 * otherwise nothing is lost by starting again.
 */
export function isUnproven({ vault, run }: PendingRun, current: CurrentState): boolean {
  if (vault !== undefined) return false;
  return ![...current.values()].some(({ customMetadata }) =>
    [...decodeProvenance(customMetadata ?? {}).writers.values()].some((writer) => writer.run === run),
  );
}

export function refuseUnproven(context: Context, pending: PendingRun, current: CurrentState): void {
  if (!isUnproven(pending, current)) return;
  const { command, environment } = pending;
  const details = { command, file: pendingPath(context, environment) };
  throw new PhalanxError(diagnostic("pending-run-unproven", details, { subject: { environment } }));
}
