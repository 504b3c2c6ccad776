import { count } from "../../count.js";
import { totalOf } from "../../../model/fleet-counts.js";
import type { FleetEnvironment } from "../../../model/fleet-report.js";
import { h } from "./dom.js";
import { describeCell, type Fleet, isNoted } from "./model.js";
import type { Place } from "./permalink.js";
import { LOOKS } from "./words.js";

/** How far apart rows and columns are where only some of them are made. */
export const [ROW, COLUMN] = [24, 26];

/** A cell of the grid or a heading; undefined for what is neither. `index` is that of the environment. */
export function makeCell(fleet: Fleet, { application, environment }: Place, index: number): HTMLElement | undefined {
  if (application !== undefined)
    return environment === undefined
      ? applicationHeader(application)
      : gridCell(fleet, application, environment, index);
  const found = fleet.environments.find(({ name }) => name === environment);
  return found && environmentHeader(found, index);
}

/** What stands for rows or columns that are not made. */
export function gap(tag: "td" | "tr", count: number): HTMLElement[] {
  if (count === 0) return [];
  if (tag === "td") return [h("td", { role: "presentation", colspan: count })];
  const cell = h("td", { role: "presentation" });
  cell.style.height = `${count * ROW - 2}px`;
  return [h("tr", { role: "presentation" }, cell)];
}

function environmentHeader({ name, state, counts, rollout }: FleetEnvironment, index: number): HTMLElement {
  const total = totalOf(counts);
  const isBehind = rollout?.settled === false;
  const parts = [
    ...(state === "audited"
      ? total === 0
        ? isBehind
          ? []
          : ["clean"]
        : [count(total, "finding")]
      : ["not audited"]),
    ...(isBehind ? ["values not picked up"] : []),
  ];
  return h(
    "th",
    {
      role: "columnheader",
      scope: "col",
      tabindex: -1,
      "aria-colindex": index + 2,
      "aria-label": `${name}: ${parts.join(", ")}`,
      "data-environment": name,
      class: state === "audited" ? "environment" : "environment off",
    },
    h("span", { class: "label", title: name }, name),
  );
}

function applicationHeader(name: string): HTMLElement {
  return h("th", { role: "rowheader", scope: "row", tabindex: -1, title: name, "data-application": name }, name);
}

function gridCell(fleet: Fleet, name: string, environment: string, index: number): HTMLElement {
  const cell = fleet.cell(name, environment);
  const label = describeCell(name, environment, cell);
  const attributes = { role: "gridcell", tabindex: -1, "aria-colindex": index + 2, "aria-label": label };
  // A cell without an application still tells where it is, for the filter of environments.
  if (cell === undefined) return h("td", { ...attributes, class: "absent", "data-environment": environment });
  const { application } = cell;
  return h(
    "td",
    {
      ...attributes,
      title: label,
      class: `cell ${application.state}${isNoted(cell) ? " noted" : ""}${application.enabled ? "" : " disabled"}`,
      "data-application": name,
      "data-environment": environment,
    },
    LOOKS[application.state].symbol,
  );
}
