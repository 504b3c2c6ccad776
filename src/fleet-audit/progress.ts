import { totalOf } from "../model/fleet-counts.js";
import type { FleetEnvironment } from "../model/fleet-report.js";
import type { Context } from "../terminal/context.js";
import { count } from "../render/count.js";
import { printable } from "../render/printable.js";

export interface FleetProgress {
  readonly done: (report: FleetEnvironment) => void;
  readonly end: () => void;
}

/** Shows, on a terminal, how many environments are done and how the last one went. */
export function openProgress(context: Context, total: number): FleetProgress {
  let [count, last] = [0, ""];
  const end = context.progress?.(() => `Auditing: ${count} of ${total} environments${last}`);
  return {
    done: (report) => {
      count += 1;
      last = `; ${printable(report.name)}: ${summary(report)}`;
    },
    end: () => end?.(),
  };
}

function summary({ state, counts }: FleetEnvironment): string {
  if (state === "failed") return "could not be audited";
  if (state === "no-credentials") return "not audited: no credentials";
  const findings = totalOf(counts);
  return findings === 0 ? "clean" : count(findings, "finding");
}
