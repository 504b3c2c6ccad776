import { count } from "../../count.js";
import type { ApplicationState, FleetApplication, FleetEnvironment, FleetReport } from "../../../model/fleet-report.js";
import { isBehind, type RolloutApplication } from "../../../model/fleet-rollout.js";
import { behindText } from "../rollout-words.js";
import { hasNote } from "./notes.js";
import { LOOKS, STATES_BY_WEIGHT } from "./words.js";

export type PageReport = Omit<FleetReport, "fingerprints">;

export interface Cell {
  readonly environment: FleetEnvironment;
  readonly application: FleetApplication;
  /** Secrets that are not as they should be. */
  readonly findings: number;
  /** An age, an expiry, a shared value or a missing source: something besides the state. */
  readonly notes: number;
  /** What was found in the cluster, if it was checked. */
  readonly rollout: RolloutApplication | undefined;
}

/** The report in the form that the grid needs. */
export interface Fleet {
  readonly report: PageReport;
  readonly environments: readonly FleetEnvironment[];
  /** Names of all applications, sorted. */
  readonly applications: readonly string[];
  readonly cells: readonly Cell[];
  readonly cell: (application: string, environment: string) => Cell | undefined;
  /** How many cells are in each state. */
  readonly totals: ReadonlyMap<ApplicationState, number>;
  /** How bad an application's state is over all environments; larger is worse. */
  readonly weight: (application: string) => number;
}

export function readFleet(report: PageReport): Fleet {
  const cells = new Map<string, Map<string, Cell>>();
  const totals = new Map<ApplicationState, number>();
  for (const environment of report.environments) {
    const rollouts = new Map(environment.rollout?.applications.map((each) => [each.name, each]));
    for (const application of environment.applications) {
      const row = cells.get(application.name) ?? new Map<string, Cell>();
      row.set(environment.name, {
        environment,
        application,
        findings: application.secrets.filter(({ state }) => state !== "clean").length,
        notes: application.secrets.filter(hasNote).length,
        rollout: rollouts.get(application.name),
      });
      cells.set(application.name, row);
      totals.set(application.state, (totals.get(application.state) ?? 0) + 1);
    }
  }
  const weights = new Map([...cells].map(([name, row]) => [name, sum([...row.values()].map(weightOf))]));
  return {
    report,
    environments: report.environments,
    applications: [...cells.keys()].sort(),
    cells: [...cells.values()].flatMap((row) => [...row.values()]),
    cell: (application, environment) => cells.get(application)?.get(environment),
    totals,
    weight: (application) => weights.get(application) ?? 0,
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** Whether there is anything to report besides its state. */
export function isNoted({ notes, rollout }: Cell): boolean {
  return notes > 0 || (rollout !== undefined && isBehind(rollout));
}

/** Each state weighs a hundred times as much as the next better one. */
export function weightOf(cell: Cell): number {
  const { application } = cell;
  const bad: readonly ApplicationState[] = ["unknown", "drifted", "missing", "unresolved"];
  return (
    100 ** (bad.indexOf(application.state) + 1) * Number(bad.includes(application.state)) + (isNoted(cell) ? 1 : 0)
  );
}

/** What a screen reader says of a cell. */
export function describeCell(name: string, environment: string, cell: Cell | undefined): string {
  if (cell === undefined) return `${name} in ${environment}: nothing reported`;
  const { notes, rollout } = cell;
  const more = notes > 0 ? `, ${count(notes, "note")} on age, expiry, source or sharing` : "";
  const behind = rollout && isBehind(rollout) ? `, ${behindText(rollout)}` : "";
  return `${name} in ${environment}: ${stateText(cell)}${more}${behind}`;
}

export function stateText({ application, findings }: Cell): string {
  const of = findings > 0 ? `, ${findings} of ${count(application.secrets.length, "secret")}` : "";
  return `${LOOKS[application.state].word}${of}`;
}

/** The states that occur, worst first. */
export function occurringStates({ totals }: Fleet): readonly ApplicationState[] {
  return STATES_BY_WEIGHT.filter((state) => totals.has(state));
}
