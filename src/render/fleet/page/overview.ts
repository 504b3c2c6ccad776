import { ageBars } from "./age-bars.js";
import { type Finding, needsAttention } from "./attention.js";
import { h } from "./dom.js";
import { findingList } from "./finding-list.js";
import type { Fleet } from "./model.js";
import { ageSentence, daysBetween } from "./words.js";

/** The panel when no place is selected: everything that needs attention, then the ages of generated values. */
export function overview(fleet: Fleet): readonly Node[] {
  const { report } = fleet;
  const kinds = needsAttention(fleet);
  const generated = generatedValues(fleet);
  return [
    ...kinds.flatMap((kind) => findingList(kind)),
    ...(kinds.length === 0 ? [h("p", { class: "quiet" }, "Nothing needs attention. Choose a cell to see more.")] : []),
    ...(report.sharing.checked === "everywhere"
      ? []
      : [h("p", { class: "quiet" }, "Values in environments of different shards were not compared.")]),
    ...ageBars(generated.map(({ when }) => daysBetween(when, report.created))),
    // With a maximum age, the ones that exceed it are listed above.
    ...(report.maxAgeSeconds === null
      ? findingList({
          heading: "The oldest generated values",
          findings: generated.toSorted((a, b) => (a.when < b.when ? -1 : a.when > b.when ? 1 : 0)),
        })
      : []),
  ];
}

function generatedValues({ environments, report }: Fleet): readonly (Finding & { readonly when: string })[] {
  return environments.flatMap(({ name: environment, applications }) =>
    applications.flatMap(({ name: application, secrets }) =>
      secrets.flatMap(({ key, changed }) =>
        changed === undefined
          ? []
          : [
              {
                place: { environment, application, key },
                // Most of them are never shown.
                get text() {
                  return ageSentence(changed, report.created);
                },
                unit: "secret",
                when: changed.at,
              },
            ],
      ),
    ),
  );
}
