import { commandLine } from "../../model/shell.js";
import { refId, type SecretRef } from "../../model/secret.js";
import { isExpiring } from "../../model/fleet-counts.js";
import { EXPIRY_WARNING_DAYS, type Expiry, type FleetEnvironment, type FleetReport } from "../../model/fleet-report.js";
import { isBehind } from "../../model/fleet-rollout.js";
import { count } from "../count.js";
import { durationText } from "../duration-text.js";
import { checkedText, heldText, sinceText, staleText } from "./rollout-words.js";
import { splitAtCommand } from "../fold.js";
import { lineFrom } from "../place.js";
import { printable } from "../printable.js";
import { type Style, wrap } from "../style.js";

/**
 * Details behind the table's counts, section by section; a section without lines is omitted.
 *
 * @param access The options with which commands for a single environment find it.
 */
export function renderFleetNotes(report: FleetReport, style: Style, access: readonly string[]): string {
  const { environments, maxAgeSeconds } = report;
  return [
    section("One prefix in Vault for several environments:", environments.flatMap(prefixLines), style),
    section("One generated value in several environments:", sharedLines(report), style),
    section(`Expired, or expiring within ${EXPIRY_WARNING_DAYS} days:`, environments.flatMap(expiryLines), style),
    section(`Generated values older than ${durationText(maxAgeSeconds ?? 0)}:`, environments.flatMap(ageLines), style),
    section("Static secrets that only Vault has:", environments.flatMap(unsourcedLines), style),
    section("Static secrets that were not compared with a source:", environments.flatMap(uncomparedLines), style),
    section("Values that are not picked up:", rolloutLines(report, access), style),
    section("Not checked:", uncheckedLines(report), style),
    section("Warnings:", environments.flatMap(warningLines), style),
    section("What to do:", [...environments.flatMap(failureLines), ...findingsLine(environments, access)], style),
  ].join("");
}

/** The table only counts. */
function findingsLine(environments: readonly FleetEnvironment[], access: readonly string[]): string[] {
  const found = environments.filter(
    ({ counts }) => counts.missing + counts.drifted + counts.unknown + counts.unresolved > 0,
  );
  const [first] = found;
  if (first === undefined) return [];
  const whose = found.length === 1 ? first.name : `an environment, for example ${first.name}`;
  const { name, staticSource, givenFiles, tokenVariable } = first;
  // As in a shard of an earlier version.
  const isUnknown = staticSource === "file" && givenFiles === undefined;
  const file = isUnknown ? " (add --secrets FILE, unless phalanx.yaml names the file)" : "";
  const token = tokenVariable === undefined ? "" : `VAULT_TOKEN="$${tokenVariable}" `;
  const sources = (givenFiles ?? []).flatMap((each) => ["--secrets", each]);
  return [
    `to see the findings of ${whose}${file}: ${token}${commandLine("phalanx", "secrets", "audit", name, ...sources, ...access)}`,
  ];
}

function section(heading: string, lines: readonly string[], style: Style): string {
  const bullets = lines.map((line) => {
    const [what, command] = splitAtCommand(line) ?? [];
    // A command that does not fit gets a line of its own, so that it can be pasted.
    return what === undefined || command === undefined || line.length + 2 <= style.width
      ? wrap(line, style, "  ", "• ")
      : `${wrap(what, style, "  ", "• ")}    ${printable(command)}\n`;
  });
  return lines.length === 0 ? "" : `\n${style.bold(heading)}\n${bullets.join("")}`;
}

function prefixLines({ name, vault, samePrefixAs }: FleetEnvironment): string[] {
  return samePrefixAs ? [`${name}: ${vault?.prefix ?? ""}, shared with ${samePrefixAs.join(", ")}`] : [];
}

function sharedLines({ sharing }: FleetReport): string[] {
  return sharing.values.map((members) => {
    const byName = new Map<string, string[]>();
    for (const member of members) {
      byName.set(refId(member), [...(byName.get(refId(member)) ?? []), member.environment]);
    }
    return [...byName].map(([name, where]) => `${name} (${where.join(", ")})`).join(" = ");
  });
}

function expiryLines({ name, token, applications }: FleetEnvironment): string[] {
  const certificates = applications.flatMap(({ name: application, secrets }) =>
    secrets.flatMap(({ key, certificate }) =>
      isExpiring(certificate)
        ? [`${name}: certificate in ${refId({ application, key })} ${expiryText(certificate)}`]
        : [],
    ),
  );
  // The keys of one version are listed together.
  const versions = applications.flatMap(({ name: application, secrets }) => {
    const disappears = secrets.find((secret) => isExpiring(secret.disappears))?.disappears;
    return disappears ? [`${name}: the version of ${application} in Vault ${expiryText(disappears)}`] : [];
  });
  const lines = [...certificates, ...versions];
  return isExpiring(token) ? [`${name}: the Vault token ${expiryText(token)}`, ...lines] : lines;
}

