import { count } from "../../count.js";
import type { FleetEnvironment, FleetSecret } from "../../../model/fleet-report.js";
import { needsAttention } from "./attention.js";
import { secretCommands } from "./commands.js";
import { commandList } from "./copy.js";
import { h } from "./dom.js";
import { whyNot } from "./environment-detail.js";
import { findingList } from "./finding-list.js";
import { drawGraph } from "./graph.js";
import { type Cell, type Fleet, stateText, weightOf } from "./model.js";
import { hasNote } from "./notes.js";
import { linkTo } from "./permalink.js";
import { ageOf, day, expiryText, LOOKS } from "./words.js";
import { workloadsOf } from "./workloads.js";

/** One application in all environments: its state in each, and what needs attention. */
export function applicationEverywhere(fleet: Fleet, application: string): readonly Node[] {
  const cells = fleet.environments.flatMap(({ name }) => fleet.cell(application, name) ?? []);
  const stands = cells
    .toSorted((a, b) => weightOf(b) - weightOf(a))
    .map((cell) => ({
      place: { environment: cell.environment.name, application },
      text: stateText(cell),
      unit: "environment",
    }));
  const scope = { application };
  return [
    ...findingList({ heading: "State in each environment", findings: stands }, scope),
    ...needsAttention(fleet, scope).flatMap((kind) => findingList(kind, scope)),
  ];
}

/** Everything about one application in one environment. */
export function applicationDetail(
  { report }: Fleet,
  { environment, application, rollout }: Cell,
  chosen: string | undefined,
  open: (name: string) => void,
): readonly Node[] {
  const { name, state, secrets, enabled } = application;
  return [
    badgeLine(state, [environment.name, ...(enabled ? [] : ["not enabled here"])]),
    state === "not-audited"
      ? whyNot(environment)
      : secretsTable(secrets, (secret) => secretRows(environment, name, secret, report.created, secret.key === chosen)),
    ...(rollout ? workloadsOf(environment, rollout, report.created) : []),
    ...(state === "not-audited" || secrets.length === 0
      ? []
      : [
          h("h3", {}, "Dependencies"),
          graphKey(),
          h("div", { class: "graph-box" }, drawGraph(environment, name, open)),
        ]),
  ];
}

function badgeLine(state: keyof typeof LOOKS, words: readonly string[]): HTMLElement {
  const { symbol, word } = LOOKS[state];
  return h(
    "p",
    { class: "badges" },
    h("span", { class: `badge ${state}` }, `${symbol} ${word}`),
    ...words.map((text) => h("span", { class: "tag" }, text)),
  );
}

function secretsTable(secrets: readonly FleetSecret[], rowsOf: (secret: FleetSecret) => readonly Node[]): HTMLElement {
  if (secrets.length === 0) return h("p", { class: "quiet" }, "No secrets to list.");
  return h(
    "table",
    { class: "secrets" },
    h("caption", {}, count(secrets.length, "secret")),
    h("thead", {}, h("tr", {}, ...["State", "Secret", "Age"].map((title) => h("th", { scope: "col" }, title)))),
    h("tbody", {}, ...secrets.flatMap(rowsOf)),
  );
}

function secretRows(
  environment: FleetEnvironment,
  application: string,
  secret: FleetSecret,
  now: string,
  isChosen: boolean,
): readonly Node[] {
  const { key, state, detail, changed } = secret;
  const { symbol, word } = LOOKS[state];
  const notes = notesOf(secret, now);
  const needsNothing = state === "clean" && !hasNote(secret);
  const commands = needsNothing ? [] : secretCommands(environment, application, secret);
  const row = h(
    "tr",
    { "aria-current": isChosen ? "true" : undefined },
    h(
      "td",
      {},
      h("span", { class: `badge ${state}`, title: word }, symbol, h("span", { class: "hidden" }, ` ${word}`)),
    ),
    h(
      "td",
      {},
      h("a", { class: "key", href: linkTo({ environment: environment.name, application, key }) }, key),
      h("span", { class: "kind" }, kindText(secret)),
      detail !== undefined && h("span", { class: "line" }, detail),
      ...notes.map((note) => h("span", { class: "line note" }, note)),
    ),
    h("td", { class: "age", title: changed === undefined ? undefined : day(changed.at) }, ageOf(secret, now)),
  );
  if (commands.length === 0) return [row];
  const folded = h("details", { open: isChosen }, h("summary", {}, "Commands"), ...commandList(commands));
  return [row, h("tr", { class: "more" }, h("td"), h("td", { colspan: 2 }, folded))];
}

function kindText({ kind, generator, sources = [] }: FleetSecret): string {
  const from = sources.map(({ application, key }) => `${application}/${key}`).join(", ");
  return {
    copy: `copy of ${from}`,
    generate: `generated ${generator ?? ""}${from === "" ? "" : ` from ${from}`}`,
    template: `made from ${from}`,
    unknown: "not required",
    static: "from a person",
    fixed: "fixed in Git",
  }[kind];
}

/** What to say about a secret besides its state. */
function notesOf(
  { tooOld, certificate, disappears, unsourced, sharedWith }: FleetSecret,
  now: string,
): readonly string[] {
  return [
    ...(certificate === undefined ? [] : [`certificate ${expiryText(certificate, now)}`]),
    ...(disappears === undefined ? [] : [`version in Vault ${expiryText(disappears, now)}`]),
    ...(tooOld ? ["older than the maximum age"] : []),
    ...(unsourced ? ["only Vault has it"] : []),
    ...(sharedWith ? [`the same value in ${sharedWith.join(", ")}`] : []),
  ];
}

function graphKey(): HTMLElement {
  return h(
    "p",
    { class: "graph-key quiet" },
    h("span", { class: "swatch copy" }),
    "copied",
    h("span", { class: "swatch made" }),
    "made from",
  );
}
