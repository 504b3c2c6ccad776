import { h, svg } from "./dom.js";

/** The labels of the bars, and the upper bound in days of each. */
const BINS = [
  ["1 month", 31],
  ["3 months", 92],
  ["6 months", 183],
  ["1 year", 366],
  ["2 years", 731],
  ["older", Number.POSITIVE_INFINITY],
] as const;

/** Short enough to fit beside the next one. */
function shownUnder(label: string): string {
  return label === "older" ? label : `< ${label.replace(/ months?/, " mo")}`;
}

/** How many values are how old, as bars; empty if there are none. */
export function ageBars(days: readonly number[]): readonly Node[] {
  if (days.length === 0) return [];
  let from = Number.NEGATIVE_INFINITY;
  const bars = BINS.map(([label, to]) => {
    const number = days.filter((age) => age >= from && age < to).length;
    from = to;
    return { label, number };
  });
  const most = Math.max(...bars.map(({ number }) => number), 1);
  const label = `Ages of ${days.length} generated values: ${bars.map((bar) => `${bar.label} ${bar.number}`).join(", ")}`;
  return [
    h("h3", {}, "Age of generated values", h("span", { class: "count" }, String(days.length))),
    svg(
      "svg",
      { class: "ages", viewBox: "0 0 372 96", role: "img", "aria-label": label },
      ...bars.map(({ label: text, number }, i) => {
        const height = number === 0 ? 0 : Math.max(2, (number / most) * 58);
        const x = i * 62;
        return svg(
          "g",
          { class: "bar" },
          svg("rect", { x: x + 3, y: 74 - height, width: 56, height, rx: 3 }),
          svg("text", { x: x + 31, y: 68 - height, class: "number" }, String(number)),
          svg("text", { x: x + 31, y: 90 }, shownUnder(text)),
        );
      }),
    ),
  ];
}
