import type { AnyDiagnostic } from "../model/diagnostic.js";
import { type Environment, PULL_SECRET } from "../model/environment.js";
import type { AppliedRestart, ChangeImpact, Impact } from "../model/impact.js";
import { changesOf, type ApplicationPlan, type BlockedApplication, type Plan } from "../model/plan.js";
import { refId } from "../model/secret.js";
import { count } from "./count.js";
import { unknownText } from "./cause.js";
import { effectOfRestore, effectText } from "./effect.js";
import { environmentHeading } from "./environment-heading.js";
import { changeText } from "./origin.js";
import { namesText } from "./names-text.js";
import { keyColumn, keyLine } from "./key-lines.js";
import { hintOf, lineOf } from "./diagnostic.js";
import { isNothing, NOT_YET, nothingText, restartLines } from "./restart.js";
import { stopsOf } from "../model/plan-stops.js";
import { type Style, wrap } from "./style.js";
import { printable } from "./printable.js";

export interface PlanText {
  readonly plan: Plan;
  readonly impact: Impact;
  /** What holds old values afterwards. */
  readonly restarts: readonly AppliedRestart[];
  readonly environment: Environment;
  /** Further notes for the operator, one line each. */
  readonly warnings: readonly AnyDiagnostic[];
}

const DETAIL = "      ";
const SYMBOL = { create: "+", update: "~", delete: "-" } as const;

/** A plan for a person: every change with its cause, grouped by application, and what it breaks. */
export function renderPlan({ plan, impact, restarts, environment, warnings }: PlanText, style: Style): string {
  const byId = new Map(impact.changes.map((change) => [refId(change.change), change]));
  const unsourced = new Set(plan.unknown.filter((secret) => secret.unsourced).map(refId));
  const isRestore = changesOf(plan).some(({ cause }) => cause.kind === "restored" || cause.kind === "not-there-then");
  const about = { impacts: byId, unsourced, isRestore };
  const sections = [
    environmentHeading("Plan for", environment, style),
    problemsText(plan, style),
    ...plan.applications.map((application) => {
      const blocked = plan.blocked.find((each) => each.application === application.application);
      return (blocked ? `${onlyText(blocked)}\n` : "") + applicationText(application, about, style);
    }),
    untouchedText(plan, style),
    restartText(restarts, style),
    warnings.map((warning) => said(warning, style, "  ", warning.severity === "note" ? "  " : "! ")).join(""),
    summary(plan, warnings, style),
  ];
  return sections.filter((text) => text !== "").join("\n");
}

/** What it takes to write an application that is blocked. */
function onlyText({ kind, application }: BlockedApplication): string {
  return kind === "inexact" ? "Only once that is resolved:" : `Only with --generate-anew ${printable(application)}:`;
}

function problemsText(plan: Plan, style: Style): string {
  const texts = stopsOf(plan).map((stop) => said(stop, style, "    ", "  ! "));
  return texts.length === 0
    ? ""
    : `${style.remove(plan.partial ? "This is left out:" : "This cannot be applied:")}\n${texts.join("")}`;
}

function said(diagnostic: AnyDiagnostic, style: Style, indent: string, first: string): string {
  const hint = hintOf(diagnostic);
  return wrap(lineOf(diagnostic), style, indent, first) + (hint === undefined ? "" : advice(hint, style));
}

/** A trailing command stays on one line, for pasting. */
function advice(hint: string, style: Style): string {
  const at = hint.lastIndexOf(": phalanx ") + 1;
  const command = hint.slice(at + 1);
  if (at === 0 || /[.,;)] /.test(command) || DETAIL.length + hint.length <= style.width)
    return wrap(hint, style, DETAIL);
  return `${wrap(hint.slice(0, at), style, DETAIL)}${DETAIL}${printable(command)}\n`;
}

function applicationText(
  planned: ApplicationPlan,
  {
    impacts,
    unsourced,
    isRestore,
  }: {
    readonly impacts: ReadonlyMap<string, ChangeImpact>;
    readonly unsourced: ReadonlySet<string>;
    readonly isRestore: boolean;
  },
  style: Style,
): string {
  const column = keyColumn(planned.changes.map(({ key }) => printable(key)));
  const changes = planned.changes.map((change) => {
    const paint = { create: style.create, update: style.update, delete: style.remove }[change.action];
    const key = planned.application === PULL_SECRET ? "(whole)" : printable(change.key);
    const impact = impacts.get(refId(change));
    const isLast = change.action === "delete" && unsourced.has(refId(change));
    return (
      keyLine({ mark: `  ${SYMBOL[change.action]}`, key, paint }, changeText(change, impact?.origin), column, style) +
      (isLast ? alarmText(lossText(planned), style) : "") +
      (impact ? impactText(impact, brokenText(impact, isRestore ? planned.base : undefined), style) : "")
    );
  });
  return `${style.bold(printable(planned.application))}  ${style.dim(versionText(planned))}\n${changes.join("")}`;
}

/** Vault is the only known source. */
function lossText({ action }: ApplicationPlan): string {
  return action === "purge"
    ? "no other source is known: this loses it permanently"
    : "no other source is known: it can be restored only while Vault keeps this version";
}

