import { largest } from "../../model/largest.js";
import { totalOf } from "../../model/fleet-counts.js";
import type { FleetCounts, FleetEnvironment, FleetReport } from "../../model/fleet-report.js";
import { type Style, wrap } from "../style.js";
import { renderFleetNotes } from "./notes.js";
import { lineFrom } from "../place.js";
import { printable } from "../printable.js";

const COLUMNS: readonly (readonly [string, keyof FleetCounts])[] = [
  ["Miss", "missing"],
  ["Drift", "drifted"],
  ["Unkn", "unknown"],
  ["Unres", "unresolved"],
  ["NoSrc", "unsourced"],
  ["Old", "tooOld"],
  ["Exp", "expiring"],
  ["Share", "shared"],
];

/** The report for people: a table of all environments, then what needs a name. At most as wide as the terminal. */
export function renderFleetTable(report: FleetReport, style: Style): string {
  const { environments } = report;
  if (environments.length === 0) return "There is no environment in this part.\n";
  const width = largest(environments, ({ name }) => printable(name).length, "Environment".length);
  const heading = ["Environment".padEnd(width), ...COLUMNS.map(([title]) => title.padStart(5))];
  const rows = environments.map((environment) => row(environment, width, style));
  return `${style.bold(heading.join(" ").trimEnd())}\n${rows.join("")}${renderFleetNotes(report, style)}`;
}

function row(environment: FleetEnvironment, width: number, style: Style): string {
  const { name, state, counts, failure } = environment;
  const head = `${printable(name).padEnd(width)} `;
  if (state === "no-credentials") return `${head}${style.dim("not audited: no credentials")}\n`;
  if (state === "failed") {
    const why = failure ? lineFrom(failure.diagnostic) : "";
    return `${head}${style.remove(wrap(`not audited: ${why}`, style, " ".repeat(head.length)).trim())}\n`;
  }
  if (totalOf(counts) === 0) return `${head}${style.create("clean")}\n`;
  const cells = COLUMNS.map(([, kind]) => {
    const text = (counts[kind] === 0 ? "-" : String(counts[kind])).padStart(5);
    return counts[kind] === 0 ? style.dim(text) : text;
  });
  return `${head}${cells.join(" ")}\n`;
}
