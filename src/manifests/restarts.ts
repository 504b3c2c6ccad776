import { objectId, RESTARTABLE } from "../model/consumer.js";
import type { AppliedRestart, RemovedKey, RestartAdvice, RestartStep } from "../model/impact.js";
import { groupBy } from "../model/group.js";
import { refId } from "../model/secret.js";
import type { ConsumerGap, KeyConsumer, KeyUses, WhoUses } from "../model/who-uses.js";

/**
 * What holds old values once keys have changed.
 *
 * @param applications Those of the keys, each after those it copies from.
 * @param removed Keys that are no longer there, and what comes from them: by key, the one that is gone.
 */
export function restartsFor(
  { by, keys, gaps }: WhoUses,
  applications: readonly string[],
  removed: ReadonlyMap<string, RemovedKey> = new Map(),
): AppliedRestart[] {
  const last = new Map<string, { readonly application: string; readonly step: RestartStep }>();
  const missing = missingBy(keys, removed);
  const general = gaps.filter((gap) => !("application" in gap));
  for (const application of applications) {
    const steps = new Map<string, KeyConsumer[]>();
    for (const key of keys.filter((each) => each.application === application))
      for (const consumer of key.secrets.flatMap(({ consumers }) => consumers)) {
        const id = objectId(consumer.object);
        const same = steps.get(id);
        if (same) same.push(consumer);
        else steps.set(id, [consumer]);
      }
    for (const [id, same] of steps) {
      const step = stepOf(same, last.get(id)?.step);
      if (step === undefined) continue;
      // It is restarted once, when everything it uses is new.
      last.delete(id);
      last.set(id, { application, step: notYet(step, missing.get(id)) });
    }
  }
  return applications.map((application, i) => {
    const own = keys.filter((each) => each.application === application).flatMap(({ secrets }) => secrets);
    const unknown = gaps.filter((gap) => "application" in gap && gap.application === application);
    return {
      application,
      namespace: own[0]?.namespace ?? null,
      secret: own[0]?.secret ?? null,
      by,
      steps: [...last.values()].filter((each) => each.application === application).map(({ step }) => step),
      unknown: i === 0 ? [...general, ...othersOf(gaps, applications), ...unknown] : unknown,
    };
  });
}

/** Gaps in other charts, which were read because they may also use what has changed. */
function othersOf(gaps: readonly ConsumerGap[], applications: readonly string[]): ConsumerGap[] {
  return gaps.filter((gap) => "application" in gap && !applications.includes(gap.application));
}

/** By object: what it cannot do without. */
function missingBy(
  keys: readonly KeyUses[],
  removed: ReadonlyMap<string, RemovedKey>,
): ReadonlyMap<string, readonly string[]> {
  const found = keys.flatMap((key) => {
    const gone = removed.get(refId(key));
    if (gone === undefined) return [];
    const name = gone.id === refId(key) ? `${gone.id} (missing)` : `${refId(key)} (its source ${gone.id} is missing)`;
    return (
      key.secrets
        .flatMap(({ consumers }) => consumers)
        // What takes a Secret as a whole starts without a key that was deleted on purpose.
        .filter(({ uses }) => uses.some(({ optional, keys }) => !optional && (gone.isRequired || keys !== "all")))
        .map(({ object }) => ({ id: objectId(object), name }))
    );
  });
  return new Map(
    [...groupBy(found, ({ id }) => id)].map(([id, group]) => [id, [...new Set(group.map(({ name }) => name))]]),
  );
}

function notYet(step: RestartStep, missing: readonly string[] | undefined): RestartStep {
  return missing === undefined ? step : { ...step, advice: "not-yet", missing };
}

/** Undefined for what only pulls images: the secret is read at each pull. */
function stepOf(same: readonly KeyConsumer[], before: RestartStep | undefined): RestartStep | undefined {
  const uses = same.flatMap((consumer) => consumer.uses).filter(({ kind }) => kind !== "image-pull");
  const [first] = same;
  if (first === undefined || (uses.length === 0 && before === undefined)) return before;
  // What an init container has made of a file stays as it is.
  const files = uses.every(({ kind, init }) => (kind === "volume" || kind === "projected") && !init);
  return { object: first.object, advice: adviceFor(first), files: files && before?.files !== false };
}

function adviceFor({ object: { kind, group }, workload }: KeyConsumer): RestartAdvice {
  if (!workload) return "look";
  if (group === "apps" && RESTARTABLE.has(kind)) return "rollout-restart";
  if (group === "batch" && kind === "CronJob") return "next-run";
  if (group === "batch" && kind === "Job") return "run-again";
  return "make-anew";
}
