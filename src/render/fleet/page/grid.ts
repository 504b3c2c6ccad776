import { count } from "../../count.js";
import { totalOf } from "../../../model/fleet-counts.js";
import type { FleetEnvironment } from "../../../model/fleet-report.js";
import { h, onActivate } from "./dom.js";
import { type Cell, describeCell, type Fleet, isNoted } from "./model.js";
import type { Place } from "./permalink.js";
import { rovingFocus } from "./roving-focus.js";
import { LOOKS } from "./words.js";

/** What the grid is asked to show. */
export interface View {
  readonly applications: readonly string[];
  readonly environments: ReadonlySet<string>;
  /** Whether a cell belongs to what is filtered for; the others are dimmed. */
  readonly matches: (cell: Cell | undefined) => boolean;
}

export interface Grid {
  readonly element: HTMLElement;
  readonly show: (view: View) => void;
  /** Whether the cell or heading of a place is among what is shown. */
  readonly isShown: (place: Place) => boolean;
  /** Marks it as the one whose details are open. */
  readonly select: (place: Place) => void;
  /** Puts the keyboard focus back into the grid. */
  readonly focus: () => void;
}

export type OpenDetail = (place: Place) => void;

/**
 * Applications by environments, as an ARIA grid: one stop for the tab key, the arrow keys within. All cells are made
 * once; a view only moves and hides rows.
 */
export function makeGrid(fleet: Fleet, open: OpenDetail): Grid {
  const head = h(
    "tr",
    { role: "row", "aria-rowindex": 1 },
    h("th", { role: "columnheader", scope: "col", class: "corner", tabindex: -1 }, h("span", {}, "Application")),
    ...fleet.environments.map(environmentHeader),
  );
  const rows = new Map(fleet.applications.map((name) => [name, applicationRow(fleet, name)]));
  const body = h("tbody", { role: "rowgroup" }, ...rows.values());
  const table = h(
    "table",
    {
      role: "grid",
      "aria-label": "State of each application in each environment",
      "aria-rowcount": fleet.applications.length + 1,
      "aria-colcount": fleet.environments.length + 1,
    },
    h("thead", { role: "rowgroup" }, head),
    body,
  );
  const focus = rovingFocus(table);
  const choose = (target: EventTarget | null): void => {
    const cell = target instanceof Element ? target.closest<HTMLElement>("td, th") : null;
    const { application, environment } = cell?.dataset ?? {};
    if (application !== undefined || environment !== undefined) open({ application, environment });
  };
  onActivate(table, choose);
  const cellOf = ({ application, environment }: Place): HTMLElement | undefined => {
    if (environment === undefined) return application === undefined ? undefined : rows.get(application)?.cells[0];
    const row = application === undefined ? head : rows.get(application);
    return [...(row?.cells ?? [])].find(({ dataset }) => dataset["environment"] === environment);
  };
  let selected: HTMLElement | undefined;
  const none = h("p", { class: "none", hidden: true }, "Nothing matches.");
  return {
    element: h("div", { class: "grid-box" }, table, none),
    focus: focus.restore,
    isShown: (place) => {
      const cell = cellOf(place);
      return cell !== undefined && !cell.hidden && cell.parentElement?.hidden === false;
    },
    select: (place) => {
      selected?.removeAttribute("aria-selected");
      selected = cellOf(place);
      selected?.setAttribute("aria-selected", "true");
      selected?.scrollIntoView({ block: "nearest", inline: "nearest" });
    },
    show: ({ applications, environments, matches }) => {
      const shown = new Set(applications);
      for (const [name, row] of rows) row.hidden = !shown.has(name);
      const ordered = applications.flatMap((name) => rows.get(name) ?? []);
      // A screen reader counts by this, and not by where a row is.
      for (const [i, row] of ordered.entries()) row.setAttribute("aria-rowindex", String(i + 2));
      body.append(...ordered);
      for (const cell of table.querySelectorAll<HTMLElement>("[data-environment]")) {
        const { application, environment = "" } = cell.dataset;
        cell.hidden = !environments.has(environment);
        if (application !== undefined) cell.classList.toggle("dim", !matches(fleet.cell(application, environment)));
      }
      const anything = applications.length > 0 && environments.size > 0;
      table.hidden = !anything;
      // A few columns should not be stretched into bars.
      table.style.maxWidth = `${190 + environments.size * 64}px`;
      // Where the table scrolls sideways, many should not be squeezed into lines.
      table.style.setProperty("--least", `${Math.min(760, 130 + environments.size * 26)}px`);
      none.hidden = anything;
      focus.repair();
    },
  };
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

function applicationRow(fleet: Fleet, name: string): HTMLTableRowElement {
  return h(
    "tr",
    { role: "row" },
    h("th", { role: "rowheader", scope: "row", tabindex: -1, title: name, "data-application": name }, name),
    ...fleet.environments.map((environment, i) => gridCell(fleet, name, environment.name, i)),
  );
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
