import { count } from "../../count.js";
import { applicationDetail } from "./application-detail.js";
import { makeControls, matcher, type Wanted } from "./controls.js";
import { byId, h } from "./dom.js";
import { environmentDetail } from "./environment-detail.js";
import { makeGrid } from "./grid.js";
import { makeHeader } from "./header.js";
import { type PageReport, readFleet } from "./model.js";
import { overview } from "./overview.js";

const fleet = readFleet(JSON.parse(byId("report").textContent ?? "") as PageReport);

const heading = h("h2", { id: "panel-title", tabindex: -1 });
const content = h("div", { class: "panel-content" });
const close = h("button", { type: "button", class: "plain close", hidden: true }, "Close", h("kbd", {}, "Esc"));
const panel = h(
  "aside",
  { class: "panel", "aria-labelledby": "panel-title" },
  h("div", { class: "panel-head" }, heading, close),
  content,
);
const status = h("p", { class: "status", role: "status", "aria-live": "polite" });

function fillPanel(title: string, nodes: readonly Node[], isDetail: boolean): void {
  heading.textContent = title;
  content.replaceChildren(...nodes);
  close.hidden = !isDetail;
  panel.classList.toggle("detail", isDetail);
  panel.scrollTop = 0;
}

function openDetail(application: string | undefined, environment: string): void {
  const found = fleet.environments.find(({ name }) => name === environment);
  const cell = application === undefined ? undefined : fleet.cell(application, environment);
  if (found === undefined || (application !== undefined && cell === undefined)) return;
  grid.select(application, environment);
  if (cell === undefined) fillPanel(environment, environmentDetail(fleet, found), true);
  else
    fillPanel(
      cell.application.name,
      applicationDetail(fleet, cell, (name) => openDetail(name, environment)),
      true,
    );
  heading.focus();
}

function showOverview(): void {
  grid.select(undefined, undefined);
  const nodes = overview(fleet, openDetail);
  const quiet = [h("p", { class: "quiet" }, "Nothing ends soon, nothing is shared. Choose a cell to see more.")];
  fillPanel("What to look at", nodes.length === 0 ? quiet : nodes, false);
}

const grid = makeGrid(fleet, openDetail);

function refresh(wanted: Wanted): void {
  const matches = matcher(wanted);
  const restricted = wanted.words.length > 0 || wanted.filters.size > 0;
  const names = fleet.environments.map(({ name }) => name);
  const hits = (application: string): string[] => names.filter((name) => matches(fleet.cell(application, name)));
  const applications = fleet.applications.filter((name) => !restricted || hits(name).length > 0);
  // Words choose environments too; buttons only point at cells.
  const environments = wanted.words.length === 0 ? new Set(names) : new Set(applications.flatMap(hits));
  grid.show({
    applications: ordered(applications, wanted.order),
    environments,
    matches: restricted ? matches : () => true,
  });
  status.textContent = `${count(applications.length, "application")} in ${count(environments.size, "environment")}`;
}

/** Applications of equal weight stay in the order of their names. */
function ordered(names: readonly string[], order: Wanted["order"]): readonly string[] {
  return order === "name" ? names : names.toSorted((a, b) => fleet.weight(b) - fleet.weight(a));
}

const controls = makeControls(fleet, refresh);

close.addEventListener("click", () => {
  showOverview();
  grid.focus();
});

document.addEventListener("keydown", (event) => {
  if (event.key === "/" && event.target !== controls.search) {
    event.preventDefault();
    controls.search.focus();
    controls.search.select();
  } else if (event.key === "Escape") {
    if (event.target === controls.search) controls.clear();
    else if (!close.hidden) close.click();
  }
});

byId("page").append(
  makeHeader(fleet, controls.legend),
  h(
    "main",
    {},
    h("div", { class: "map" }, h("div", { class: "bar-row" }, controls.toolbar, status), grid.element, legendOfKeys()),
    panel,
  ),
);
refresh({ words: [], filters: new Set(), order: "weight" });
showOverview();

function legendOfKeys(): HTMLElement {
  const keys: readonly (readonly [string, string])[] = [
    ["↑ ↓ ← →", "move"],
    ["Enter", "open"],
    ["Esc", "close"],
    ["/", "search"],
  ];
  return h("p", { class: "keys quiet" }, ...keys.flatMap(([key, what]) => [h("kbd", {}, key), ` ${what}  `]));
}
