import { compareCodePoints } from "../model/code-points.js";
import { type ObjectName, objectId, RESTARTABLE } from "../model/consumer.js";
import type {
  ClusterCopy,
  ClusterName,
  DeliveryStatus,
  Holding,
  KeyChange,
  RolloutStatus,
  SecretStatus,
  Stall,
  VaultCopy,
  WorkloadStatus,
} from "../model/rollout.js";
import { commandLine } from "../model/shell.js";
import { isSettled } from "../model/rollout.js";
import { count } from "./count.js";
import { shownTime } from "./log-time.js";
import { printable } from "./printable.js";
import { reasonWords } from "./rollout-reason.js";
import { type Style, wrapPainted } from "./style.js";

/** Who holds which value, one block per secret. */
export function renderRollout(
  status: RolloutStatus,
  order: readonly string[],
  kubectl: readonly string[],
  style: Style,
): string {
  const { environment, cluster, at, secrets } = status;
  const heading = `${printable(environment)} in ${clusterText(cluster)} at ${shownTime(at)}`;
  return [
    fold(style.bold(heading), style, "  ", ""),
    ...secrets.map((each) => secretText(each, style)),
    "\n",
    fold(totalText(status), style, "  ", ""),
    nextText(status, order, kubectl, style),
  ].join("");
}

/** Wraps a text, but not inside a time. */
function fold(text: string, style: Style, indent: string, first = indent): string {
  const whole = text.replaceAll(TIME, (time) => time.replaceAll(" ", "\u00A0"));
  return wrapPainted(whole, style, indent, first).replaceAll("\u00A0", " ");
}

const TIME = /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/g;

/** What an operator can do, in the order in which to do it. */
function nextText(status: RolloutStatus, order: readonly string[], kubectl: readonly string[], style: Style): string {
  const waiting = waitingCopies(status);
  const { lines, uncompared, others } = restartsOf(status, order, kubectl);
  const wait = `Wait until the secrets operator of the cluster has copied ${waiting.join(", ")}: a pod that starts before that gets the old value, or does not start if the Secret is missing.`;
  const unread = status.secrets.some(({ deliveries }) => deliveries.some(({ copy }) => copy.kind === "unreadable"));
  const heading = unread
    ? "Do not restart these yet. First, somebody who may read the Secrets has to run phalanx rollout status. Restart these only once it says that the Secrets match Vault:"
    : "The Secrets of these match Vault, so a restart gets the new values (set a new database password in the database first):";
  const files = staleFiles(status);
  const refresh = `Wait for the kubelet to refresh the files of ${files.join(", ")}: with its default settings, this takes up to two and a half minutes.`;
  return [
    waiting.length === 0 ? "" : `\n${fold(wait, style, "  ", "")}`,
    files.length === 0 ? "" : `\n${fold(refresh, style, "  ", "")}`,
    lines.length === 0 ? "" : `\n${fold(heading, style, "", "")}${lines.map(commandText).join("")}`,
    uncompared.length === 0 ? "" : `\n${fold(UNCOMPARED, style, "", "")}${uncompared.map(commandText).join("")}`,
    ...others.map(({ text, command }) => {
      const follow = command === undefined ? "" : commandText(command);
      return `\n${fold(text, style, "  ", "")}${follow}`;
    }),
  ].join("");
}

const UNCOMPARED =
  "A template makes some values in the Secrets of these workloads, so phalanx cannot compare those values with Vault. Check the Secrets yourself before you restart:";

/** On a separate line, for pasting. */
function commandText(command: string): string {
  return `    ${command}\n`;
}

/** Secrets that do not hold Vault's current values yet, as NAMESPACE/NAME. */
function waitingCopies({ secrets }: RolloutStatus): string[] {
  const late = secrets.flatMap(({ deliveries }) => deliveries.filter(isLate));
  return [...new Set(late.map(({ object, secret }) => printable(`${object.namespace}/${secret}`)))];
}

function isLate({ copy }: DeliveryStatus): boolean {
  return copy.kind === "differs" || copy.kind === "absent";
}

