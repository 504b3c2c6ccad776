import { totalOf } from "../../model/fleet-counts.js";
import type { FleetEnvironment } from "../../model/fleet-report.js";
import type { Context } from "../context.js";
import { printable } from "../../render/printable.js";

/** Tells of each environment that is done: on a terminal only, and on stderr. */
export function openProgress(context: Context, total: number): (report: FleetEnvironment) => void {
  let done = 0;
  const width = String(total).length;
  return (report) => {
    done += 1;
    if (!context.stderr.isTTY) return;
    context.stderr.write(`[${String(done).padStart(width)}/${total}] ${printable(report.name)}: ${summary(report)}\n`);
  };
}

function summary({ state, counts }: FleetEnvironment): string {
  if (state === "failed") return "could not be audited";
  if (state === "no-credentials") return "not audited: no credentials";
  const findings = totalOf(counts);
  return findings === 0 ? "clean" : findings === 1 ? "1 finding" : `${findings} findings`;
}