function versionText({ action, base, from }: ApplicationPlan): string {
  const version = base.kind === "absent" ? 0 : base.version;
  return {
    delete: `will be soft-deleted as a whole (version ${version})`,
    purge: `ALL versions will be destroyed, up to ${version}: this cannot be undone`,
    undelete: `version ${version} will be undeleted`,
    recover: `ALL keys go back to version ${from}, as version ${version + 1}; which of them change is known only once version ${from} is read`,
    create: version === 0 ? "new" : `version ${version + 1}, over the ${base.kind} version ${version}`,
    update: `version ${version} -> ${version + 1}`,
  }[action];
}

/** What a change breaks; `replaced`: what Vault holds before a restore. */
function brokenText({ change, invalidates }: ChangeImpact, replaced: ApplicationPlan["base"] | undefined): string {
  if (invalidates === undefined) return "";
  if (replaced) return effectOfRestore(invalidates.effect, { base: replaced, cause: change.cause });
  const text = effectText(invalidates.effect);
  return invalidates.permanent ? `${text}; a restart does not fix that` : text;
}

function impactText({ followers, leftBehind, isCut, invalidates }: ChangeImpact, broken: string, style: Style): string {
  const info = (text: string): string => wrap(text, style, `${DETAIL}  `, `${DETAIL}> `);
  const alarm = (text: string): string => alarmText(text, style);
  return [
    broken === "" ? "" : invalidates?.permanent ? alarm(broken) : info(broken),
    followers.length === 0 ? "" : info(`changes with it: ${namesText(followers, isCut)}`),
    leftBehind.length === 0 ? "" : alarm(`does NOT change with it: ${namesText(leftBehind, isCut)}`),
  ].join("");
}

/** Something that cannot be undone, or is easily overlooked. */
function alarmText(text: string, style: Style): string {
  return `${style.remove(wrap(text, style, `${DETAIL}  `, `${DETAIL}! `).trimEnd())}\n`;
}

/** Unknown keys that the plan does not delete. */
function untouchedText({ applications, unknown }: Plan, style: Style): string {
  const deleted = new Set(
    changesOf({ applications })
      .filter(({ action }) => action === "delete")
      .map(refId),
  );
  const kept = unknown.filter((secret) => !deleted.has(refId(secret)));
  if (kept.length === 0) return "";
  const lines = kept.map((secret) => {
    const name = secret.application === PULL_SECRET ? secret.application : printable(refId(secret));
    return wrap(unknownText(secret), style, DETAIL, `  ? ${name}  `);
  });
  return `Unknown in Vault, and left alone:\n${lines.join("")}`;
}

/** Commands stay on one line, for pasting. */
function restartText(restarts: readonly AppliedRestart[], style: Style): string {
  if (restarts.length === 0) return "";
  if (isNothing(restarts)) return wrap(nothingText(restarts), style, "");
  const { toRestart, notYet } = restartLines(restarts);
  const under = (heading: string, lines: readonly string[]): string =>
    lines.length === 0
      ? ""
      : `${wrap(heading, style, "")}${lines.map((line) => (line.startsWith("#") ? wrap(line, style, "  #   ", "  ") : `  ${line}\n`)).join("")}`;
  return under("Restart afterwards:", toRestart) + under(NOT_YET, notYet);
}

function summary(plan: Plan, warnings: readonly AnyDiagnostic[], style: Style): string {
  const { applications, unresolved, blocked } = plan;
  if (unresolved.length + blocked.length > 0)
    return wrap(
      heldUp(
        plan,
        warnings.some(({ code }) => code === "environment-not-adopted"),
      ),
      style,
      "",
    );
  return applications.length === 0 ? "Nothing to do.\n" : `${amounts(plan)}.\n`;
}

/** A plan that cannot be applied is different from one with nothing to do. */
function heldUp({ applications, unresolved, blocked, partial }: Plan, isForeign: boolean): string {
  const why = [
    ...(unresolved.length > 0 ? [`${count(unresolved.length, "secret is", "secrets are")} unresolved`] : []),
    ...(blocked.length > 0 ? [`${count(blocked.length, "application is", "applications are")} blocked`] : []),
  ].join(", ");
  if (partial)
    return `${applications.length === 0 ? "Nothing else to do" : amounts({ applications })}. Left out: ${why}.`;
  if (isForeign) return `As it is, a sync writes nothing: the prefix belongs to another environment, and ${why}.`;
  const left = new Set(blocked.map(({ application }) => application));
  const rest = applications.filter(({ application }) => !left.has(application));
  const without =
    rest.length === 0
      ? "Nothing else would change."
      : blocked.length > 0
        ? "With --partial, it writes what does not depend on that."
        : `With --partial, it writes the rest: ${amounts({ applications: rest })}.`;
  return `As it is, a sync writes nothing: ${why}. ${without}`;
}

export function amounts({ applications }: Pick<Plan, "applications">): string {
  const changes = changesOf({ applications });
  const number = (action: string): number => changes.filter((change) => change.action === action).length;
  const whole = applications.filter(({ action }) => action === "undelete" || action === "recover").length;
  const parts = [
    [number("create"), "to create"],
    [number("update"), "to change"],
    [number("delete"), "to delete"],
    [whole, "to restore as a whole"],
  ].flatMap(([n, text]) => (n === 0 ? [] : [`${n} ${text}`]));
  return `${parts.join(", ")}, in ${count(applications.length, "Vault secret")}`;
}
