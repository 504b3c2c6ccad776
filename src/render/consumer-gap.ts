import type { ConsumerGap } from "../model/who-uses.js";
import { count } from "./count.js";
import { oneLine, printable } from "./printable.js";

const LEFT = {
  "link-leads-out": "it is a link to a path outside the configuration",
  "not-regular": "it is not a regular file",
  "too-large": "it is too large",
  "too-many": "the chart has too many files",
  unreadable: "it cannot be read",
} as const;

/** What is unknown, and why. */
export function gapText(gap: ConsumerGap): string {
  switch (gap.kind) {
    case "remote-chart": {
      const version = gap.version === "" ? "" : ` (${printable(gap.version)})`;
      return `${printable(gap.application)}: what the remote chart ${printable(gap.chart)}${version} uses; it is not in charts/`;
    }
    case "chart-not-rendered":
      return `${printable(gap.application)}: what its chart uses; helm cannot render it: ${oneLine(gap.message)}`;
    case "chart-elsewhere":
      return `${printable(gap.application)}: what it uses; its chart is not in this tree`;
    case "file-left-out":
      return `${printable(gap.application)}: what ${printable(gap.file)} of its chart uses; ${LEFT[gap.reason]}`;
    case "objects-untold":
      return `${printable(gap.application)}: part of what ${count(gap.count, "object")} of its chart ${gap.count === 1 ? "uses" : "use"}; the templates do not show all of it`;
    case "applications-not-rendered":
      return `the Helm values that this environment gives its charts, so defaults were used; ${oneLine(gap.message)}`;
    case "not-looked":
      return `what uses it; ${oneLine(gap.message)}`;
  }
}
