import { lineFrom } from "../../place.js";
import type { DiagnosticJson } from "../../../model/diagnostic-json.js";
import type { FleetEnvironment } from "../../../model/fleet-report.js";
import { needsAttention, NOT_AUDITED } from "./attention.js";
import { environmentCommands } from "./commands.js";
import { commandList } from "./copy.js";
import { h } from "./dom.js";
import { findingList } from "./finding-list.js";
import type { Fleet } from "./model.js";
import { checkedText, workloadsText } from "../rollout-words.js";
import { expiryText } from "./words.js";

/** Everything about one environment as a whole. */
export function environmentDetail(fleet: Fleet, environment: FleetEnvironment): readonly Node[] {
  const { report } = fleet;
  const { name, vault, token, staticSource, state, rollout } = environment;
  const sources = { file: "a file", onepassword: "1Password", none: "not compared" } as const;
  const facts: [string, string | undefined][] = [
    ["Vault", vault?.url],
    ["Prefix", vault?.prefix],
    ["Static secrets", staticSource && sources[staticSource]],
    ["Token", token === undefined ? undefined : expiryText(token, report.created)],
    ["Workloads", rollout && `${workloadsText(rollout.workloads)}, ${checkedText(rollout, report.created)}`],
  ];
  const scope = { environment: name };
  // Why it was not audited is shown above, with what to do.
  const kinds = needsAttention(fleet, scope).filter(({ heading }) => heading !== NOT_AUDITED);
  const commands = environmentCommands(environment);
  return [
    ...(state === "audited" ? [] : [whyNot(environment)]),
    h(
      "dl",
      { class: "facts" },
      ...facts.flatMap(([term, text]) => (text === undefined ? [] : [h("dt", {}, term), h("dd", {}, text)])),
    ),
    ...(commands.length === 0 ? [] : [h("h3", {}, "Commands"), ...commandList(commands)]),
    ...(state === "audited" && kinds.length === 0 ? [h("p", { class: "quiet" }, "Nothing needs attention.")] : []),
    ...kinds.flatMap((kind) => findingList(kind, scope)),
  ];
}

function list(diagnostics: readonly DiagnosticJson[]): HTMLElement {
  return h("ul", {}, ...diagnostics.map((each) => h("li", {}, lineFrom(each))));
}

/** Why an environment was not audited, and what to do about it. */
export function whyNot({ state, failure }: FleetEnvironment): HTMLElement {
  if (state === "no-credentials") return h("p", { class: "why" }, "Not audited: no credentials were found.");
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
