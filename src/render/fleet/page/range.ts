/** The rows or columns that are drawn: from the first one up to, but not including, `to`. */
export type Range = readonly [from: number, to: number];

/** How many more are drawn on each side, so that not every scroll step draws some. */
const MARGIN = 4;

/** The visible range among all of them, if the view has room for `count`. */
export function range(from: number, count: number, length: number): Range {
  const first = Math.max(0, Math.min(Math.floor(from), length - Math.floor(count)));
  return [first, Math.min(length, first + Math.ceil(count) + 1)];
}

export function widened([from, to]: Range, length: number): Range {
  return [Math.max(0, from - MARGIN), Math.min(length, to + MARGIN)];
}

export function contains([from, to]: Range, [least, most]: Range): boolean {
  return from <= least && most <= to;
}

export function isIn([from, to]: Range, index: number): boolean {
  return index < 0 || (from <= index && index < to);
}
