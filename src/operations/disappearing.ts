import { compareCodePoints } from "../model/code-points.js";
import type { CurrentState } from "../model/current-state.js";
import { type Diagnostic, diagnostic } from "../model/diagnostics/index.js";
import { type VaultLocation, vaultPrefix } from "../model/environment.js";
import type { Plan } from "../model/plan.js";
import type { AppliedWrite } from "./apply-plan.js";

type Disappearing = Diagnostic<"version-will-disappear">;

/**
 * What Vault holds now and will delete by itself. Everything looks fine until it all disappears at the same time.
 *
 * @param vault Where the server says that it is.
 * @param plan One about to be applied: what it writes again needs no warning about the old version.
 */
export function disappearing(vault: VaultLocation, current: CurrentState, plan?: Plan): Disappearing[] {
  const written = new Set(plan?.applications.map(({ application }) => application));
  return together(
    vault,
    [...current].flatMap(([application, state]) =>
      state.kind === "present" && state.deletionTime !== undefined && !written.has(application)
        ? [{ application, version: state.version, time: state.deletionTime }]
        : [],
    ),
  );
}

/** The same for what was just written. */
export function disappearingWrites(vault: VaultLocation, applied: readonly AppliedWrite[]): Disappearing[] {
  return together(
    vault,
    applied.flatMap(({ write: { application }, version, deletionTime }) =>
      deletionTime === undefined ? [] : [{ application, version, time: deletionTime }],
    ),
  );
}

function together(vault: VaultLocation, versions: Disappearing["details"]["versions"]): Disappearing[] {
  if (versions.length === 0) return [];
  const sorted = versions.toSorted((a, b) => compareCodePoints(a.application, b.application));
  return [diagnostic("version-will-disappear", { mount: vault.mount, prefix: vaultPrefix(vault), versions: sorted })];
}
