import { PhalanxError } from "../errors.js";
import { isRefused, type Refused } from "../kubernetes/answer.js";
import type { Cluster } from "../kubernetes/cluster.js";
import { type ResourceKind, kindOf } from "../kubernetes/kinds.js";
import type { KubernetesSecret } from "../kubernetes/secret.js";
import { takenBackIn } from "../secrets/taken-back.js";
import { behindUse, isBehind } from "../manifests/behind.js";
import { at } from "../manifests/hostile.js";
import { readManifests } from "../manifests/read.js";
import { applicationAt } from "../manifests/vault-path.js";
import type { Delivery } from "../model/consumer.js";
import { diagnostic } from "../model/diagnostics/index.js";
import type { Environment } from "../model/environment.js";
import { groupBy } from "../model/group.js";
import type { ApplicationHistory } from "../model/history.js";
import type { ClusterName, RolloutStatus, SecretStatus, Unseen } from "../model/rollout.js";
import { momentOf } from "../rollout/clock.js";
import { compareSecret } from "../rollout/compare.js";
import { type PodFacts, podFacts } from "../rollout/pod-facts.js";
import { type DeliveredSecret, secretStatus } from "../rollout/status.js";
import { type VaultKey, vaultKeys } from "../rollout/vault-facts.js";
import { type WorkloadFacts, workloadFacts } from "../rollout/workload-facts.js";
import { type RunningWorkload, runningWorkloads } from "../rollout/workloads.js";

const DELIVERIES = ["vaultsecrets", "externalsecrets", "vaultstaticsecrets"] as const;
const RUNNING = ["pods", "deployments", "statefulsets", "daemonsets", "replicasets", "jobs", "cronjobs"] as const;

/** Everything in some namespaces that copies from Vault. */
export async function readDeliveries(
  cluster: Cluster,
  namespaces: ReadonlySet<string>,
  refused: (unseen: readonly Unseen[]) => PhalanxError,
): Promise<Delivery[]> {
  const { objects, unseen } = await listEach(cluster, DELIVERIES, namespaces);
  // Report now what would be refused later.
  if (unseen.length > 0) throw refused([...unseen, ...(await listEach(cluster, RUNNING, namespaces)).unseen]);
  return objects.flatMap(({ namespace, items }) => readManifests(items, namespace).deliveries);
}

interface Objects {
  readonly resource: (typeof DELIVERIES)[number] | (typeof RUNNING)[number];
  readonly namespace: string;
  readonly items: readonly unknown[];
  readonly at: Date | undefined;
}

/** One list per kind and namespace, and which of them are forbidden: a partial picture could be a wrong one. */
async function listEach(
  cluster: Cluster,
  resources: readonly Objects["resource"][],
  namespaces: ReadonlySet<string>,
): Promise<{ readonly objects: readonly Objects[]; readonly unseen: readonly Unseen[] }> {
  const list = (within: readonly string[], of: readonly Objects["resource"][]) =>
    Promise.all(
      within.flatMap((namespace) =>
        of.map(async (resource) => ({ resource, namespace, found: await cluster.list(resource, namespace) })),
      ),
    );
  const [one, ...others] = namespaces;
  const first = await list(one === undefined ? [] : [one], resources);
  // A kind unknown to the server is unknown in every namespace.
  const known = first.flatMap(({ resource, found }) => (found === "absent" ? [] : [resource]));
  const lists = [...first, ...(await list(others, known))];
  return {
    unseen: lists.flatMap(({ found }) => (isRefused(found) ? unseenOf(found) : [])),
    objects: lists.flatMap(({ resource, namespace, found }) =>
      found === "absent" || isRefused(found) ? [] : [{ resource, namespace, items: found.items, at: found.at }],
    ),
  };
}

function unseenOf({ verb, group, resource, namespace = "", name }: Refused): Unseen {
  return { verb, group, resource, namespace, ...(name === undefined ? {} : { name }) };
}

/** Reports everything that may not be read. */
export function forbidden(
  { name }: Pick<Environment, "name">,
  cluster: ClusterName,
  command: string,
  unseen: readonly Unseen[],
): PhalanxError {
  const summary = diagnostic("cluster-forbids", { cluster, command }, { subject: { environment: name } });
  return new PhalanxError(summary, { problems: unseen.map((each) => diagnostic("cluster-forbids-one", each)) });
}

