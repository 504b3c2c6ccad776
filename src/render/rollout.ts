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
import { isGone, isNowhere, isSettled, uncopied } from "../model/rollout.js";
import { count } from "./count.js";
import { shownTime } from "./log-time.js";
import { printable } from "./printable.js";
import { reasonWords } from "./rollout-reason.js";
import { type Style, wrapPainted } from "./style.js";

/** What the lines to paste begin with, and their options. */
export interface RolloutCommands {
  readonly kubectl: readonly string[];
  /** A command of phalanx for the same environment, with the same access to Vault. */
  readonly phalanx: (...words: readonly string[]) => string;
  /** Shows who uses the secrets that nothing copies; undefined if the charts cannot tell. */
  readonly consumers: { readonly names: readonly string[]; readonly command: string } | undefined;
}

/** Who holds which value, one block per secret. */
export function renderRollout(
  status: RolloutStatus,
  order: readonly string[],
  commands: RolloutCommands,
  style: Style,
): string {
  const { environment, cluster, at, secrets } = status;
  const total = totalText(status);
  const heading = `${printable(environment)} in ${clusterText(cluster)} at ${shownTime(at)}`;
  return [
    fold(style.bold(heading), style, "  ", ""),
    ...secrets.map((each) => secretText(each, style)),
    total === "" ? "" : `\n${fold(total, style, "  ", "")}`,
    nextText(status, order, commands, style),
  ].join("");
}

/** Wraps a text, but not inside a time. */
function fold(text: string, style: Style, indent: string, first = indent): string {
  const whole = text.replaceAll(TIME, (time) => time.replaceAll(" ", "\u00A0"));
  return wrapPainted(whole, style, indent, first).replaceAll("\u00A0", " ");
}

const TIME = /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/g;

/** What an operator can do, in the order in which to do it. */
function nextText(status: RolloutStatus, order: readonly string[], commands: RolloutCommands, style: Style): string {
  const { kubectl, consumers } = commands;
  const waiting = waitingCopies(status);
  const { lines, unread, uncompared, others } = restartsOf(status, order, kubectl);
  const wait = `Wait until the secrets operator of the cluster has copied ${waiting.join(", ")}: a pod that starts before that gets the old value, or does not start if the Secret is missing. If that does not happen:`;
  const block = (heading: string, pasted: readonly string[], indent = ""): string =>
    pasted.length === 0 ? "" : `\n${fold(heading, style, indent, "")}${pasted.map(commandText).join("")}`;
  const files = staleFiles(status);
  const refresh = `Wait for the kubelet to refresh the files of ${files.join(", ")}: with its default settings, this takes up to two and a half minutes.`;
  return [
    ...status.secrets.filter(isUnrestored).map((each) => {
      const { text, command } = restoreAdvice(each, status.environment, commands);
      return block(text, [command], "  ");
    }),
    consumers === undefined ? "" : block(consumersText(consumers.names), [consumers.command], "  "),
    block(wait, describeLines(status, kubectl), "  "),
    files.length === 0 ? "" : `\n${fold(refresh, style, "  ", "")}`,
    block(MATCHING, lines),
    block(UNCOMPARED, uncompared),
    block(UNREAD, unread),
    ...others.map(({ text, command }) => {
      const follow = command === undefined ? "" : commandText(command);
      return `\n${fold(text, style, "  ", "")}${follow}`;
    }),
  ].join("");
}

function consumersText(names: readonly string[]): string {
  return `To see which workloads use ${names.map(printable).join(", ")}, according to the charts:`;
}

const MATCHING =
  "The Secrets of these match Vault, so a restart gets the new values. If one is the password of a database, first make sure that the database accepts it:";

const UNREAD =
  "Do not restart these yet. First, somebody who may read the Secrets has to run phalanx rollout status. Restart these only once it says that the Secrets match Vault:";

const UNCOMPARED =
  "A template makes some values in the Secrets of these workloads, so phalanx cannot compare those values with Vault. Check the Secrets yourself before you restart:";

/** On a separate line, for pasting. */
function commandText(command: string): string {
  return `    ${command}\n`;
}

/** Secrets that do not hold Vault's current values yet, as NAMESPACE/NAME. */
function waitingCopies(status: RolloutStatus): string[] {
  return [...new Set(lateCopies(status).map(({ object, secret }) => printable(`${object.namespace}/${secret}`)))];
}

/** What Vault has no value for is never copied: waiting does not help. */
function lateCopies({ secrets }: RolloutStatus): DeliveryStatus[] {
  return secrets.flatMap(({ vault, deliveries }) => (vault.kind === "present" ? deliveries.filter(isLate) : []));
}

function isLate({ copy }: DeliveryStatus): boolean {
  return copy.kind === "differs" || copy.kind === "absent";
}

/** What the operator says about them. */
function describeLines(status: RolloutStatus, kubectl: readonly string[]): string[] {
  const lines = lateCopies(status).map(({ object: { kind, namespace, name } }) =>
    printable(commandLine(...kubectl, "-n", namespace, "describe", kind.toLowerCase(), name)),
  );
  return [...new Set(lines)];
}

/** Whether Vault has no value that the cluster could get, although something waits for it. */
function isUnrestored({ vault, deliveries }: SecretStatus): boolean {
  return (
    vault.kind !== "present" &&
    deliveries.some((each) => isLate(each) || each.workloads.some(({ holding }) => holding !== "current"))
  );
}

