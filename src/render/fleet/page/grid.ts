import { h, onActivate } from "./dom.js";
import { COLUMN, gap, makeCell, ROW } from "./grid-cells.js";
import type { Cell, Fleet } from "./model.js";
import type { Place } from "./permalink.js";
import { contains, isIn, type Range, range, widened } from "./range.js";
import { type Position, rovingFocus } from "./roving-focus.js";

/** What the grid should show. */
export interface View {
  readonly applications: readonly string[];
  readonly environments: ReadonlySet<string>;
  /** Whether a cell matches the filters; the others are dimmed. */
  readonly matches: (cell: Cell | undefined) => boolean;
}

export interface Grid {
  readonly element: HTMLElement;
  readonly show: (view: View) => void;
  /** Whether a place's cell or heading is visible. */
  readonly isShown: (place: Place) => boolean;
  /** Marks it as the one with open details. */
  readonly select: (place: Place) => void;
  /** Puts the keyboard focus back into the grid. */
  readonly focus: () => void;
}

export type OpenDetail = (place: Place) => void;

/** The most cells that a browser draws at once; in a larger grid, only the visible cells are created. */
const MOST_DRAWN = 5000;

/** Applications by environments, as an ARIA grid: one stop for the tab key, the arrow keys within. */
export function makeGrid(fleet: Fleet, open: OpenDetail): Grid {
  const places = new WeakMap<Element, Place>();
  const made = new Map<string, HTMLElement>();
  const rowOf = remembered(() => h("tr", { role: "row" }));
  const corner = h(
    "th",
    { role: "columnheader", scope: "col", class: "corner", tabindex: -1 },
    h("span", {}, "Application"),
  );
  places.set(corner, {});
  const columns = new Map(fleet.environments.map(({ name }, i) => [name, i]));
  /** A cell or heading, made the first time that it is wanted. */
  const cellOf = (place: Place): HTMLElement => {
    const id = JSON.stringify([place.application, place.environment]);
    const cell = made.get(id) ?? makeCell(fleet, place, columns.get(place.environment ?? "") ?? 0) ?? corner;
    made.set(id, cell);
    places.set(cell, place);
    return cell;
  };
  const head = h("tr", { role: "row", "aria-rowindex": 1 });
  const body = h("tbody", { role: "rowgroup" });
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
  const none = h("p", { class: "none", hidden: true }, "Nothing matches.");
  const box = h("div", { class: "grid-box" }, table, none);
  let view: View = { applications: [], environments: new Set(), matches: () => true };
  let shown: { readonly applications: Map<string, number>; readonly environments: Map<string, number> };
  let drawn: { readonly rows: Range; readonly columns: Range } | undefined;
  let isPrinting = false;
  let selected: HTMLElement | undefined;

  const names = (): readonly string[] => [...shown.environments.keys()];
  const isLarge = (): boolean => !isPrinting && view.applications.length * view.environments.size > MOST_DRAWN;
  const visible = (): { rows: Range; columns: Range } => {
    const [height, width] = [view.applications.length, view.environments.size];
    if (!isLarge()) return { rows: [0, height], columns: [0, width] };
    return {
      rows: range(box.scrollTop / ROW, innerHeight / ROW, height),
      columns: range(box.scrollLeft / COLUMN, box.clientWidth / COLUMN, width),
    };
  };
  const draw = (): void => {
    const focused = table.contains(document.activeElement) ? document.activeElement : null;
    const seen = visible();
    const [rows, columns] = isLarge()
      ? [widened(seen.rows, view.applications.length), widened(seen.columns, view.environments.size)]
      : [seen.rows, seen.columns];
    drawn = { rows, columns };
    const environments = names();
    const own = environments.slice(...columns);
    const [before, after] = [columns[0], environments.length - columns[1]];
    const inRow = (first: HTMLElement, cells: readonly HTMLElement[]): HTMLElement[] => [
      first,
      ...gap("td", before),
      ...cells,
      ...gap("td", after),
    ];
    head.replaceChildren(
      ...inRow(
        corner,
        own.map((environment) => cellOf({ environment })),
      ),
    );
    const drawnRows = view.applications.slice(...rows).map((application, i) => {
      const row = rowOf(application);
      // A screen reader counts by this, and not by where a row is.
      row.setAttribute("aria-rowindex", String(rows[0] + i + 2));
      const cells = own.map((environment) => {
        const cell = cellOf({ application, environment });
        const found = fleet.cell(application, environment);
        if (found !== undefined) cell.classList.toggle("dim", !view.matches(found));
        return cell;
      });
      row.replaceChildren(...inRow(cellOf({ application }), cells));
      return row;
    });
    body.replaceChildren(...gap("tr", rows[0]), ...drawnRows, ...gap("tr", view.applications.length - rows[1]));
    // Without a cell for it, the tab key still leads into the table.
    if (table.querySelector("[tabindex='0']") === null) table.tabIndex = 0;
    else table.removeAttribute("tabindex");
    if (focused instanceof HTMLElement && document.activeElement !== focused)
      (focused.isConnected ? focused : table).focus({ preventScroll: true });
  };
  const drawMore = (): void => {
    const seen = visible();
    const isDrawn = drawn && contains(drawn.rows, seen.rows) && contains(drawn.columns, seen.columns);
    if (!isDrawn) draw();
  };
  const positionOf = (cell: HTMLElement): Position | undefined => {
    const { application, environment } = places.get(cell) ?? {};
    const row = application === undefined ? 0 : (shown.applications.get(application) ?? Number.NaN) + 1;
    const column = environment === undefined ? 0 : (shown.environments.get(environment) ?? Number.NaN) + 1;
    return places.has(cell) && row >= 0 && column >= 0 ? [row, column] : undefined;
  };
  /** A cell that is shown, made and in sight. */
  const reach = (position: Position): HTMLElement | undefined => {
    const [row, column] = position;
    const place = { application: view.applications[row - 1], environment: names()[column - 1] };
    const cell = cellOf(place);
    if (isLarge() && drawn && !(isIn(drawn.rows, row - 1) && isIn(drawn.columns, column - 1))) {
      if (row > 0) box.scrollTop = (row - 1) * ROW - box.clientHeight / 2;
      if (column > 0) box.scrollLeft = (column - 1) * COLUMN - box.clientWidth / 2;
      draw();
    }
    return cell;
  };
  const focus = rovingFocus({
    table,
    size: () => [view.applications.length + 1, view.environments.size + 1],
    positionOf,
    reach,
  });
  const choose = (target: EventTarget | null): void => {
    const cell = target instanceof Element ? target.closest<HTMLElement>("td, th") : null;
    const { application, environment } = cell?.dataset ?? {};
    if (application !== undefined || environment !== undefined) open({ application, environment });
  };
  onActivate(table, choose);
  box.addEventListener("scroll", drawMore, { passive: true });
  addEventListener("resize", drawMore);
  for (const [event, printing] of [
    ["beforeprint", true],
    ["afterprint", false],
  ] as const)
    addEventListener(event, () => {
      isPrinting = printing;
      box.classList.toggle("large", isLarge());
      draw();
    });
  return {
    element: box,
    focus: focus.restore,
    isShown: (place) => positionOf(cellOf(place)) !== undefined,
    select: (place) => {
      selected?.removeAttribute("aria-selected");
      selected = undefined;
      if (place.application === undefined && place.environment === undefined) return;
      selected = cellOf({ application: place.application, environment: place.environment });
      selected.setAttribute("aria-selected", "true");
      const position = positionOf(selected);
      if (position) reach(position)?.scrollIntoView({ block: "nearest", inline: "nearest" });
    },
    show: (wanted) => {
      view = wanted;
      const { applications, environments } = wanted;
      const ordered = fleet.environments.flatMap(({ name }) => (environments.has(name) ? [name] : []));
      shown = { applications: numbered(applications), environments: numbered(ordered) };
      const anything = applications.length > 0 && environments.size > 0;
      table.hidden = !anything;
      none.hidden = anything;
      const { style } = table;
      const isWide = isLarge();
      box.classList.toggle("large", isWide);
      // A few columns should not be stretched into bars.
      style.maxWidth = isWide ? "" : `${190 + environments.size * 64}px`;
      style.width = isWide ? `${190 + environments.size * COLUMN}px` : "";
      // Where the table scrolls sideways, many should not be squeezed into lines.
      style.setProperty("--least", `${Math.min(760, 130 + environments.size * 26)}px`);
      draw();
      focus.repair();
    },
  };
}

function numbered(names: readonly string[]): Map<string, number> {
  return new Map(names.map((name, i) => [name, i]));
}

function remembered<T>(make: (name: string) => T): (name: string) => T {
  const known = new Map<string, T>();
  return (name) => {
    const found = known.get(name) ?? make(name);
    known.set(name, found);
    return found;
  };
}