/** Workloads of which only a mounted file may be old. */
function staleFiles({ secrets }: RolloutStatus): string[] {
  const workloads = secrets.flatMap(({ deliveries }) => deliveries.flatMap((each) => each.workloads));
  const waiting = workloads.filter(
    (each) =>
      each.holding !== "current" &&
      !needsRestart(each) &&
      each.reasons.some(({ reason }) => reason.kind === "file-not-refreshed"),
  );
  return [...new Set(waiting.map(({ object }) => `${objectText(object)} in ${printable(object.namespace)}`))];
}

interface Restarts {
  /** Commands to paste. */
  readonly lines: readonly string[];
  /** The same for workloads whose Secret cannot be compared with Vault. */
  readonly uncompared: readonly string[];
  /** Where kubectl rollout restart does not help, and what does. */
  readonly others: readonly Advice[];
}

interface Advice {
  readonly text: string;
  readonly command?: string;
}

/**
 * What has to be restarted: each workload once, sources of copies first; none with a Secret that is not up to date with
 * Vault.
 */
function restartsOf({ secrets }: RolloutStatus, order: readonly string[], kubectl: readonly string[]): Restarts {
  const sorted = [...secrets].sort((a, b) => order.indexOf(a.application) - order.indexOf(b.application));
  const late = new Set(
    secrets.flatMap(({ deliveries }) =>
      deliveries.filter(isLate).flatMap((each) => each.workloads.map(({ object }) => objectId(object))),
    ),
  );
  const workloads = sorted.flatMap(({ deliveries }) =>
    deliveries.flatMap((each) =>
      each.workloads.filter((workload) => needsRestart(workload) && !late.has(objectId(workload.object))),
    ),
  );
  const line = ({ object }: WorkloadStatus): string =>
    printable(commandLine(...kubectl, "-n", object.namespace, "rollout", "restart", objectText(object)));
  const uncompared = new Set(workloads.filter((each) => isPlain(each) && isUncompared(each)).map(line));
  const lines = workloads
    .filter(isPlain)
    .map(line)
    .filter((each) => !uncompared.has(each));
  const others = workloads
    .filter((each) => !isPlain(each))
    .map((each) => otherAdvice(each, kubectl))
    .map((advice) => [advice.text, advice] as const);
  // A workload that uses several is restarted once, when all are new.
  return {
    lines: [...new Set(lines.toReversed())].toReversed(),
    uncompared: [...uncompared],
    others: [...new Map(others).values()],
  };
}

function isUncompared({ reasons }: WorkloadStatus): boolean {
  return reasons.some(({ reason }) => reason.kind === "not-comparable");
}

/** Whether kubectl rollout restart is the right way. */
function isPlain(each: WorkloadStatus): boolean {
  return RESTARTABLE.has(each.object.kind) && !isUnderWay(each);
}

/** Whether its pods are already being replaced, or another restart would not replace them. */
function isUnderWay({ stalls, reasons }: WorkloadStatus): boolean {
  return stalls.length > 0 || reasons.some(({ reason }) => reason.kind === "not-started");
}

/** A restart helps neither a file that is about to be refreshed nor a pod that does not start. */
function needsRestart({ holding, reasons }: WorkloadStatus): boolean {
  return (
    holding !== "current" &&
    reasons.some(
      ({ holding: held, reason }) =>
        held !== "current" && !["file-not-refreshed", "not-in-vault", "not-started"].includes(reason.kind),
    )
  );
}

/** What every pod waits for. */
const STARTING: ReadonlySet<string> = new Set(["", "ContainerCreating", "PodInitializing"]);