/** What to do before any restart. */
function restoreAdvice(
  { application, vault }: SecretStatus,
  environment: string,
  { phalanx }: Pick<RolloutCommands, "phalanx">,
): Required<Advice> {
  const name = printable(application);
  if (vault.kind !== "deleted")
    return {
      text: `Vault has no value for ${name}: do not restart its workloads. To see what is missing:`,
      command: phalanx("secrets", "audit", environment),
    };
  const latest = `The latest version of ${name} in Vault, ${vault.version},`;
  if (vault.destroyed)
    return {
      text: `${latest} is destroyed: do not restart its workloads. First restore an older version, if there is one. To list the versions:`,
      command: phalanx("secrets", "history", environment, application),
    };
  const { before = vault.takenBack ? undefined : "latest" } = vault.takenBack ?? {};
  const gone = `${latest} is soft-deleted: do not restart its workloads. First restore`;
  return before === undefined
    ? {
        text: `${gone} the version with the values that are in use. To list the versions:`,
        command: phalanx("secrets", "history", environment, application),
      }
    : {
        text: `${gone} ${before === "latest" ? "it" : `version ${before}, from before the run that wrote version ${vault.version}, which a restore soft-deleted`}:`,
        command: phalanx("secrets", "restore", environment, "--kv-version", `${before}`, application),
      };
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
  /** Not yet: the same for workloads with a Secret that may not be read. Anything but a command is a shell comment. */
  readonly unread: readonly string[];
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
  const using = (chosen: (delivery: DeliveryStatus, secret: SecretStatus) => boolean): ReadonlySet<string> =>
    new Set(
      secrets.flatMap((secret) =>
        secret.deliveries
          .filter((each) => chosen(each, secret))
          .flatMap((each) => each.workloads.map(({ object }) => objectId(object))),
      ),
    );
  const late = using((each, { vault }) => isLate(each) || vault.kind !== "present");
  const hidden = using(({ copy }) => copy.kind === "unreadable");
  const workloads = sorted.flatMap(({ deliveries }) =>
    deliveries.flatMap((each) =>
      each.workloads.filter((workload) => needsRestart(workload) && !late.has(objectId(workload.object))),
    ),
  );
  const line = ({ object }: WorkloadStatus): string =>
    printable(commandLine(...kubectl, "-n", object.namespace, "rollout", "restart", objectText(object)));
  const unread = workloads
    .filter((each) => hidden.has(objectId(each.object)) && !isBeingReplaced(each))
    .map((each) =>
      isPlain(each) ? line(each) : `# ${objectText(each.object)} in ${printable(each.object.namespace)}`,
    );
  const readable = workloads.filter((each) => !hidden.has(objectId(each.object)) || isBeingReplaced(each));
  const uncompared = new Set(readable.filter((each) => isPlain(each) && isUncompared(each)).map(line));
  const lines = readable
    .filter(isPlain)
    .map(line)
    .filter((each) => !uncompared.has(each));
  const others = readable
    .filter((each) => !isPlain(each))
    .map((each) => otherAdvice(each, kubectl))
    .map((advice) => [advice.text, advice] as const);
  // A workload that uses several is restarted once, when all are new.
  return {
    lines: [...new Set(lines.toReversed())].toReversed(),
    unread: [...new Set(unread.toReversed())].toReversed(),
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

/** Whether its rollout goes on by itself, so that the advice is only to watch it. */
function isBeingReplaced(each: WorkloadStatus): boolean {
  const isStopped = each.stalls.some(({ kind }) => kind === "paused" || kind === "on-delete");
  return RESTARTABLE.has(each.object.kind) && isUnderWay(each) && !isStopped;
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
      return { text: `${where} is managed by no controller: delete it, and create it again.` };
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
  if (names.length === 0) return waitingForVault(status);
  return `Waiting for ${count(names.length, "workload")}: ${names.join(", ")}`;
}

/** The same if no workload is known to have an old value. */
function waitingForVault(status: RolloutStatus): string {
  const nowhere = uncopied(status);
  if (nowhere.length > 0) return `Waiting until something in the cluster copies ${nowhere.map(printable).join(", ")}`;
  const missing = status.secrets.filter((each) => isUnrestored(each) || isGone(each));
  if (missing.length > 0)
    return `Waiting until Vault has a value for ${missing.map(({ application }) => printable(application)).join(", ")}`;
  return "Waiting until you are allowed to read the Secrets";
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

function secretText(secret: SecretStatus, style: Style): string {
  const { application, vault, keys, uncopiedKeys, deliveries } = secret;
  const head = `\n${style.bold(printable(application))}: ${vaultText(vault)}`;
  const unknown = isNowhere(secret)
    ? "nothing in the cluster copies it, so it is unknown which workloads hold its values"
    : isGone(secret)
      ? "it does not hold the keys in question"
      : uncopiedKeys.length > 0
        ? `nothing in the cluster copies ${uncopiedKeys.map(printable).join(", ")}, so it is unknown which workloads hold ${uncopiedKeys.length === 1 ? "its value" : "their values"}`
        : "";
  return [
    fold(head, style, "  ", ""),
    ...changeTexts(keys).map((each) => fold(each, style, "    ", "  ")),
    unknown === "" ? "" : fold(unknown, style, "    ", "  "),
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

/** Nothing if no workload is known, and nobody can tell whether there are any: the secrets say so themselves. */
function totalText(status: RolloutStatus): string {
  const { environment, secrets } = status;
  if (secrets.length === 0) return `Vault holds no secrets of ${printable(environment)}.`;
  const nowhere = uncopied(status);
  const known = countHoldings(secrets);
  if (known.old + known["in-doubt"] + known.current === 0 && (nowhere.length > 0 || secrets.some(isGone))) return "";
  const unknown =
    nowhere.length === 0
      ? ""
      : ` It is unknown which workloads hold the values of ${nowhere.map(printable).join(", ")}.`;
  return `${holdingsText(secrets)}${unknown}`;
}

function holdingsText(secrets: readonly SecretStatus[]): string {
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
