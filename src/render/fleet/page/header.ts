import { count } from "../../count.js";
import { totalOf } from "../../../model/fleet-counts.js";
import { h, svg } from "./dom.js";
import { type Fleet, occurringStates } from "./model.js";
import { LOOKS } from "./words.js";

/** The one sentence that most people come for, the switch between light and dark, and the legend. */
export function makeHeader(fleet: Fleet, legend: HTMLElement): HTMLElement {
  const { report, environments } = fleet;
  const when = `${report.created.slice(0, 16).replace("T", " ")} UTC`;
  const facts = [
    count(environments.length, "environment"),
    count(fleet.applications.length, "application"),
    when,
    `phalanx ${report.tool}`,
    ...(report.commit === "" ? [] : [`configuration ${report.commit}`]),
  ];
  return h(
    "header",
    {},
    h("div", { class: "title" }, h("h1", {}, headline(fleet)), themeSwitch()),
    h("p", { class: "facts-line" }, facts.join(" · ")),
    proportions(fleet),
    legend,
  );
}

function headline({ environments }: Fleet): string {
  const audited = environments.filter(({ state }) => state === "audited");
  const bad = audited.filter(({ counts, rollout }) => totalOf(counts) > 0 || rollout?.settled === false).length;
  const off = environments.length - audited.length;
  const rest = off === 0 ? "" : `, ${off} not audited`;
  if (bad === 0)
    return audited.length === 0
      ? "No environment was audited"
      : audited.length === 1
        ? `The only audited environment is clean${rest}`
        : `All ${audited.length} audited environments are clean${rest}`;
  return `${bad} of ${count(environments.length, "environment")} ${bad === 1 ? "needs" : "need"} attention${rest}`;
}

/** One bar, as long as all cells together. */
function proportions(fleet: Fleet): Element {
  const states = occurringStates(fleet);
  const total = states.reduce((sum, state) => sum + (fleet.totals.get(state) ?? 0), 0);
  let x = 0;
  const label = states.map((state) => `${fleet.totals.get(state) ?? 0} ${LOOKS[state].word}`).join(", ");
  return svg(
    "svg",
    { class: "proportions", viewBox: "0 0 1000 10", preserveAspectRatio: "none", role: "img", "aria-label": label },
    ...states.map((state) => {
      const width = ((fleet.totals.get(state) ?? 0) / Math.max(total, 1)) * 1000;
      const rect = svg("rect", { class: state, x, y: 0, width: Math.max(width, 1), height: 10 });
      x += width;
      return rect;
    }),
  );
}

const THEMES = ["auto", "light", "dark"] as const;

function themeSwitch(): HTMLElement {
  const buttons = THEMES.map((theme) => {
    const button = h("button", { type: "button", "aria-pressed": String(theme === "auto") }, theme);
    button.addEventListener("click", () => {
      document.documentElement.dataset["theme"] = theme;
      for (const other of buttons) other.setAttribute("aria-pressed", String(other === button));
    });
    return button;
  });
  return h("div", { class: "themes", role: "group", "aria-label": "Colours" }, ...buttons);
}
