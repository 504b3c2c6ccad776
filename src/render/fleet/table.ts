import { largest } from "../../model/largest.js";
import { totalOf } from "../../model/fleet-counts.js";
import type { FleetCounts, FleetEnvironment, FleetReport } from "../../model/fleet-report.js";
import { type Style, wrap } from "../style.js";
import { count } from "../count.js";
import { renderFleetNotes, uncomparedStatics } from "./notes.js";
import { lineFrom } from "../place.js";
import { printable } from "../printable.js";

interface Column {
  readonly title: string;
  readonly number: (environment: FleetEnvironment) => number;
  /** Where nobody has looked. */
  readonly isUnknown?: (environment: FleetEnvironment) => boolean;
}

function counted(title: string, kind: keyof FleetCounts): Column {
  return { title, number: ({ counts }) => counts[kind] };
}

/** Where ages were checked. */
const OLD = counted("Old", "tooOld");

const COLUMNS: readonly Column[] = [
  counted("Miss", "missing"),
  counted("Drift", "drifted"),
  counted("Unkn", "unknown"),
  counted("Unres", "unresolved"),
  { ...counted("NoSrc", "unsourced"), isUnknown: ({ staticSource }) => staticSource === "none" },
  OLD,
  counted("Exp", "expiring"),
  counted("Share", "shared"),
];

/** Another environment's place in Vault; where there is one. */
const PLACE = counted("Place", "samePrefix");

/** Workloads that hold old values, or may; where anybody has looked for them. */
const HELD: Column = {
  title: "Held",
  number: ({ rollout }) => (rollout ? rollout.workloads.old + rollout.workloads.inDoubt : 0),
};

/** The report for people: a table of all environments, then what has to be named. */
export function renderFleetTable(report: FleetReport, style: Style, access: readonly string[] = []): string {
  const { environments } = report;
  if (environments.length === 0) return "There is no environment in this shard.\n";
  const width = largest(environments, ({ name }) => printable(name).length, "Environment".length);
  const columns = [
    ...COLUMNS.filter((column) => column !== OLD || report.maxAgeSeconds !== null),
    ...(environments.some(({ counts }) => counts.samePrefix > 0) ? [PLACE] : []),
    ...(environments.some(({ rollout }) => rollout) ? [HELD] : []),
  ];
  const heading = ["Environment".padEnd(width), ...columns.map(({ title }) => title.padStart(5))];
  const rows = environments.map((environment) => row(environment, columns, width, style));
  return `${style.bold(heading.join(" ").trimEnd())}\n${rows.join("")}${renderFleetNotes(report, style, access)}`;
}

/** What was not compared. */
function exceptText(environment: FleetEnvironment): string {
  const uncompared = uncomparedStatics(environment);
  return uncompared === 0 ? "" : `, except ${count(uncompared, "static secret")} not compared`;
}

function row(environment: FleetEnvironment, columns: readonly Column[], width: number, style: Style): string {
  const { name, state, counts, failure, rollout } = environment;
  const head = `${printable(name).padEnd(width)} `;
  if (state === "no-credentials") return `${head}${style.dim("not audited: no credentials")}\n`;
  if (state === "failed") {
    const why = failure ? lineFrom(failure.diagnostic) : "";
    return `${head}${style.remove(wrap(`not audited: ${why}`, style, " ".repeat(head.length)).trim())}\n`;
  }
  if (totalOf(counts) === 0 && rollout?.settled !== false)
    return `${head}${style.create("clean")}${exceptText(environment)}\n`;
  const cells = columns.map(({ number, isUnknown }) => {
    const found = number(environment);
    const text = (isUnknown?.(environment) ? "?" : found === 0 ? "-" : String(found)).padStart(5);
    return found === 0 ? style.dim(text) : text;
  });
  return `${head}${cells.join(" ")}\n`;
}
