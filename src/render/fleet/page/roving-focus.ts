/** How many rows and columns a key moves by. */
const STEPS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  PageUp: [-10, 0],
  PageDown: [10, 0],
};

export interface RovingFocus {
  /** Puts the keyboard focus back into the table. */
  readonly restore: () => void;
  /** Makes a visible cell the one for the tab key, where rows and columns were hidden. */
  readonly repair: () => void;
}

/** The arrow keys, Home and End move among what is visible; exactly one cell can be reached by tab. */
export function rovingFocus(table: HTMLTableElement): RovingFocus {
  let current: HTMLElement | undefined;
  const visibleRows = (): HTMLElement[][] =>
    [...table.rows].filter((row) => !row.hidden).map((row) => [...row.cells].filter((cell) => !cell.hidden));
  const move = (to: HTMLElement | undefined, focus: boolean): void => {
    if (to === undefined) return;
    current?.setAttribute("tabindex", "-1");
    current = to;
    current.setAttribute("tabindex", "0");
    if (focus) current.focus();
  };
  table.addEventListener("keydown", (event) => {
    const rows = visibleRows();
    const y = rows.findIndex((row) => row.includes(event.target as HTMLElement));
    const x = rows[y]?.indexOf(event.target as HTMLElement) ?? -1;
    const at = (row: number, column: number): HTMLElement | undefined => {
      const cells = rows[clamp(row, rows.length)];
      return cells?.[clamp(column, cells.length)];
    };
    const step = STEPS[event.key];
    const to =
      step !== undefined
        ? at(y + step[0], x + step[1])
        : event.key === "Home"
          ? at(event.ctrlKey ? 0 : y, 0)
          : event.key === "End"
            ? at(event.ctrlKey ? rows.length : y, Number.MAX_SAFE_INTEGER)
            : undefined;
    if (y < 0 || to === undefined) return;
    event.preventDefault();
    move(to, true);
  });
  table.addEventListener("focusin", ({ target }) => {
    if (target instanceof HTMLElement) move(target, false);
  });
  return {
    restore: () => current?.focus(),
    repair: () => {
      const rows = visibleRows();
      if (current === undefined || !rows.some((row) => row.includes(current as HTMLElement)))
        move(rows[1]?.[1] ?? rows[0]?.[0], false);
    },
  };
}

function clamp(value: number, length: number): number {
  return Math.min(Math.max(value, 0), length - 1);
}
