import type { Outcome, Trial } from "./driver.js";

const OUTCOMES: readonly Outcome[] = ["carried on", "nothing written", "stopped early", "killed"];

/** A table of what was injected into each command, and what came of it. */
export function summary(trials: readonly Trial[]): string {
  const commands = [...new Set(trials.map(({ command }) => command))];
  const row = (name: string, own: readonly Trial[]): string[] => [
    name,
    ...[own.length, ...OUTCOMES.map((outcome) => own.filter((trial) => trial.outcome === outcome).length)].map(String),
    String(own.filter(({ wrong }) => wrong.length > 0).length),
  ];
  const rows = [
    ["command", "faults", ...OUTCOMES, "wrong"],
    ...commands.map((name) =>
      row(
        name,
        trials.filter(({ command }) => command === name),
      ),
    ),
    row("all", trials),
  ];
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join("  ");
  return `${rows.map(line).join("\n")}\n`;
}
