import { lineFrom } from "../../place.js";
import { isExpiring } from "../../../model/fleet-counts.js";
import { ageBars } from "./age-bars.js";
import { h } from "./dom.js";
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
    ...ageBars(generated(fleet).map(({ changed }) => daysBetween(changed.at, report.created))),
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
      : [
          {
            environment: name,
            title: name,
            text: failure ? lineFrom(failure.diagnostic) : "no credentials",
            order: name,
          },
        ],
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
      secrets.flatMap(({ key, certificate, disappears }) =>
        Object.entries({ certificate, "version in Vault": disappears }).flatMap(([what, expiry]) =>
          isExpiring(expiry)
            ? [
                {
                  environment: name,
                  application,
                  title: `${name}: ${application}/${key}`,
                  text: `${what} ${expiryText(expiry, report.created)}`,
                  order: expiry.at,
                },
              ]
            : [],
        ),
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