function expiryText({ at, state }: Expiry): string {
  return `${state === "expired" ? "expired" : "expires"} on ${at.slice(0, 10)}`;
}

/** One line per environment: individual lines would be noise, and the page has them all. */
function ageLines({ name, applications }: FleetEnvironment): string[] {
  const old = applications
    .flatMap(({ name: application, secrets }) =>
      secrets.flatMap(({ key, changed, tooOld }) => (tooOld && changed ? [{ application, key, changed }] : [])),
    )
    .sort((a, b) => a.changed.at.localeCompare(b.changed.at));
  const [oldest] = old;
  if (oldest === undefined) return [];
  const since = `since ${oldest.changed.exact ? "" : "at least "}${oldest.changed.at.slice(0, 10)}`;
  return [`${name}: ${old.length}, the oldest ${refId(oldest)} (${since})`];
}

function unsourcedLines({ name, applications }: FleetEnvironment): string[] {
  const refs = applications.flatMap(({ name: application, secrets }) =>
    secrets.flatMap(({ key, unsourced }): SecretRef[] => (unsourced ? [{ application, key }] : [])),
  );
  return refs.length === 0 ? [] : [`${name}: ${refs.map(refId).join(", ")}`];
}

/** How many static secrets have no source to compare with. */
export function uncomparedStatics({ state, staticSource, applications }: FleetEnvironment): number {
  if (state !== "audited" || staticSource !== "none") return 0;
  return applications.flatMap(({ secrets }) => secrets.filter(({ kind }) => kind === "static")).length;
}

function uncomparedLines(environment: FleetEnvironment): string[] {
  const uncompared = uncomparedStatics(environment);
  return uncompared === 0 ? [] : [`${environment.name}: ${count(uncompared, "static secret")}`];
}

/** One line per environment, with the command to run if there is something to do. */
function rolloutLines({ environments, created }: FleetReport, access: readonly string[]): string[] {
  return environments.flatMap(({ name, rollout }) => {
    if (rollout === undefined || rollout.settled) return [];
    const { applications, workloads, waiting } = rollout;
    const late = applications.filter(isBehind).map((each) => each.name);
    const copies = applications.flatMap(({ notCopied }) => notCopied).length;
    const parts = [
      heldText(workloads),
      copies === 0 ? "" : `${count(copies, "Secret differs", "Secrets differ")} from Vault`,
      waiting === undefined ? "" : sinceText(waiting),
      checkedText(rollout, created),
    ];
    const named =
      late.slice(0, MOST_NAMED).join(", ") + (late.length > MOST_NAMED ? ` and ${late.length - MOST_NAMED} more` : "");
    const about = late.length === 0 ? "" : ` (${named})`;
    return [
      `${name}: ${parts.filter((part) => part !== "").join(", ")}${about}: ${commandLine("phalanx", "rollout", "status", name, ...access)}`,
    ];
  });
}

/** How many applications of an environment are listed by name. */
const MOST_NAMED = 5;

function uncheckedLines({ sharing, environments, created }: FleetReport): string[] {
  const notes = environments.flatMap(({ name, staticNote, rollout }) => [
    ...(staticNote ? [`${name}: ${staticNote.summary}`] : []),
    ...(rollout?.stale && rollout.settled ? [`${name}: ${staleText(rollout, created)}`] : []),
    ...(rollout && rollout.unread > 0
      ? [`${name}: ${count(rollout.unread, "Secret")} of its cluster that could not be read`]
      : []),
  ]);
  return sharing.checked === "everywhere"
    ? notes
    : [
        "whether environments of different shards share a value: that needs one PHALANX_FINGERPRINT_KEY for all shards",
        ...notes,
      ];
}

function warningLines({ name, diagnostics }: FleetEnvironment): string[] {
  return diagnostics.map((each) => `${name}: ${lineFrom(each)}`);
}

function failureLines({ name, failure }: FleetEnvironment): string[] {
  if (failure === undefined) return [];
  const { problems = [], diagnostic } = failure;
  return [...problems.map(lineFrom), ...(diagnostic.hint ? [diagnostic.hint] : [])].map((text) => `${name}: ${text}`);
}