export interface RolloutQuestion {
  readonly environment: Environment;
  readonly cluster: ClusterName;
  /** By application. */
  readonly histories: readonly ApplicationHistory[];
  readonly scope: RolloutStatus["scope"];
  readonly applications: readonly string[];
  readonly asked: (application: string, key: string) => boolean;
  readonly deliveries: readonly Delivery[];
  /** Milliseconds by which Vault's clock is ahead of this machine's. */
  readonly vaultAhead: () => number;
  /** Milliseconds since 1970, by the clock of this machine. */
  readonly machineTime: () => number;
  readonly refused: (unseen: readonly Unseen[]) => PhalanxError;
}

/**
 * What earlier polls of the same command saw. A pod that did not exist when a Secret was already as it is now was
 * created after the Secret was written, regardless of timestamps.
 */
export type Seen = Map<string, { readonly resourceVersion: string; readonly pods: ReadonlySet<string> }>;

/**
 * Finds out who holds what. Reads Vault first, then the Secrets, then the workloads, so that nothing appears newer than
 * it is.
 */
export async function readRollout(cluster: Cluster, question: RolloutQuestion, seen: Seen): Promise<RolloutStatus> {
  const { environment, applications, deliveries, histories } = question;
  const byApplication = new Map(histories.map((history) => [history.application, history]));
  const readers = groupBy(
    deliveries.flatMap((delivery) => readBy(environment, delivery).map((application) => ({ application, delivery }))),
    ({ application }) => application,
  );
  const ours = applications.map((application) => ({
    application,
    history: byApplication.get(application),
    deliveries: (readers.get(application) ?? []).map(({ delivery }) => delivery),
  }));
  const wanted = new Map(ours.flatMap((each) => each.deliveries).map((each) => [idOf(each), each]));
  const secrets = new Map(
    await Promise.all([...wanted].map(async ([id, each]) => [id, await secretOf(cluster, each)] as const)),
  );
  const namespaces = new Set([...wanted.values()].map(({ object }) => object.namespace));
  const { objects, unseen } = await listEach(cluster, RUNNING, namespaces);
  if (unseen.length > 0) throw question.refused(unseen);
  const pods = objects.flatMap(({ resource, items }) =>
    resource === "pods" ? items.flatMap((each) => podFacts(each) ?? []) : [],
  );
  const running = runningWorkloads(pods, objects.flatMap(workloadsOf));
  const last = Math.max(...objects.flatMap((each) => each.at?.getTime() ?? []), -Infinity);
  const now = Number.isFinite(last) ? last : question.machineTime();
  // A Date header is truncated to the second.
  const vaultAhead = question.vaultAhead() - (now + 500 - question.machineTime());
  const clocks = { now, vaultAhead };
  const statuses = ours.map(({ application, history, deliveries: own }) =>
    statusOf(question, { application, history, deliveries: own }, { secrets, running, seen }, clocks),
  );
  for (const [id, secret] of secrets) remember(seen, id, secret, pods);
  return {
    environment: environment.name,
    cluster: question.cluster,
    at: new Date(now).toISOString(),
    scope: question.scope,
    secrets: statuses,
    unseen: [...secrets.values()].flatMap((each) => (isRefused(each) ? unseenOf(each) : [])),
  };
}

type FoundSecret = KubernetesSecret | "absent" | Refused;

async function secretOf(cluster: Cluster, { object, secret }: Delivery): Promise<FoundSecret> {
  const found = await cluster.secret(object.namespace, secret);
  return found === "absent" || isRefused(found) ? found : found.object;
}

function idOf({ object, secret }: Delivery): string {
  return `${object.namespace}/${secret}`;
}

/** The applications whose secrets a delivery reads, each once. */
function readBy({ vault }: Environment, { by, parts }: Delivery): readonly string[] {
  return [...new Set(parts.flatMap(({ path }) => applicationAt(path, by, vault) ?? []))];
}

function workloadsOf({ resource, items }: Objects): WorkloadFacts[] {
  const { kind, group } = kindOf(resource satisfies ResourceKind);
  return resource === "pods" ? [] : items.flatMap((each) => workloadFacts(kind, group, each) ?? []);
}

