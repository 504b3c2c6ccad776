import { PhalanxError } from "../errors.js";
import { diagnostic } from "../model/diagnostics/index.js";
import type { CurrentState } from "../model/current-state.js";
import type { VaultLocation } from "../model/environment.js";
import { decodeProvenance } from "../model/provenance.js";
import { type Context, variable } from "../terminal/context.js";
import { type PendingRun, pendingPath } from "./pending-run.js";
import { sameServer } from "../access/shell-server.js";

export type Place = NonNullable<PendingRun["vault"]>;

/** Two environments with one name, in two configurations, each have their own. */
export function placeOf(context: Context, { url, mount, path }: VaultLocation): Place {
  const namespace = variable(context, "VAULT_NAMESPACE");
  return { url, ...(namespace === undefined ? {} : { namespace }), mount, path };
}

/** Refuses a run of an environment elsewhere that only has the same name. */
export function refuseElsewhere(
  context: Context,
  { vault, environment, command, created, run }: PendingRun,
  own: Place,
): void {
  if (vault === undefined || samePlace(vault, own)) return;
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
export function refuseUnproven(context: Context, pending: PendingRun, current: CurrentState): void {
  if (pending.vault !== undefined) return;
  for (const { customMetadata } of current.values()) {
    const { writers } = decodeProvenance(customMetadata ?? {});
    if ([...writers.values()].some(({ run }) => run === pending.run)) return;
  }
  const { command, environment } = pending;
  const details = { command, file: pendingPath(context, environment) };
  throw new PhalanxError(diagnostic("pending-run-unproven", details, { subject: { environment } }));
}
