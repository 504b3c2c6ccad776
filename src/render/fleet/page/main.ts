import { count } from "../../count.js";
import { printable } from "../../printable.js";
import { applicationDetail, applicationEverywhere } from "./application-detail.js";
import { isFiltered, makeControls, matcher, UNFILTERED, wordsOf } from "./controls.js";
import { byId, h } from "./dom.js";
import { environmentDetail } from "./environment-detail.js";
import { makeGrid } from "./grid.js";
import { makeHeader } from "./header.js";
import { type PageReport, readFleet } from "./model.js";
import { overview } from "./overview.js";
import { makePanel } from "./panel.js";
import { linkTo, type PageState, type Place, placeText, readState, type Wanted } from "./permalink.js";

const fleet = readFleet(JSON.parse(byId("report").textContent ?? "") as PageReport);
const status = h("p", { class: "status", role: "status", "aria-live": "polite" });
/** Created once, so that expanded lists still are when the user returns. */
const wholeFleet = overview(fleet);

/** What the page shows; also encoded in `location.hash`. */
let state: PageState;

const panel = makePanel(
  (hash) => {
    const { place, lost } = readState(hash, fleet);
    open(place, lost);
  },
  () => {
    open({});
    grid.focus();
  },
);
const grid = makeGrid(fleet, open);
const controls = makeControls(fleet, (wanted) => {
  // Otherwise each letter would be a step in the history.
  const isTyping = wanted.search !== state.wanted.search && state.wanted.search !== "";
  go({ ...state, wanted }, isTyping);
});

/** Opens a place, with the current filters if they include it. */
function open(place: Place, lost?: string): void {
  const isHidden = (place.environment ?? place.application) !== undefined && !grid.isShown(place);
  go({ place, lost, wanted: isHidden ? { ...state.wanted, ...UNFILTERED } : state.wanted });
}

/** Shows a state, and adds it to the browser's history. */
function go(next: PageState, instead = false): void {
  const isElsewhere = show(next);
  const link = linkTo(next.place, next.wanted);
  if (link !== (location.hash || "#")) history[instead ? "replaceState" : "pushState"](null, "", link);
  if (isElsewhere) panel.focus();
}

/** @returns Whether the panel now shows another place. */
function show(next: PageState): boolean {
  const before = state as PageState | undefined;
  state = next;
  const { place, wanted, lost } = next;
  if (before === undefined || linkTo({}, wanted) !== linkTo({}, before.wanted)) {
    controls.set(wanted);
    refresh(wanted);
  }
  grid.select(place);
  if (before !== undefined && lost === before.lost && linkTo(place) === linkTo(before.place)) return false;
  const name = printable(placeText(place));
  document.title = name === "" ? "phalanx: fleet audit" : `${name} · phalanx: fleet audit`;
  panel.show(place, lost, contentOf(place));
  return true;
}

function contentOf({ environment, application, key }: Place): readonly Node[] {
  const found = fleet.environments.find(({ name }) => name === environment);
  if (application === undefined) return found ? environmentDetail(fleet, found) : wholeFleet;
  const cell = environment === undefined ? undefined : fleet.cell(application, environment);
  if (cell === undefined) return applicationEverywhere(fleet, application);
  return applicationDetail(fleet, cell, key, (name) => open({ environment, application: name }));
}

function refresh(wanted: Wanted): void {
  const matches = matcher(wanted);
  const restricted = isFiltered(wanted);
  const names = fleet.environments.map(({ name }) => name);
  const hits = new Map(
    fleet.applications.map((application) => [
      application,
      restricted ? names.filter((name) => matches(fleet.cell(application, name))) : names,
    ]),
  );
  const applications = fleet.applications.filter((name) => !restricted || hits.get(name)?.length);
  // Words choose environments too; buttons only point at cells.
  const isNamed = wordsOf(wanted).length > 0;
  const environments = new Set(isNamed ? applications.flatMap((name) => hits.get(name) ?? []) : names);
  grid.show({
    applications: ordered(applications, wanted.order),
    environments,
    matches: restricted ? matches : () => true,
  });
  status.textContent = `${count(applications.length, "application")} in ${count(environments.size, "environment")}`;
}

/** Applications of equal weight stay sorted by name. */
function ordered(names: readonly string[], order: Wanted["order"]): readonly string[] {
  return order === "name" ? names : names.toSorted((a, b) => fleet.weight(b) - fleet.weight(a));
}

document.addEventListener("keydown", (event) => {
  if (event.key === "/" && event.target !== controls.search) {
    event.preventDefault();
    controls.search.focus();
    controls.search.select();
  } else if (event.key === "Escape") {
    if (event.target === controls.search) go({ ...state, wanted: { ...state.wanted, ...UNFILTERED } });
    else panel.close();
  }
});

function legendOfKeys(): HTMLElement {
  const keys: readonly (readonly [string, string])[] = [
    ["↑ ↓ ← →", "move"],
    ["Enter", "open"],
    ["Esc", "close"],
    ["/", "search"],
  ];
  return h("p", { class: "keys quiet" }, ...keys.flatMap(([key, what]) => [h("kbd", {}, key), ` ${what}  `]));
}

byId("page").append(
  makeHeader(fleet, controls.legend),
  h(
    "main",
    {},
    h("div", { class: "map" }, h("div", { class: "bar-row" }, controls.toolbar, status), grid.element, legendOfKeys()),
    panel.element,
  ),
);
show(readState(location.hash, fleet));
addEventListener("hashchange", () => {
  if (show(readState(location.hash, fleet))) panel.focus();
});
