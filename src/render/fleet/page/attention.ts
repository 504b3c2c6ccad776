import { isExpiring } from "../../../model/fleet-counts.js";
import type { FleetEnvironment, FleetSecret } from "../../../model/fleet-report.js";
import { isBehind } from "../../../model/fleet-rollout.js";
import { count } from "../../count.js";
import { behindText, sinceText, staleText } from "../rollout-words.js";
import { durationText } from "../../duration-text.js";
import { lineFrom } from "../../place.js";
import type { Fleet } from "./model.js";
import type { Place } from "./permalink.js";
import { ageSentence, expiryText } from "./words.js";

/** One item that needs attention. */
export interface Finding {
  readonly place: Place;
  readonly text: string;
  /** The unit for counting such items. */
  readonly unit: string;
  /** The sort key, if set; otherwise items keep the order of the report. */
  readonly when?: string;
  /** Where else the same value is used. */
  readonly others?: readonly Place[];
}

export interface Kind {
  readonly heading: string;
  readonly findings: readonly Finding[];
}

export const NOT_AUDITED = "Not audited";

/** Where to look: an environment, an application, or everywhere. */
export type Scope = Pick<Place, "environment" | "application">;

/** Everything that needs attention, worst kind first; nothing is omitted. */
export function needsAttention(fleet: Fleet, scope: Scope = {}): readonly Kind[] {
  const { report } = fleet;
  const now = report.created;
  const environments = fleet.environments.filter(({ name }) => isWithin(scope.environment, name));
  const whole = scope.application === undefined ? environments : [];
  const secrets = environments.flatMap(({ name, applications }) =>
    applications
      .filter((application) => isWithin(scope.application, application.name))
      .flatMap((application) =>
        application.secrets.map((secret) => ({
          place: { environment: name, application: application.name, key: secret.key },
          secret,
        })),
      ),
  );
  const of = (text: (secret: FleetSecret) => string | undefined): Finding[] =>
    secrets.flatMap(({ place, secret }) => {
      const found = text(secret);
      return found === undefined ? [] : [{ place, text: found, unit: "secret" }];
    });
  const inState = (state: FleetSecret["state"]): Finding[] =>
    of((secret) => (secret.state === state ? (secret.detail ?? "") : undefined));
  const tokens = whole.flatMap(({ name, token }): Finding[] =>
    isExpiring(token)
      ? [{ place: { environment: name }, text: `Vault token ${expiryText(token, now)}`, unit: "token", when: token.at }]
      : [],
  );
  const expiries = secrets.flatMap(({ place, secret: { certificate, disappears } }) => [
    ...(isExpiring(certificate)
      ? [{ place, text: `certificate ${expiryText(certificate, now)}`, unit: "certificate", when: certificate.at }]
      : []),
    ...(isExpiring(disappears)
      ? [{ place, text: `version in Vault ${expiryText(disappears, now)}`, unit: "version", when: disappears.at }]
      : []),
  ]);
  const old = secrets.flatMap(({ place, secret: { tooOld, changed } }): Finding[] =>
    tooOld && changed ? [{ place, text: ageSentence(changed, now), unit: "secret", when: changed.at }] : [],
  );
  const about = (
    heading: string,
    unit: string,
    textsOf: (environment: FleetEnvironment) => readonly string[],
  ): Kind => ({
    heading,
    findings: whole.flatMap((environment) =>
      textsOf(environment).map((text) => ({ place: { environment: environment.name }, text, unit })),
    ),
  });
  return [
    about(NOT_AUDITED, "environment", whyNotAudited),
    { heading: "Unresolved", findings: inState("unresolved") },
    { heading: "Missing in Vault", findings: of(({ state }) => (state === "missing" ? "" : undefined)) },
    { heading: "Different in Vault", findings: inState("drifted") },
    { heading: "Not picked up", findings: notPickedUp(fleet, scope) },
    { heading: "Expired or expiring", findings: [...tokens, ...expiries] },
    about("One prefix for several environments", "environment", ({ vault, samePrefixAs }) =>
      samePrefixAs ? [`${vault?.prefix ?? ""}, shared with ${samePrefixAs.join(", ")}`] : [],
    ),
    { heading: "One value in several environments", findings: sharedValues(fleet, scope) },
    { heading: "Only Vault has it", findings: of(({ unsourced }) => (unsourced ? "" : undefined)) },
    {
      heading: `Older than ${report.maxAgeSeconds === null ? "allowed" : durationText(report.maxAgeSeconds)}`,
      findings: old,
    },
    { heading: "Unknown in Vault", findings: inState("unknown") },
    about("Not checked", "environment", (environment) => notChecked(environment, now)),
    about("Warnings", "warning", ({ diagnostics }) => diagnostics.map(lineFrom)),
  ]
    .filter(({ findings }) => findings.length > 0)
    .map(({ heading, findings }) => ({ heading, findings: findings.toSorted(byTime) }));
}

function isWithin(wanted: string | undefined, name: string): boolean {
  return wanted === undefined || wanted === name;
}

function byTime({ when: a = "" }: Finding, { when: b = "" }: Finding): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function whyNotAudited({ state, failure }: FleetEnvironment): readonly string[] {
  if (state === "audited") return [];
  return [failure ? lineFrom(failure.diagnostic) : "no credentials"];
}

/** On one line, so that each environment counts once. */
function notChecked({ staticNote, rollout }: FleetEnvironment, now: string): readonly string[] {
  const parts = [
    ...(staticNote ? [staticNote.summary] : []),
    ...(rollout?.stale ? [staleText(rollout, now)] : []),
    ...(rollout && rollout.unread > 0
      ? [`${count(rollout.unread, "Secret")} of its cluster that could not be read`]
      : []),
  ];
  return parts.length === 0 ? [] : [parts.join("; ")];
}

/** One finding per application with an old value in a workload, or with one that the operator has not copied. */
function notPickedUp(fleet: Fleet, scope: Scope): readonly Finding[] {
  return fleet.environments
    .filter(({ name }) => isWithin(scope.environment, name))
    .flatMap(({ name: environment, rollout }) =>
      (rollout?.applications ?? [])
        .filter((each) => isWithin(scope.application, each.name) && isBehind(each))
        .map((each): Finding => {
          const { name, waiting } = each;
          const isHere = fleet.cell(name, environment) !== undefined;
          const text = [behindText(each), ...(waiting ? [sinceText(waiting)] : [])].join(", ");
          return {
            place: isHere ? { environment, application: name } : { environment },
            text: isHere ? text : `${name}: ${text}`,
            unit: "application",
            ...(waiting ? { when: waiting.since } : {}),
          };
        }),
    );
}

/** One finding per value; if one place was requested, it comes first. */
function sharedValues({ report }: Fleet, { environment, application }: Scope): readonly Finding[] {
  const isMeant = (member: Scope): boolean =>
    isWithin(environment, member.environment ?? "") && isWithin(application, member.application ?? "");
  return report.sharing.values.flatMap((members) => {
    const place = members.find(isMeant);
    return place === undefined
      ? []
      : [{ place, text: "", unit: "value", others: members.filter((member) => member !== place) }];
  });
}
