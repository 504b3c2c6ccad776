import { count } from "../../count.js";
import type { Finding, Kind, Scope } from "./attention.js";
import { h } from "./dom.js";
import { linkTo, type Place, placeText } from "./permalink.js";

const FIRST_SHOWN = 5;
/** How many more to show at once: as many as a browser draws smoothly. */
const MORE_SHOWN = 100;

/** A heading with a count, and a link for each finding; a long list is collapsed. */
export function findingList({ heading, findings }: Kind, scope: Scope = {}): readonly Node[] {
  if (findings.length === 0) return [];
  const list = h("ul", { class: "items" });
  const more = h("button", { type: "button", class: "plain" });
  const show = (number: number): void => {
    const from = list.children.length;
    list.append(...findings.slice(from, from + number).map((finding) => findingItem(finding, scope)));
    const left = findings.length - list.children.length;
    more.textContent = `Show ${Math.min(left, MORE_SHOWN)} more${left > MORE_SHOWN ? ` of ${left}` : ""}`;
    more.hidden = left === 0;
    if (from > 0) list.children[from]?.querySelector("a")?.focus();
  };
  more.addEventListener("click", () => show(MORE_SHOWN));
  show(FIRST_SHOWN);
  return [h("h3", {}, heading, h("span", { class: "count" }, howMany(findings))), list, more];
}

/** `1 token, 3 certificates`. */
function howMany(findings: readonly Finding[]): string {
  const byUnit = new Map<string, number>();
  for (const { unit } of findings) byUnit.set(unit, (byUnit.get(unit) ?? 0) + 1);
  return [...byUnit].map(([unit, number]) => count(number, unit)).join(", ");
}

function findingItem({ place, text, others = [] }: Finding, scope: Scope): HTMLElement {
  const [title, ...rest] = [titleOf(place, scope), text].filter((line) => line !== "");
  return h(
    "li",
    {},
    h(
      "a",
      { class: "item", href: linkTo(place) },
      h("span", { class: "item-title" }, title),
      ...rest.map((line) => h("span", { class: "item-text" }, line)),
    ),
    others.length > 0 &&
      h(
        "p",
        { class: "others" },
        "also in ",
        ...others.flatMap((other, i) => [i === 0 ? "" : ", ", otherLink(other, place)]),
      ),
  );
}

/** Findings need not repeat what the panel is about. */
function titleOf({ environment, application, key }: Place, scope: Scope): string {
  if (scope.application !== undefined) return placeText({ environment, application: key });
  return placeText({ environment: scope.environment === undefined ? environment : undefined, application, key });
}

function otherLink(other: Place, first: Place): HTMLElement {
  const isAlike = other.application === first.application && other.key === first.key;
  return h("a", { href: linkTo(other) }, isAlike ? (other.environment ?? "") : placeText(other));
}
