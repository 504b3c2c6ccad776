import type { FleetRollout, RolloutApplication, Waiting, WorkloadCounts } from "../../model/fleet-rollout.js";
import { count } from "../count.js";
import { durationText } from "../duration-text.js";

/** `old in 3 workloads, in doubt in 1`; empty if all are current. */
export function heldText({ old, inDoubt }: WorkloadCounts): string {
  const doubt = old > 0 ? String(inDoubt) : count(inDoubt, "workload");
  return [
    ...(old > 0 ? [`old in ${count(old, "workload")}`] : []),
    ...(inDoubt > 0 ? [`in doubt in ${doubt}`] : []),
  ].join(", ");
}

/** The same, including when all are current. */
export function workloadsText(workloads: WorkloadCounts): string {
  const { current } = workloads;
  const held = heldText(workloads);
  if (held !== "") return current === 0 ? held : `${held}, current in ${current}`;
  return current === 0 ? "none found that uses its values" : `current in ${count(current, "workload")}`;
}

/** What an application's values are waiting for. */
export function behindText({ workloads, notCopied }: RolloutApplication): string {
  const held = heldText(workloads);
  const copies =
    notCopied.length === 0
      ? ""
      : `${secretsText(notCopied)} ${notCopied.length === 1 ? "differs" : "differ"} from Vault`;
  return [held, copies].filter((part) => part !== "").join(", ");
}

/** How many of a list are named. */
const MOST_NAMED = 3;

function secretsText(names: readonly string[]): string {
  const more = names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : "";
  return `${names.length === 1 ? "Secret" : "Secrets"} ${names.slice(0, MOST_NAMED).join(", ")}${more}`;
}

/** Since when a value has been waiting. */
export function sinceText({ since, exact }: Waiting): string {
  return `since ${exact ? "" : "at least "}${minute(since)}`;
}

/** When it was checked; and how long ago, if that is long. */
export function checkedText({ checked, stale }: Pick<FleetRollout, "checked" | "stale">, created: string): string {
  return stale ? `as of ${minute(checked)}, ${age(checked, created)} old` : `as of ${minute(checked)}`;
}

/** What is unknown because the check is old. */
export function staleText({ checked }: Pick<FleetRollout, "checked">, created: string): string {
  return `what its workloads hold now: the last check is ${age(checked, created)} old, from ${minute(checked)}`;
}

/** In days, from two days on. */
function age(from: string, to: string): string {
  const hours = Math.max(0, Math.floor((Date.parse(to) - Date.parse(from)) / 3_600_000));
  return durationText(hours < 48 ? hours * 3600 : Math.floor(hours / 24) * 86_400);
}

/** `2026-11-24 07:00 UTC`. */
function minute(time: string): string {
  const date = new Date(time);
  return `${date.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
