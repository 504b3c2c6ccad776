import { isExpiring } from "../../../model/fleet-counts.js";
import { h, svg } from "./dom.js";
import type { OpenDetail } from "./grid.js";
import type { Fleet } from "./model.js";
import { ageSentence, daysBetween, expiryText } from "./words.js";

interface Item {
  readonly environment: string;
  readonly application?: string;
  readonly title: string;
  readonly text: string;
  /** What the list is ordered by; the smallest first. */
  readonly order: string;
}

const SHOWN = 5;

/** What to look at when no cell is chosen: who was not asked, what ends soon, what is old, what is shared. */
export function overview(fleet: Fleet, open: OpenDetail): readonly Node[] {
  const { report } = fleet;
  return [
    ...block("Not audited", unaudited(fleet), open),
    ...block("Ends soon", expiries(fleet), open),
    ...block("One value in several environments", shared(fleet), open),
    ...(report.sharing.checked === "everywhere"
      ? []
      : [h("p", { class: "quiet" }, "Values in environments of different shards were not compared.")]),
    ...ages(fleet),
    ...block("The oldest generated values", oldest(fleet), open),
  ];
}

function block(heading: string, items: readonly Item[], open: OpenDetail): readonly Node[] {
  if (items.length === 0) return [];
  const sorted = items.toSorted((a, b) => (a.order < b.order ? -1 : a.order > b.order ? 1 : 0));
  const list = h("ul", { class: "items" }, ...sorted.slice(0, SHOWN).map((item) => itemButton(item, open)));
  const more = h("button", { type: "button", class: "plain" }, `Show all ${sorted.length}`);
  more.addEventListener("click", () => {
    list.append(...sorted.slice(SHOWN).map((item) => itemButton(item, open)));
    more.remove();
    list.querySelectorAll("button")[SHOWN]?.focus();
  });
  return [
    h("h3", {}, heading, h("span", { class: "count" }, String(items.length))),
    list,
    ...(sorted.length > SHOWN ? [more] : []),
  ];
}

function itemButton({ environment, application, title, text }: Item, open: OpenDetail): HTMLElement {
  const button = h(
    "button",
    { type: "button", class: "item" },
    h("span", { class: "item-title" }, title),
    h("span", { class: "item-text" }, text),
  );
  button.addEventListener("click", () => open(application, environment));
  return h("li", {}, button);
}

function unaudited({ environments }: Fleet): Item[] {
  return environments.flatMap(({ name, state, failure }) =>
    state === "audited"
      ? []
      : [{ environment: name, title: name, text: failure?.message ?? "no credentials", order: name }],
  );
}

function expiries({ environments, report }: Fleet): Item[] {
  return environments.flatMap(({ name, token, applications }) => [
    ...(isExpiring(token)
      ? [
          {
            environment: name,
            title: `${name}: Vault token`,
            text: expiryText(token, report.created),
            order: token.at,
          },
        ]
      : []),
    ...applications.flatMap(({ name: application, secrets }) =>
      secrets.flatMap(({ key, certificate }) =>
        isExpiring(certificate)
          ? [
              {
                environment: name,
                application,
                title: `${name}: ${application}/${key}`,
                text: `certificate ${expiryText(certificate, report.created)}`,
                order: certificate.at,
              },
            ]
          : [],
      ),
    ),
  ]);
}

function shared({ report }: Fleet): Item[] {
  return report.sharing.values.flatMap((members) => {
    const [first] = members;
    if (first === undefined) return [];
    const { application, key, environment } = first;
    const where = members.map((member) =>
      member.application === application && member.key === key
        ? member.environment
        : `${member.environment} (${member.application}/${member.key})`,
    );
    const title = `${application}/${key}`;
    return [{ environment, application, title, text: where.join(", "), order: title }];
  });
}

function generated({ environments }: Fleet) {
  return environments.flatMap(({ name, applications }) =>
    applications.flatMap(({ name: application, secrets }) =>
      secrets.flatMap(({ key, changed, tooOld }) =>
        changed === undefined ? [] : [{ environment: name, application, key, changed, tooOld }],
      ),
    ),
  );
}

function oldest(fleet: Fleet): Item[] {
  const { report } = fleet;
  const all = generated(fleet).filter(({ tooOld }) => report.maxAgeSeconds === null || tooOld);
  return all.map(({ environment, application, key, changed }) => ({
    environment,
    application,
    title: `${environment}: ${application}/${key}`,
    text: ageSentence(changed, report.created),
    order: changed.at,
  }));
}

const BINS = [
  ["1 month", 31],
  ["3 months", 92],
  ["6 months", 183],
  ["1 year", 366],
  ["2 years", 731],
  ["older", Number.POSITIVE_INFINITY],
] as const;

/** How old the generated values are, as bars. */
function ages(fleet: Fleet): readonly Node[] {
  const days = generated(fleet).map(({ changed }) => daysBetween(changed.at, fleet.report.created));
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
          svg("text", { x: x + 31, y: 90 }, i === BINS.length - 1 ? text : `< ${text}`),
        );
      }),
    ),
  ];
}
