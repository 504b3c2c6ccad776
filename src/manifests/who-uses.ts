import { compareCodePoints } from "../model/code-points.js";
import { type Environment, PULL_SECRET, PULL_SECRET_KEY, whyAbsent } from "../model/environment.js";
import { groupBy } from "../model/group.js";
import type { SecretRef } from "../model/secret.js";
import type { Delivery, Use } from "../model/consumer.js";
import type { FoundObjects, KeyConsumer, KeySecret, MissingKey, WhoUses } from "../model/who-uses.js";
import { isBehind, keysBehind } from "./behind.js";
import { applicationAt } from "./vault-path.js";
import { type BackedUse, type DeliveryConsumers, joinConsumers } from "./join.js";

/** Who uses some keys of an environment, according to the charts that were read. */
export function whoUses(
  { charts, by, gaps }: Omit<FoundObjects, "namespaces">,
  environment: Pick<Environment, "vault" | "applications">,
  refs: readonly SecretRef[],
): WhoUses {
  const { vault } = environment;
  const joined = joinConsumers(
    charts.flatMap(({ deliveries }) => deliveries),
    charts.flatMap(({ consumers }) => consumers),
  );
  const byApplication = groupBy(
    joined.flatMap((each) =>
      [...new Set(each.delivery.parts.map(({ path }) => path))].flatMap((path) => {
        const application = applicationAt(path, each.delivery.by, vault);
        return application === undefined ? [] : [{ application, path, ...each }];
      }),
    ),
    ({ application }) => application,
  );
  const asked = new Set(refs.map(({ application }) => application));
  const concerned = new Set(
    [...asked].flatMap((application) =>
      (byApplication.get(application) ?? []).map(({ delivery }) => delivery.object.namespace),
    ),
  );
  const elsewhere = new Set(
    charts
      .filter(({ application, namespace }) => !asked.has(application) && !concerned.has(namespace))
      .map(({ application }) => application),
  );
  return {
    by,
    // A library chart uses Secrets where it is deployed, and none of these is there.
    gaps: gaps.filter((gap) => gap.kind !== "remote-chart" || !elsewhere.has(gap.application)),
    keys: refs.map(({ application, key }) => ({
      application,
      key,
      secrets: (byApplication.get(application) ?? []).flatMap((each) => keySecret(each, key) ?? []),
    })),
    missing: [...asked].flatMap((application) =>
      (byApplication.get(application) ?? []).flatMap((each) => missingKeys(application, each, environment)),
    ),
  };
}

function keySecret(
  { delivery, consumers, path }: DeliveryConsumers & { path: string },
  key: string,
): KeySecret | undefined {
  const dataKeys = dataKeysOf(delivery, path, key);
  if (dataKeys?.length === 0) return undefined;
  return {
    secret: delivery.secret,
    namespace: delivery.object.namespace,
    by: delivery.by,
    object: delivery.object,
    dataKeys,
    consumers: consumers.toSorted(inOrder).flatMap(({ object, workload, uses }): KeyConsumer[] => {
      const own = uses.filter(({ behind }) => behind.some((row) => row.path === path && isBehind(row, key) !== false));
      return own.length === 0 ? [] : [{ object, workload, uses: own.map(withoutBehind) }];
    }),
  };
}

/** The keys read by name from an application's Secret that the application does not require. */
function missingKeys(
  application: string,
  { delivery, consumers }: DeliveryConsumers,
  environment: Pick<Environment, "applications">,
): MissingKey[] {
  const required = environment.applications.get(application)?.secrets;
  // Anything else in the Secret has other names than in Vault.
  const isPlain = delivery.parts.every(({ kind }) => kind === "keys") && delivery.parts.length === 1;
  if (required === undefined || !isPlain) return [];
  const read = consumers.flatMap(({ object, workload, uses }) =>
    uses
      .filter(({ optional }) => !optional)
      .flatMap((use) => (use.keys === "all" ? [] : use.keys).map((key) => ({ key, object, workload, use }))),
  );
  const groups = groupBy(
    read.filter(({ key }) => !required.has(key)),
    ({ key }) => key,
  );
  return [...groups]
    .sort(([a], [b]) => compareCodePoints(a, b))
    .map(([key, uses]) => ({
      application,
      key,
      absence: whyAbsent(environment, { application, key }),
      secret: delivery.secret,
      namespace: delivery.object.namespace,
      consumers: uses
        .map(({ object, workload, use }) => ({ object, workload, uses: [withoutBehind(use)] }))
        .sort(inOrder),
    }));
}

/** The data keys of a Secret that hold a key of Vault; undefined if a template makes that unknown. */
function dataKeysOf(delivery: Delivery, path: string, key: string): readonly string[] | undefined {
  const found: string[] = [];
  for (const part of delivery.parts) {
    if (part.path !== path) continue;
    if (part.kind === "key" && part.key === key) found.push(part.as);
    if (part.kind === "keys" && keysBehind({ ...delivery, parts: [part] }, key).length > 0) found.push(key);
    if (part.kind === "made" && part.from?.includes(key) !== false) {
      if (part.as === undefined) return undefined;
      found.push(part.as);
    }
  }
  return [...new Set(found)];
}

const KINDS = ["Deployment", "StatefulSet", "DaemonSet", "CronJob", "Job"];

function withoutBehind(use: BackedUse): Use {
  const { behind, ...plain } = use;
  return behind.length === 0 ? use : plain;
}

type Ordered = Pick<KeyConsumer, "object" | "workload">;

function rank({ object, workload }: Ordered): number {
  const at = workload ? KINDS.indexOf(object.kind) : KINDS.length + 1;
  return at < 0 ? KINDS.length : at;
}

/** Workloads first, those that are restarted before those that run once; then by name, regardless of the chart. */
function inOrder(a: Ordered, b: Ordered): number {
  return (
    rank(a) - rank(b) ||
    compareCodePoints(a.object.kind, b.object.kind) ||
    compareCodePoints(a.object.name, b.object.name)
  );
}

export const PULL_SECRET_REF: SecretRef = { application: PULL_SECRET, key: PULL_SECRET_KEY };

/** Whether `APP` or `APP/KEY` names the pull secret. */
export function namesPullSecret(application: string, key: string | undefined): boolean {
  return application === PULL_SECRET && (key === undefined || key === PULL_SECRET_KEY);
}
