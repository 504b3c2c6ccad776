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
      return `${printable(gap.application)}: the remote chart ${printable(gap.chart)}${version} is not in charts/, and was not read`;
    }
    case "chart-not-rendered":
      return `${printable(gap.application)}: helm cannot render its chart: ${oneLine(gap.message)}`;
    case "chart-elsewhere":
      return `${printable(gap.application)}: its chart is not in this tree, and was not read`;
    case "file-left-out":
      return `${printable(gap.application)}: ${printable(gap.file)} of its chart was not read: ${LEFT[gap.reason]}`;
    case "objects-untold":
      return `${printable(gap.application)}: ${count(gap.count, "object")} of its chart could not be read completely`;
    case "applications-not-rendered":
      return `the Helm values that this environment gives its charts are not known, so defaults were used: ${oneLine(gap.message)}`;
    case "not-looked":
      return `what uses it is not known: ${oneLine(gap.message)}`;
  }
}
