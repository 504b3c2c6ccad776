import { diagnostic } from "../model/diagnostics/index.js";
import type { Sharing } from "../model/diagnostics/lint.js";
import { credentialName, vaultPrefix } from "../model/environment.js";
import { groupBy } from "../model/group.js";
import { withoutApiWords } from "../model/names.js";
import type { Report } from "./findings.js";
import type { LintModel, Location } from "./model.js";

const SHOWN = 4;

/** Reports environments with the same server and prefix, or with prefixes below one another. */
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
    const sharing = cut(environments);
    for (const { place, environment } of group) report(diagnostic("prefix-shared", sharing, { place }), [environment]);
  }
}

/** Reports environments of one server whose AppRoles have one name, though their prefixes differ. */
export function checkAppRoles({ locations }: LintModel, report: Report): void {
  const named = locations.flatMap((each) => {
    const { url, prefix } = each.location;
    if (url === undefined || prefix === undefined) return [];
    // Vault keeps it in lower case.
    const name = credentialName(prefix);
    return [{ ...each, name, prefix, id: JSON.stringify([new URL(url).href, name.toLowerCase()]) }];
  });
  for (const group of groupBy(named, ({ id }) => id).values()) {
    if (new Set(group.map(({ prefix }) => vaultPrefix(prefix))).size < 2) continue;
    const sharing = cut(group.map(({ environment }) => environment));
    for (const { environment, name, place } of group)
      report(diagnostic("approle-name-shared", { ...sharing, name }, { place }), [environment]);
  }
}

/** Reports prefixes that were rather copied from a URL or a policy. */
export function checkApiPaths({ locations }: LintModel, report: Report): void {
  for (const { environment, location, place } of locations) {
    const { prefix } = location;
    const meant = prefix && withoutApiWords(prefix);
    if (prefix === undefined || meant === undefined) continue;
    const details = { given: vaultPrefix(prefix), meant };
    report(diagnostic("prefix-of-api", details, { subject: { environment }, place }), [environment]);
  }
}

/** For anyone with access to the outer prefix, the inner one is part of it. */
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
    const sharing = cut(outer.map((each) => each.environment));
    const found = diagnostic("prefix-below-another", sharing, { subject: { environment }, place });
    report(found, [environment, ...sharing.environments]);
    return;
  }
}

function placeId(url: string, mount: string, path: string): string {
  return JSON.stringify([new URL(url).href, mount, path]);
}

/** Truncated, since each environment's finding lists all the others. */
function cut(environments: readonly string[]): Sharing {
  return { environments: environments.slice(0, SHOWN), more: Math.max(environments.length - SHOWN, 0) };
}