function otherAdvice({ object, stalls, reasons }: WorkloadStatus, kubectl: readonly string[]): Advice {
  const where = `${objectText(object)} in ${printable(object.namespace)}`;
  const on = (...words: readonly string[]): string =>
    printable(commandLine(...kubectl, "-n", object.namespace, ...words));
  switch (object.kind) {
    case "Job":
      return { text: `${where} keeps its value until it ends. Run it again, if its result depends on the value.` };
    case "CronJob":
      return { text: `${where}: a running pod keeps its value until it finishes; the next one reads the new value.` };
    case "Pod":
      return { text: `${where} belongs to no workload: delete it, and create it again.` };
    case "DaemonSet":
    case "Deployment":
    case "StatefulSet": {
      if (stalls.some(({ kind }) => kind === "paused"))
        return {
          text: `${where} is paused. Find out why before you resume it: resuming rolls out everything that has changed since, but a changed Secret alone does not make it replace any pod. To resume it, and then restart it:`,
          command: `${on("rollout", "resume", objectText(object))} && ${on("rollout", "restart", objectText(object))}`,
        };
      if (stalls.some(({ kind }) => kind === "on-delete"))
        return { text: `${where} replaces a pod only when you delete it (OnDelete). Delete its pods one by one.` };
      const why = reasons
        .flatMap(({ reason }) => (reason.kind === "not-started" ? [reason.waiting] : []))
        .find((waiting) => !STARTING.has(waiting));
      return {
        text:
          why !== undefined
            ? `A new pod of ${where} does not start (${printable(why)}): correct that first. To watch the rollout:`
            : `${where} is being rolled out. To watch it:`,
        command: on("rollout", "status", objectText(object)),
      };
    }
    default:
      return { text: `${where}: kubectl rollout restart does not know this kind. Restart it another way.` };
  }
}

/** What a wait is still waiting for, on one line. */
export function waitingFor(status: RolloutStatus): string {
  const waiting = waitingCopies(status);
  if (waiting.length > 0) return `Waiting until the secrets operator of the cluster has copied ${waiting.join(", ")}`;
  const late = status.secrets
    .flatMap(({ deliveries }) => deliveries.flatMap(({ workloads }) => workloads))
    .filter(({ holding }) => holding !== "current");
  const names = [...new Set(late.map(({ object }) => `${printable(object.namespace)} ${objectText(object)}`))];
  return `Waiting for ${count(names.length, "workload")}: ${names.join(", ")}`;
}

/** The same for a program. */
export function rolloutResult(status: RolloutStatus, order: readonly string[], kubectl: readonly string[]): object {
  return {
    ...status,
    counts: countHoldings(status.secrets),
    settled: isSettled(status),
    restart: restartsOf(status, order, kubectl).lines,
  };
}

/** A cluster as an operator would name it. */
export function clusterText({ context, server }: ClusterName): string {
  return context === undefined ? `the cluster at ${printable(server)}` : `context ${printable(context)}`;
}

function secretText({ application, vault, keys, deliveries }: SecretStatus, style: Style): string {
  const head = `\n${style.bold(printable(application))}: ${vaultText(vault)}`;
  const nobody = deliveries.length === 0 ? fold("nothing in the cluster copies it", style, "    ", "  ") : "";
  return [
    fold(head, style, "  ", ""),
    ...changeTexts(keys).map((each) => fold(each, style, "    ", "  ")),
    nobody,
    ...deliveries.map((each) => deliveryText(each, vault, style)),
  ].join("");
}

function vaultText(copy: VaultCopy): string {
  switch (copy.kind) {
    case "present":
      return `version ${copy.version} in Vault`;
    case "deleted":
      return "deleted in Vault";
    case "absent":
      return "not in Vault";
  }
}

/** More are not listed. */
const MOST_KEYS = 3;

/** Newest first. */
function changeTexts(keys: readonly KeyChange[]): string[] {
  const newest = [...keys]
    .sort((a, b) => compareCodePoints(b.at, a.at) || compareCodePoints(a.key, b.key))
    .slice(0, MOST_KEYS);
  const each = newest.map(
    ({ key, at, exact }) =>
      `${printable(key)} ${exact ? `changed ${shownTime(at)}` : `last changed ${shownTime(at)} or earlier`}`,
  );
  const more =
    keys.length > newest.length ? [`${count(keys.length - newest.length, "other key")} changed before that`] : [];
  return [...each, ...more];
}

function deliveryText({ object, secret, copy, workloads }: DeliveryStatus, vault: VaultCopy, style: Style): string {
  const head = `Secret ${printable(secret)} in namespace ${printable(object.namespace)} (${printable(object.kind)}): ${copyText(copy, vault)}`;
  const none = workloads.length === 0 ? fold("no pod or workload uses it", style, "    ") : "";
  return fold(head, style, "      ", "  ") + none + workloads.map((each) => workloadText(each, style)).join("");
}

