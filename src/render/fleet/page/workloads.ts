import type { FleetEnvironment } from "../../../model/fleet-report.js";
import { type FleetWorkload, isBehind, type RolloutApplication } from "../../../model/fleet-rollout.js";
import { behindText, checkedText, sinceText, workloadsText } from "../rollout-words.js";
import { applicationCommands } from "./commands.js";
import { commandList } from "./copy.js";
import { h } from "./dom.js";

/** Which workloads hold old values, and what else blocks a rollout. */
export function workloadsOf(environment: FleetEnvironment, rollout: RolloutApplication, now: string): readonly Node[] {
  const { workloads, behind, waiting, name } = rollout;
  const isLate = isBehind(rollout);
  const parts = [
    isLate ? behindText(rollout) : workloadsText(workloads),
    ...(waiting ? [sinceText(waiting)] : []),
    ...(environment.rollout ? [checkedText(environment.rollout, now)] : []),
  ];
  return [
    h(
      "h3",
      {},
      "Workloads",
      h("span", { class: "count" }, String(workloads.old + workloads.inDoubt + workloads.current)),
    ),
    h("p", { class: isLate ? undefined : "quiet" }, parts.join(", ")),
    ...(behind.length === 0 ? [] : [h("ul", { class: "workloads" }, ...behind.map(workloadItem))]),
    ...(isLate ? commandList(applicationCommands(environment, name)) : []),
  ];
}

function workloadItem({ kind, namespace, name, holding, detail }: FleetWorkload): HTMLElement {
  return h(
    "li",
    {},
    h("span", { class: `badge ${holding === "old" ? "missing" : "drifted"}` }, holding === "old" ? "old" : "in doubt"),
    h("span", { class: "workload" }, ` ${kind} ${namespace}/${name}`),
    detail !== "" && h("span", { class: "line" }, detail),
  );
}
