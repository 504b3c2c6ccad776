import { type ClusterOption, type OpenedCluster, withCluster } from "../../access/cluster.js";
import { rememberCluster } from "../../access/cluster-memory.js";
import { withVault } from "../../access/session.js";
import { findObjects } from "../../charts/find-objects.js";
import { allPrefixes } from "../../config/neighbours.js";
import { ExitCode, PhalanxError } from "../../errors.js";
import { isRefused } from "../../kubernetes/answer.js";
import { at, textOf } from "../../manifests/hostile.js";
import { diagnostic } from "../../model/diagnostics/index.js";
import { type Environment, PULL_SECRET } from "../../model/environment.js";
import type { ApplicationHistory } from "../../model/history.js";
import { isSettled, type RolloutStatus, uncopied } from "../../model/rollout.js";
import { refId, splitName } from "../../model/secret.js";
import { readHistory } from "../../operations/read-history.js";
import { forbidden, readDeliveries, readRollout, type Seen } from "../../operations/rollout-status.js";
import { type RolloutCommands, renderRollout, rolloutResult, waitingFor } from "../../render/rollout.js";
import { recogniseCluster } from "../../rollout/recognise.js";
import { nextCommand } from "../../runs/next-command.js";
import { sourcesFirst } from "../../secrets/impact.js";
import { alignByRun } from "../../secrets/history.js";
import { durationSeconds } from "../../target/duration.js";
import { type ConfigOption, type Loaded, loadFromTree } from "../../target/load.js";
import { isRequiredName, scopeOf } from "../../target/selection.js";
import { type Context, notify } from "../../terminal/context.js";
import { print, styleFor } from "../../terminal/terminal.js";

export interface StatusOptions extends ConfigOption, ClusterOption {
  readonly run?: string;
  readonly wait?: string;
}

/** `phalanx rollout status ENV [APP[/KEY]...]`: which workloads hold which value. Read-only. */
export async function run(
  context: Context,
  name: string,
  names: readonly string[],
  options: StatusOptions,
): Promise<ExitCode> {
  const wait = options.wait === undefined ? 0 : durationSeconds("--wait", options.wait) * 1000;
  const loaded = loadFromTree(context, name, options);
  const scope = scopeOf(loaded.environment, names);
  return withCluster(context, loaded.environment, options, (opened) =>
    withVault(context, loaded, undefined, async (session) => {
      const { environment } = loaded;
      const rights = nextCommand(["rollout", "rights", name], options);
      const refused = (unseen: RolloutStatus["unseen"]): PhalanxError =>
        forbidden(environment, opened.name, rights, unseen);
      const namespaces = await namespacesOf(context, loaded);
      const seen: Seen = new Map();
      const end = context.now().getTime() + wait;
      let status: RolloutStatus | undefined;
      for (let left = wait; ; left = end - context.now().getTime()) {
        const deliveries = await readDeliveries(opened.cluster, namespaces, refused);
        if (status === undefined) await recognise(context, loaded, opened, deliveries, options);
        const histories = await readHistory(session, environment.vault, { only: applicationsIn(scope) });
        status = await readRollout(
          opened.cluster,
          {
            environment,
            cluster: opened.name,
            histories,
            scope: options.run !== undefined ? { run: options.run } : names.length > 0 ? { names } : null,
            ...askedIn(environment, scope, options.run, histories),
            deliveries,
            vaultAhead: () => session.clock.ahead(),
            machineTime: () => context.now().getTime(),
            refused,
          },
          seen,
        );
        if (isSettled(status) || left <= 0) return tell(context, status, environment, options);
        const found = status;
        const done = context.progress?.(() => waitingFor(found));
        await context.sleep(Math.min(POLL, left));
        done?.();
      }
    }),
  );
}

/** Milliseconds between two polls. */
const POLL = 2000;

/**
 * Namespaces of the environment's applications; if Git does not say where one runs, it is the namespace of its name.
 */
async function namespacesOf(context: Context, { environment, root }: Loaded): Promise<ReadonlySet<string>> {
  const { namespaces } = await findObjects({
    root,
    env: context.env,
    environment: environment.name,
    applications: [...environment.applications.keys()],
    only: new Set(),
    now: context.now(),
  });
  return new Set(namespaces.values());
}

