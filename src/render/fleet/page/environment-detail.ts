import { lineFrom } from "../../place.js";
import type { DiagnosticJson } from "../../../model/diagnostic-json.js";
import type { FleetCounts, FleetEnvironment } from "../../../model/fleet-report.js";
import { h } from "./dom.js";
import type { Fleet } from "./model.js";
import { expiryText } from "./words.js";

/** Everything about one environment as a whole. */
export function environmentDetail({ report }: Fleet, environment: FleetEnvironment): readonly Node[] {
  const { vault, token, staticSource, staticNote, diagnostics, counts, state } = environment;
  const sources = { file: "a file", onepassword: "1Password", none: "Vault alone" } as const;
  const facts: [string, string | undefined][] = [
    ["Vault", vault?.url],
    ["Prefix", vault?.prefix],
    ["Static secrets", staticSource && sources[staticSource]],
    ["Token", token === undefined ? undefined : expiryText(token, report.created)],
  ];
  const found = Object.entries(counts).filter(([, count]) => count > 0);
  return [
    ...(state === "audited" ? [] : [whyNot(environment)]),
    h(
      "dl",
      { class: "facts" },
      ...facts.flatMap(([term, text]) => (text === undefined ? [] : [h("dt", {}, term), h("dd", {}, text)])),
    ),
    ...(state === "audited"
      ? [
          h("h3", {}, found.length === 0 ? "No findings" : "Findings"),
          h("ul", {}, ...found.map(([kind, count]) => h("li", {}, countText(kind as keyof FleetCounts, count)))),
        ]
      : []),
    ...(staticNote === undefined ? [] : [h("p", { class: "quiet" }, staticNote.summary)]),
    ...(diagnostics.length === 0 ? [] : [h("h3", {}, "Warnings"), list(diagnostics)]),
  ];
}

const COUNT_WORDS: Readonly<Record<keyof FleetCounts, string>> = {
  missing: "missing in Vault",
  drifted: "not as expected",
  unknown: "unknown in Vault",
  unresolved: "unresolved",
  unsourced: "static, and only Vault has them",
  tooOld: "older than the maximum age",
  expiring: "expired, or about to",
  shared: "with the value of another environment",
};

function countText(kind: keyof FleetCounts, count: number): string {
  return `${count} ${COUNT_WORDS[kind]}`;
}

function list(diagnostics: readonly DiagnosticJson[]): HTMLElement {
  return h("ul", {}, ...diagnostics.map((each) => h("li", {}, lineFrom(each))));
}

/** Why an environment was not audited, and what to do about it. */
export function whyNot({ state, failure }: FleetEnvironment): HTMLElement {
  if (state === "no-credentials") return h("p", { class: "why" }, "Not audited: no credentials were at hand.");
  if (failure === undefined) return h("p", { class: "why" }, "Not audited.");
  const { diagnostic, problems } = failure;
  return h(
    "div",
    { class: "why" },
    h("p", {}, `Not audited: ${lineFrom(diagnostic)}`),
    problems !== undefined && list(problems),
    diagnostic.hint !== undefined && h("p", { class: "quiet" }, diagnostic.hint),
  );
}