interface Found {
  readonly secrets: ReadonlyMap<string, FoundSecret>;
  readonly running: readonly RunningWorkload[];
  readonly seen: Seen;
}

function statusOf(
  question: RolloutQuestion,
  own: {
    readonly application: string;
    readonly history: ApplicationHistory | undefined;
    readonly deliveries: readonly Delivery[];
  },
  { secrets, running, seen }: Found,
  clocks: Parameters<typeof secretStatus>[3],
): SecretStatus {
  const { environment, asked } = question;
  const { application, history } = own;
  const keys = history && vaultKeys(history);
  const ours = {
    vault: environment.vault,
    application,
    keys: keys?.length === 0 ? undefined : keys,
    asked: (key: string) => asked(application, key),
  };
  const changes = (keys ?? []).filter(({ key }) => asked(application, key)).map(changeOf);
  // Of a single key, only what may copy it tells anything; of a key without a value, what copies it is unknown.
  const isByKey = isAskedByKey(question.scope, application) && ours.keys !== undefined;
  const copies = (delivery: Delivery, key: string): boolean => mayCopy(environment, application, delivery, key);
  const concerned = own.deliveries.filter((each) => !isByKey || changes.some(({ key }) => copies(each, key)));
  const isNamedAlone = isByKey && own.deliveries.length > 0;
  const uncopiedKeys = changes.filter(({ key }) => isNamedAlone && !concerned.some((each) => copies(each, key)));
  const delivered = concerned.map((delivery): DeliveredSecret => {
    const found = secrets.get(idOf(delivery)) ?? "absent";
    const secret = isRefused(found) ? "unreadable" : found;
    const before = seen.get(idOf(delivery));
    return {
      delivery,
      state: typeof secret === "string" ? secret : "present",
      keys: compareSecret(delivery, ours, secret),
      writtenAt: typeof secret === "string" ? undefined : newestWrite(secret),
      createdAfter: ({ uid }) =>
        typeof secret === "object" && before?.resourceVersion === secret.resourceVersion && !before.pods.has(uid),
    };
  });
  const facts = { copy: vaultCopy(history), keys: changes, uncopiedKeys: uncopiedKeys.map(({ key }) => key) };
  return secretStatus({ application, ...facts }, delivered, running, clocks);
}

/** Whether keys of an application were asked for one by one. */
function isAskedByKey(scope: RolloutStatus["scope"], application: string): boolean {
  return scope !== null && !("names" in scope && scope.names.includes(application));
}

/** Whether a delivery copies a key of an application; a template that cannot be analysed may. */
function mayCopy({ vault }: Environment, application: string, delivery: Delivery, key: string): boolean {
  return behindUse(delivery, "all").some(
    (row) => applicationAt(row.path, delivery.by, vault) === application && isBehind(row, key) !== false,
  );
}

function changeOf({ key, at, exact }: VaultKey): Pick<VaultKey, "at" | "exact" | "key"> {
  return { key, at, exact };
}

function vaultCopy(history: ApplicationHistory | undefined): SecretStatus["vault"] {
  const latest = history?.versions.at(-1);
  if (history === undefined || latest === undefined) return { kind: "absent" };
  const { version, destroyed, values } = latest;
  if (values !== undefined) return { kind: "present", version };
  const takenBack = takenBackIn(history);
  return { kind: "deleted", version, destroyed, ...(takenBack && { takenBack }) };
}

/** When a Secret was last written, by any manager. */
function newestWrite({ managedFields }: KubernetesSecret): number | undefined {
  const times = managedFields.map((entry) => momentOf(at(entry, "time")));
  // If one has no date, its last write is unknown.
  if (times.length === 0 || times.includes(undefined)) return undefined;
  return Math.max(...times.flatMap((time) => time ?? []));
}

function remember(seen: Seen, id: string, secret: FoundSecret, pods: readonly PodFacts[]): void {
  if (secret === "absent" || isRefused(secret)) return;
  const { resourceVersion } = secret;
  // Keep the first poll that saw this version: later ones would take pods for older than they are.
  if (seen.get(id)?.resourceVersion === resourceVersion) return;
  seen.set(id, { resourceVersion, pods: new Set(pods.map(({ uid }) => uid)) });
}
