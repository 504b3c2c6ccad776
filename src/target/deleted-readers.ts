import { type ObjectName, objectId } from "../model/consumer.js";
import { type Diagnostic, diagnostic } from "../model/diagnostics/index.js";
import { changesOf, type Plan } from "../model/plan.js";
import { refId } from "../model/secret.js";
import { PULL_SECRET } from "../model/environment.js";
import type { KeySecret } from "../model/who-uses.js";
import type { Context } from "../terminal/context.js";
import type { ChartsOf } from "./consumers.js";

/**
 * What in the charts still reads what a plan deletes, going by the text of their templates: nothing is started for it. Nobody is kept
 * from deleting by a chart that cannot be read.
 *
 * @param unasked Whether nobody is asked before the deletion.
 */
export async function deletedReaders(
  context: Context,
  { environment, root }: ChartsOf,
  plan: Pick<Plan, "applications">,
  unasked: boolean,
): Promise<Diagnostic<"deleted-secret-read">[]> {
  const deleted = changesOf(plan).filter(({ action }) => action === "delete");
  if (deleted.length === 0) return [];
  const whole = new Set(
    plan.applications.flatMap(({ application, action }) =>
      action === "delete" || action === "purge" ? [application] : [],
    ),
  );
  const { findObjects } = await import("../charts/find-objects.js");
  const { whoUses } = await import("../manifests/who-uses.js");
  const found = await findObjects({
    root,
    env: { ...context.env, PHALANX_HELM: "none" },
    environment: environment.name,
    applications: [...environment.applications.keys()],
    only: new Set(deleted.map(({ application }) => application)),
    now: context.now(),
  }).catch(() => undefined);
  if (found === undefined) return [];
  const { keys } = whoUses(found, environment, deleted);
  return [...new Set(deleted.map(({ application }) => application))].flatMap((application) => {
    const own = keys.filter((key) => key.application === application);
    const isWhole = whole.has(application);
    const readers = objectsReading(
      own.flatMap((key) => key.secrets),
      isWhole,
    );
    const read = own.filter((key) => objectsReading(key.secrets, isWhole).length > 0).map(refId);
    const details = { readers, keys: isWhole || application === PULL_SECRET ? undefined : read, unasked };
    return readers.length === 0 ? [] : [diagnostic("deleted-secret-read", details, { subject: { application } })];
  });
}

/** Of a Secret that stays, only those that name a key; of one that is no longer made, what has it made if nothing else. */
function objectsReading(secrets: readonly KeySecret[], isWhole: boolean): ObjectName[] {
  const readers = secrets.flatMap(({ consumers }) =>
    consumers
      .filter(({ uses }) => uses.some(({ keys, optional }) => !optional && (isWhole || keys !== "all")))
      .map(({ object }) => object),
  );
  const objects = readers.length === 0 && isWhole ? secrets.map(({ object }) => object) : readers;
  return [...new Map(objects.map((object) => [objectId(object), object])).values()];
}
