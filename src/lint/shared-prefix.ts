import type { Report } from "./findings.js";
import type { LintModel, Location } from "./model.js";

const SHOWN = 4;

/** Reports environments of one server and one prefix. */
export function checkPrefixes({ locations }: LintModel, report: Report): void {
  const groups = new Map<string, Location[]>();
  for (const location of locations) {
    const { url, prefix } = location.location;
    if (url === undefined || prefix === undefined) continue;
    const id = JSON.stringify([new URL(url).href, prefix.mount, prefix.path]);
    groups.set(id, [...(groups.get(id) ?? []), location]);
  }
  for (const group of groups.values()) {
    const environments = group.map(({ environment }) => environment);
    if (environments.length < 2) continue;
    for (const { place, environment } of group) {
      report({
        ...place,
        rule: "shared-prefix",
        environments: [environment],
        message: `${together(environments)} keep their secrets under one prefix of one server`,
        hint: "Sync keeps them from deleting each other's secrets, but one of the prefixes is rather a copy of the other: give each environment its own.",
      });
    }
  }
}

/** Cut, since each of them is told about all the others. */
function together(environments: readonly string[]): string {
  const more = environments.length - SHOWN;
  return more > 0 ? `${environments.slice(0, SHOWN).join(", ")} and ${more} more` : environments.join(" and ");
}