function copyText(copy: ClusterCopy, vault: VaultCopy): string {
  if (copy.kind === "same" && vault.kind !== "present") return "Vault has no value to compare with";
  switch (copy.kind) {
    case "same":
      return copy.since === undefined ? "matches Vault" : `matches Vault, written ${shownTime(copy.since)}`;
    case "not-comparable":
      return `matches Vault, except what a template makes, which cannot be compared: ${copy.keys.map(printable).join(", ")}`;
    case "differs":
      return `differs from Vault: ${copy.keys.map(printable).join(", ")}`;
    case "absent":
      return "missing";
    case "unreadable":
      return "you are not allowed to read it";
  }
}

const SHOWN: Readonly<Record<Holding, string>> = { current: "current", "in-doubt": "in doubt", old: "old" };

/** A current workload takes one line; others have one line per reason. */
function workloadText({ object, holding, reasons, stalls }: WorkloadStatus, style: Style): string {
  const paint = holding === "current" ? style.create : holding === "old" ? style.remove : style.update;
  const first = `    ${paint(SHOWN[holding])}${" ".repeat(10 - SHOWN[holding].length)}`;
  const why = [...reasons.map(reasonWords), ...stalls.map(stallText)];
  const below = " ".repeat(16);
  if (holding === "current") return fold(`${objectText(object)}: ${why.join("; ")}`, style, below, first);
  const lines = why.map((each) => fold(each, style, `${below}  `, below));
  return fold(objectText(object), style, below, first) + lines.join("");
}

/** An object in kubectl's form: `deployment/portal`. */
export function objectText({ kind, name }: ObjectName): string {
  return `${printable(kind.toLowerCase())}/${printable(name)}`;
}

/** What blocks a rollout, in words. */
export function stallText(stall: Stall): string {
  switch (stall.kind) {
    case "paused":
      return "paused";
    case "on-delete":
      return "OnDelete: a pod is replaced only when somebody deletes it";
    case "not-updated":
      return `${stall.updated} of ${count(stall.desired, "pod")} updated`;
    case "not-observed":
      return "its controller has not seen the last change yet";
  }
}

function totalText({ secrets }: RolloutStatus): string {
  const all = countHoldings(secrets);
  if (all.old + all["in-doubt"] === 0)
    return all.current === 0
      ? "No workload uses any of this."
      : `${count(all.current, "workload")}: all current${isReread(secrets) ? ", if the processes have reread their files" : ""}.`;
  if (all.old + all["in-doubt"] + all.current === 1) return `1 workload: ${all.old === 1 ? "old" : "in doubt"}.`;
  const parts = [
    ...(all.old > 0 ? [`${all.old} old`] : []),
    ...(all["in-doubt"] > 0 ? [`${all["in-doubt"]} in doubt`] : []),
    ...(all.current > 0 ? [`${all.current} current`] : []),
  ];
  return `${count(all.old + all["in-doubt"] + all.current, "workload")}: ${parts.join(", ")}.`;
}

/** Whether a workload is current only if its process has reread a file, which nobody can see. */
function isReread(secrets: readonly SecretStatus[]): boolean {
  return secrets
    .flatMap(({ deliveries }) => deliveries.flatMap(({ workloads }) => workloads.flatMap(({ reasons }) => reasons)))
    .some(({ reason }) => reason.kind === "file-refreshed");
}

/** Counts each workload once, by its worst state. */
export function countHoldings(secrets: readonly SecretStatus[]): Record<Holding, number> {
  const worst = new Map<string, Holding>();
  for (const { object, holding } of secrets.flatMap(({ deliveries }) => deliveries.flatMap((each) => each.workloads))) {
    const id = objectId(object);
    const before = worst.get(id);
    if (before === undefined || before === "current" || holding === "old") worst.set(id, holding);
  }
  const counts = { current: 0, "in-doubt": 0, old: 0 };
  for (const holding of worst.values()) counts[holding]++;
  return counts;
}
