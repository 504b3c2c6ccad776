import { h } from "./dom.js";
import { type Cell, type Fleet, occurringStates } from "./model.js";
import { type Note, NOTES } from "./notes.js";
import { type Filter, LONGEST_SEARCH, type Wanted } from "./permalink.js";
import { LOOKS } from "./words.js";

export interface Controls {
  readonly legend: HTMLElement;
  readonly toolbar: HTMLElement;
  readonly search: HTMLInputElement;
  /** Sets the controls as a link specifies. */
  readonly set: (wanted: Wanted) => void;
}

export const UNFILTERED: Pick<Wanted, "search" | "filters"> = { search: "", filters: new Set() };

/** Makes the legend, whose entries are filters, and the row with search and sort order. */
export function makeControls(fleet: Fleet, onChange: (wanted: Wanted) => void): Controls {
  const filters = new Set<Filter>();
  const search = h("input", {
    type: "search",
    id: "search",
    placeholder: "Application, environment or key",
    maxlength: LONGEST_SEARCH,
    autocomplete: "off",
    spellcheck: "false",
  });
  const order = h(
    "select",
    { id: "order" },
    h("option", { value: "weight" }, "Most findings first"),
    h("option", { value: "name" }, "By name"),
  );
  const buttons = [...stateButtons(fleet), ...noteButtons(fleet)];
  const reset = h("button", { type: "button", class: "plain", hidden: true }, "Clear");
  const wanted = (): Wanted => ({
    search: search.value,
    filters: new Set(filters),
    order: order.value === "name" ? "name" : "weight",
  });
  const changed = (): void => onChange(wanted());
  for (const { element, filter } of buttons) {
    element.addEventListener("click", () => {
      if (!filters.delete(filter)) filters.add(filter);
      changed();
    });
  }
  search.addEventListener("input", changed);
  order.addEventListener("change", changed);
  reset.addEventListener("click", () => {
    onChange({ ...wanted(), ...UNFILTERED });
    search.focus();
  });
  return {
    search,
    set: (next) => {
      // Setting it would move the cursor.
      if (search.value !== next.search) search.value = next.search;
      order.value = next.order;
      filters.clear();
      for (const filter of next.filters) filters.add(filter);
      for (const { element, filter } of buttons) element.setAttribute("aria-pressed", String(filters.has(filter)));
      reset.hidden = !isFiltered(next);
    },
    legend: h(
      "div",
      { class: "legend", role: "group", "aria-label": "Show only" },
      ...buttons.map(({ element }) => element),
    ),
    toolbar: h(
      "div",
      { class: "toolbar", role: "search" },
      h("label", { for: "search" }, "Search", h("kbd", {}, "/")),
      search,
      h("label", { for: "order" }, "Order"),
      order,
      reset,
    ),
  };
}

interface FilterButton {
  readonly element: HTMLButtonElement;
  readonly filter: Filter;
}

function stateButtons(fleet: Fleet): FilterButton[] {
  return occurringStates(fleet).map((state) => {
    const { symbol, word, meaning } = LOOKS[state];
    const mark = h("span", { class: `mark ${state}`, "aria-hidden": "true" }, symbol);
    return { filter: state, element: filterButton(mark, word, fleet.totals.get(state) ?? 0, meaning) };
  });
}

function noteButtons(fleet: Fleet): FilterButton[] {
  return Object.entries(NOTES).flatMap(([note, { word, countIn }]) => {
    const count = fleet.cells.reduce((sum, cell) => sum + countIn(cell), 0);
    const mark = h("span", { class: "mark noted", "aria-hidden": "true" });
    return count === 0
      ? []
      : [{ filter: note as Note, element: filterButton(mark, word, count, "marked in the corner") }];
  });
}

function filterButton(mark: HTMLElement, word: string, count: number, meaning: string): HTMLButtonElement {
  return h(
    "button",
    { type: "button", class: "filter", "aria-pressed": "false", title: meaning },
    mark,
    h("span", { class: "filter-count" }, String(count)),
    h("span", {}, word),
  );
}

/** Whether anything is hidden or dimmed. */
export function isFiltered({ search, filters }: Wanted): boolean {
  return search.trim() !== "" || filters.size > 0;
}

export function wordsOf({ search }: Wanted): readonly string[] {
  return search.toLowerCase().split(/\s+/).filter(Boolean);
}

/** Whether a cell matches. */
export function matcher(wanted: Wanted): (cell: Cell | undefined) => boolean {
  const { filters } = wanted;
  const words = wordsOf(wanted);
  const notes = (Object.keys(NOTES) as Note[]).filter((note) => filters.has(note));
  return (cell) => {
    if (cell === undefined) return false;
    const { application, environment } = cell;
    const inState = filters.has(application.state);
    const noted = notes.some((note) => NOTES[note].countIn(cell) > 0);
    if (filters.size > 0 && !inState && !noted) return false;
    return words.every(
      (word) =>
        has(application.name, word) ||
        has(environment.name, word) ||
        application.secrets.some(({ key }) => has(key, word)),
    );
  };
}

function has(text: string, word: string): boolean {
  return text.toLowerCase().includes(word);
}
