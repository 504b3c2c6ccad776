import { diagnostic } from "../model/diagnostics/index.js";
import type { Sharing } from "../model/diagnostics/lint.js";
import { placeId, wholeLocation } from "../config/vault-location.js";
import { credentialName, type VaultLocation, vaultPrefix } from "../model/environment.js";
import { groupBy } from "../model/group.js";
import { withoutApiWords } from "../model/names.js";
import type { Report } from "./findings.js";
import type { LintModel, Location } from "./model.js";

const SHOWN = 4;

/** Reports environments with the same server and prefix, or with prefixes below one another. */
export function checkPrefixes({ locations }: LintModel, report: Report): void {
  const located = wholeOf(locations);
  const groups = groupBy(located, ({ vault }) => placeId(vault));
  for (const location of located) checkNested(location, groups, report);
  for (const group of groups.values()) {
    const environments = group.map(({ environment }) => environment);
    if (environments.length < 2) continue;
    const sharing = cut(environments);
    for (const { place, environment } of group)
      report(diagnostic("prefix-shared", sharing, { place: place() }), [environment]);
  }
}

/** Reports environments of one server whose AppRoles have one name, though their prefixes differ. */
export function checkAppRoles({ locations }: LintModel, report: Report): void {
  for (const group of groupBy(wholeOf(locations), roleId).values()) {
    if (new Set(group.map(({ vault }) => vaultPrefix(vault))).size < 2) continue;
    const sharing = cut(group.map(({ environment }) => environment));
    for (const { environment, vault, place } of group)
      report(diagnostic("approle-name-shared", { ...sharing, name: credentialName(vault) }, { place: place() }), [
        environment,
      ]);
  }
}

/** Reports prefixes that were rather copied from a URL or a policy. */
export function checkApiPaths({ locations }: LintModel, report: Report): void {
  for (const { environment, location, place } of locations) {
    const { prefix } = location;
    const meant = prefix && withoutApiWords(prefix);
    if (prefix === undefined || meant === undefined) continue;
    const details = { given: vaultPrefix(prefix), meant };
    report(diagnostic("prefix-of-api", details, { subject: { environment }, place: place() }), [environment]);
  }
}

/** For anyone with access to the outer prefix, the inner one is part of it. */
function checkNested(
  { environment, vault, place }: Located,
  groups: ReadonlyMap<string, readonly Located[]>,
  report: Report,
): void {
  const parts = vault.path.split("/");
  for (let length = parts.length - 1; length >= 0; length--) {
    const outer = groups.get(placeId({ ...vault, path: parts.slice(0, length).join("/") }));
    if (outer === undefined) continue;
    const sharing = cut(outer.map((each) => each.environment));
    const found = diagnostic("prefix-below-another", sharing, { subject: { environment }, place: place() });
    report(found, [environment, ...sharing.environments]);
    return;
  }
}

/** Vault keeps the names of AppRoles in lower case. */
function roleId({ vault }: Located): string {
  return JSON.stringify([new URL(vault.url).href, credentialName(vault).toLowerCase()]);
}

interface Located extends Location {
  readonly vault: VaultLocation;
}

/** Those whose server and prefix could both be read. */
function wholeOf(locations: readonly Location[]): readonly Located[] {
  return locations.flatMap((each) => {
    const vault = wholeLocation(each.location);
    return vault ? [{ ...each, vault }] : [];
  });
}

/** Truncated, since each environment's finding lists all the others. */
function cut(environments: readonly string[]): Sharing {
  return { environments: environments.slice(0, SHOWN), more: Math.max(environments.length - SHOWN, 0) };
}
