import pLimit from "p-limit";
import { ExitCode, PhalanxError, VaultError } from "../errors.js";
import type { CurrentState } from "../model/current-state.js";
import { isEmptyPlan, plan as makePlan } from "../secrets/plan.js";
import type { Plan } from "../model/plan.js";
import { refId } from "../model/secret.js";
import type { ApplicationWrite } from "../model/write.js";
import { generatePending } from "../secrets/generate-pending.js";
import type { GeneratorPorts } from "../secrets/generators.js";
import { type FreshValue, resolve } from "../secrets/resolve.js";
import { toWrites } from "../secrets/writes.js";
import { applyWrite } from "../vault/apply-write.js";
import type { VaultSession } from "../vault/protocol.js";
import { PARALLEL_REQUESTS, readApplications } from "../vault/read-state.js";
import { resolveInput } from "./audit.js";
import { readCurrent } from "./read-current.js";
import type { Target } from "./target.js";
import { inWaves, sourcesOf } from "./waves.js";

/** How often a plan is made again because Vault changed meanwhile. */
const MAX_REPLANS = 3;

export type SyncResult =
  /** The plan has unresolved or blocked secrets: nothing was written. */
  | { readonly kind: "refused"; readonly plan: Plan }
  | { readonly kind: "done"; readonly applied: readonly AppliedWrite[] };

/** A write that the server acknowledged. */
export interface AppliedWrite {
  readonly write: ApplicationWrite;
  readonly version: number;
}

/** A run that ended early; what it had written before stays written. */
export class InterruptedSync extends PhalanxError {
  readonly applied: readonly AppliedWrite[];

  constructor(cause: PhalanxError, applied: readonly AppliedWrite[]) {
    super(cause.message, {
      cause,
      ...(cause.hint === undefined ? {} : { hint: cause.hint }),
      exitCode: applied.length > 0 ? ExitCode.findings : cause.exitCode,
    });
    this.applied = applied;
  }
}

/** What one run remembers between its plans. */
interface Run {
  readonly applied: AppliedWrite[];
  /** The newest version known of each application that this run has dealt with. */
  readonly seen: Map<string, number>;
  /** Reference ids that this run has given a new value on request; they are not regenerated again. */
  readonly regenerated: Set<string>;
  readonly replans: Map<string, number>;
}

/**
 * Makes Vault hold what the environment requires. Every write carries the version that its plan saw; if that has moved,
 * everything is read and planned again, values already generated are kept, and nothing of somebody else is overwritten.
 *
 * @throws InterruptedSync with what had been applied by then.
 */
export async function sync(session: VaultSession, target: Target, ports: GeneratorPorts): Promise<SyncResult> {
  const run: Run = { applied: [], seen: new Map(), regenerated: new Set(), replans: new Map() };
  let fresh: ReadonlyMap<string, FreshValue> = new Map();
  try {
    for (;;) {
      const current = await readCurrent(session, target, run.seen);
      const now: Target = {
        ...target,
        regenerate: (ref) => target.regenerate(ref) && !run.regenerated.has(refId(ref)),
      };
      const first = makePlan({ ...now, current, resolved: resolve(resolveInput(now, current, fresh)) });
      if (first.unresolved.length + first.blocked.length > 0) {
        if (run.applied.length === 0) return { kind: "refused", plan: first };
        throw new VaultError("Vault changed during the run so that some secrets can no longer be resolved", {
          hint: "Run an audit to see which.",
        });
      }
      if (isEmptyPlan(first)) return { kind: "done", applied: run.applied };
      const generated = await generatePending(resolveInput(now, current, fresh), ports);
      fresh = generated.fresh;
      const { resolved } = generated;
      const plan = makePlan({ ...now, current, resolved });
      const writes = toWrites({ plan, resolved, current, staticSecrets: target.staticSecrets });
      const moved = await applyInWaves(session, target, writes, run);
      moved.push(...(moved.length === 0 ? await movedSources(session, target, writes, current) : []));
      if (moved.length === 0) return { kind: "done", applied: run.applied };
      countReplans(run, moved);
    }
  } catch (error) {
    throw error instanceof PhalanxError ? new InterruptedSync(error, run.applied) : error;
  }
}

/** Writes wave by wave; stops after the wave in which something had moved, and says which applications. */
async function applyInWaves(
  session: VaultSession,
  target: Target,
  writes: readonly ApplicationWrite[],
  run: Run,
): Promise<string[]> {
  const limit = pLimit(PARALLEL_REQUESTS);
  for (const wave of inWaves(writes, target.environment)) {
    const conflicts: string[] = [];
    const results = await Promise.allSettled(
      wave.map((write) =>
        limit(async () => {
          const outcome = await applyWrite(session, target.environment.vault, write);
          if (outcome.kind === "applied") return recordApplied(run, write, outcome.version);
          conflicts.push(write.application);
          // The server has a newer version than the plan saw; a reading that still lacks it is a stale one.
          run.seen.set(write.application, (write.kind === "put" ? write.cas : write.version) + 1);
        }),
      ),
    );
    const failed = results.find((result) => result.status === "rejected");
    if (failed) throw failed.reason;
    if (conflicts.length > 0) return conflicts;
  }
  return [];
}

function recordApplied(run: Run, write: ApplicationWrite, version: number): void {
  run.applied.push({ write, version });
  run.seen.set(write.application, version);
  for (const change of write.planned.changes) {
    if (change.cause.kind === "regeneration-requested") run.regenerated.add(refId(change));
  }
}

/**
 * Applications whose copies were written from a source that this run only read: had the source changed between that
 * reading and the write, the copy would be of a value that is no longer there.
 */
async function movedSources(
  session: VaultSession,
  { environment }: Target,
  writes: readonly ApplicationWrite[],
  current: CurrentState,
): Promise<string[]> {
  const written = new Set(writes.map(({ application }) => application));
  const unwritten = new Map(
    writes.map((write) => [
      write.application,
      [...sourcesOf(write, environment)].filter((source) => !written.has(source)),
    ]),
  );
  const now = await readApplications(session, environment.vault, new Set([...unwritten.values()].flat()));
  const moved = (source: string): boolean => now.get(source)?.version !== current.get(source)?.version;
  return [...unwritten].flatMap(([application, sources]) => (sources.some(moved) ? [application] : []));
}

function countReplans({ replans }: Run, moved: readonly string[]): void {
  for (const application of moved) {
    const count = (replans.get(application) ?? 0) + 1;
    replans.set(application, count);
    if (count > MAX_REPLANS) {
      throw new VaultError(
        `${application} keeps changing in Vault: it was planned again ${MAX_REPLANS} times and not overwritten`,
        {
          hint: "Somebody else writes to it. Find out who, then run again.",
        },
      );
    }
  }
}