/** Makes sure that this is the environment's cluster, and remembers it. */
async function recognise(
  context: Context,
  { environment, tree }: Loaded,
  { cluster, name, kubeconfig, uid: before, isRemembered }: OpenedCluster,
  deliveries: Parameters<typeof recogniseCluster>[2]["deliveries"],
  options: StatusOptions,
): Promise<void> {
  const system = await cluster.get("namespaces", undefined, "kube-system");
  const uid = system === "absent" || isRefused(system) ? undefined : textOf(at(system.object, "metadata", "uid"));
  const words = ["rollout", "status", environment.name];
  const told = name.context === undefined ? [] : ["--context", name.context];
  recogniseCluster(
    environment,
    allPrefixes(tree),
    { cluster: name, uid, deliveries },
    {
      confirmed: before,
      given: options.clusterUid,
      confirming: (found) => nextCommand([...words, ...told, "--cluster-uid", found], options),
    },
  );
  // A pod always reads its own cluster, and often has nowhere to write.
  if (name.context === undefined || (isRemembered && before === uid)) return;
  const file = await rememberCluster(context, environment, {
    context: name.context,
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    ...(uid === undefined ? {} : { uid }),
  });
  notify(
    context,
    diagnostic("cluster-remembered", { cluster: name, file }, { subject: { environment: environment.name } }),
  );
}

/** The applications to read; undefined: all. */
function applicationsIn(scope: ReturnType<typeof scopeOf>): ReadonlySet<string> | undefined {
  if (scope === undefined) return undefined;
  return new Set([...(scope.applications ?? []), ...[...scope.keys].map((id) => splitName(id)[0])]);
}

interface Asked {
  readonly applications: readonly string[];
  readonly asked: (application: string, key: string) => boolean;
}

/** Everything, or the named secrets, or what a run has written. */
function askedIn(
  environment: Environment,
  scope: ReturnType<typeof scopeOf>,
  run: string | undefined,
  histories: readonly ApplicationHistory[],
): Asked {
  const held = new Set(histories.map(({ application }) => application));
  const known = [...environment.applications.keys(), PULL_SECRET].filter((each) => held.has(each));
  if (run !== undefined) {
    const entries = alignByRun(histories)
      .filter(({ writer }) => writer?.run === run)
      .flatMap((event) => event.entries);
    if (entries.length === 0) {
      throw new PhalanxError(
        diagnostic("rollout-run-unknown", { run }, { subject: { environment: environment.name } }),
      );
    }
    const written = new Set(
      entries.flatMap(({ application, changes }) =>
        [...(changes?.created ?? []), ...(changes?.changed ?? [])].map((key) => refId({ application, key })),
      ),
    );
    // If the version before it is gone, any key may have changed.
    const whole = new Set(
      entries.flatMap(({ application, kind, changes }) => (kind === "write" && !changes ? [application] : [])),
    );
    const isWritten = (each: string): boolean =>
      whole.has(each) || [...written].some((id) => splitName(id)[0] === each);
    return {
      applications: [
        ...known.filter((each) => entries.some(({ application }) => application === each)),
        // What the environment no longer requires may still be in use, unless the run has only deleted it.
        ...[...held].filter((each) => !known.includes(each) && isWritten(each)),
      ],
      asked: (application, key) => whole.has(application) || written.has(refId({ application, key })),
    };
  }
  if (scope === undefined) return { applications: known, asked: () => true };
  const wanted = applicationsIn(scope);
  return {
    applications: [...environment.applications.keys(), PULL_SECRET].filter((each) => wanted?.has(each)),
    asked: (application, key) =>
      scope.applications?.has(application) === true || scope.keys.has(refId({ application, key })),
  };
}

function tell(context: Context, status: RolloutStatus, environment: Environment, options: StatusOptions): ExitCode {
  const { cluster, unseen } = status;
  const order = sourcesFirst(
    status.secrets.flatMap(({ application, keys }) => keys.map(({ key }) => ({ application, key }))),
    environment,
  );
  const kubectl = [
    "kubectl",
    ...(options.kubeconfig === undefined ? [] : ["--kubeconfig", options.kubeconfig]),
    ...(cluster.context === undefined ? [] : ["--context", cluster.context]),
  ];
  const commands = {
    kubectl,
    phalanx: (...words: readonly string[]) => nextCommand(words, options),
    consumers: consumersCommand(status, environment, options),
  };
  if (context.answer) context.answer.result(rolloutResult(status, order, kubectl));
  else print(context.stdout, renderRollout(status, order, commands, styleFor(context, context.stdout)));
  if (unseen.length > 0) {
    const command = nextCommand(["rollout", "rights", environment.name], options);
    const about = { subject: { environment: environment.name } };
    notify(context, diagnostic("secrets-unread", { cluster, count: unseen.length, command }, about));
  }
  return isSettled(status) ? ExitCode.ok : ExitCode.findings;
}

/** The command that shows what the charts make of the secrets that somebody asked about and nothing copies. */
function consumersCommand(
  status: RolloutStatus,
  environment: Environment,
  { config }: StatusOptions,
): RolloutCommands["consumers"] {
  const names = status.scope === null ? [] : uncopied(status).filter((name) => isRequiredName(environment, name));
  if (names.length === 0) return undefined;
  const words = ["secrets", "consumers", environment.name, ...names];
  return { names, command: nextCommand(words, config === undefined ? {} : { config }) };
}
