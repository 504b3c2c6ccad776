import type { Report } from "./findings.js";
import type { LintModel, Location } from "./model.js";

const SHOWN = 4;

/** Reports environments of one server and one prefix, or of prefixes below one another. */
export function checkPrefixes({ locations }: LintModel, report: Report): void {
  const groups = new Map<string, Location[]>();
  for (const location of locations) {
    const { url, prefix } = location.location;
    if (url === undefined || prefix === undefined) continue;
    const id = placeId(url, prefix.mount, prefix.path);
    const others = groups.get(id);
    if (others) others.push(location);
    else groups.set(id, [location]);
  }
  for (const location of locations) checkNested(location, groups, report);
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

/** To whoever may use the outer one, the inner one is part of it. */
function checkNested(
  { environment, location: { url, prefix }, place }: Location,
  groups: ReadonlyMap<string, readonly Location[]>,
  report: Report,
): void {
  if (url === undefined || prefix === undefined) return;
  const parts = prefix.path.split("/");
  for (let length = parts.length - 1; length >= 0; length--) {
    const outer = groups.get(placeId(url, prefix.mount, parts.slice(0, length).join("/")));
    if (outer === undefined) continue;
    const names = outer.map((each) => each.environment);
    report({
      ...place,
      rule: "shared-prefix",
      environments: [environment, ...names.slice(0, SHOWN)],
      message: `the prefix of ${environment} is below that of ${together(names)}`,
      hint: "A token for the outer prefix reaches what is below it: put the prefixes beside each other.",
    });
    return;
  }
}

function placeId(url: string, mount: string, path: string): string {
  return JSON.stringify([new URL(url).href, mount, path]);
}

/** Cut, since each of them is told about all the others. */
function together(environments: readonly string[]): string {
  const more = environments.length - SHOWN;
  return more > 0 ? `${environments.slice(0, SHOWN).join(", ")} and ${more} more` : environments.join(" and ");
}
