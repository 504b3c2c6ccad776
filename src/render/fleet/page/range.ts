/** From and to which of them rows or columns are made. */
export type Range = readonly [from: number, to: number];

/** How many more are made on each side of what can be seen, so that not every step of scrolling makes some. */
const MARGIN = 4;

/** What can be seen of so many, in a place for `count` of them. */
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
