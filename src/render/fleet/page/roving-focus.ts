/** How many rows and columns a key moves the focus by. */
const STEPS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  PageUp: [-10, 0],
  PageDown: [10, 0],
};

/** A row and a column of what is shown, the headings included. */
export type Position = readonly [row: number, column: number];

/** The table whose cells are moved among. Not all of them need be made. */
export interface Cells {
  readonly table: HTMLTableElement;
  readonly size: () => Position;
  readonly positionOf: (cell: HTMLElement) => Position | undefined;
  /** The cell at a position, brought to where it can be seen. */
  readonly reach: (position: Position) => HTMLElement | undefined;
}

export interface RovingFocus {
  /** Puts the keyboard focus back into the table. */
  readonly restore: () => void;
  /** Makes a cell that is shown the one for the tab key, where rows and columns were hidden. */
  readonly repair: () => void;
}

/** The arrow keys, Home and End move among what is shown; exactly one cell can be reached by tab. */
export function rovingFocus({ table, size, positionOf, reach }: Cells): RovingFocus {
  let current: HTMLElement | undefined;
  const move = (to: HTMLElement | undefined, focus: boolean): void => {
    if (to === undefined) return;
    current?.setAttribute("tabindex", "-1");
    current = to;
    current.setAttribute("tabindex", "0");
    if (focus) current.focus();
  };
  table.addEventListener("keydown", (event) => {
    // The table itself has the focus where it was scrolled away from the cell that had it.
    const from = event.target === table ? current : (event.target as HTMLElement);
    const [row, column] = (from && positionOf(from)) ?? [];
    const to = row === undefined || column === undefined ? undefined : target(event, [row, column]);
    if (to === undefined) return;
    event.preventDefault();
    const [rows, columns] = size();
    move(reach([clamp(to[0], rows), clamp(to[1], columns)]), true);
  });
  table.addEventListener("focusin", ({ target }) => {
    if (target instanceof HTMLElement && target !== table) move(target, false);
  });
  return {
    restore: () => {
      const position = current && positionOf(current);
      if (position) reach(position)?.focus();
    },
    repair: () => {
      if (current !== undefined && positionOf(current) !== undefined) return;
      const [rows, columns] = size();
      move(reach(rows > 1 && columns > 1 ? [1, 1] : [0, 0]), false);
    },
  };
}

function target({ key, ctrlKey }: KeyboardEvent, [row, column]: Position): Position | undefined {
  const step = STEPS[key];
  if (step !== undefined) return [row + step[0], column + step[1]];
  if (key === "Home") return [ctrlKey ? 0 : row, 0];
  return key === "End" ? [ctrlKey ? Number.MAX_SAFE_INTEGER : row, Number.MAX_SAFE_INTEGER] : undefined;
}

function clamp(value: number, length: number): number {
  return Math.min(Math.max(value, 0), length - 1);
}
