import { largest } from "../model/largest.js";
import type { HistoryEntry, HistoryEvent, KeyChanges } from "../model/history.js";
import { type Style, wrap, wrapPainted } from "./style.js";
import { shownTime } from "./log-time.js";
import { printable } from "./printable.js";
import { toldText } from "./told.js";

/** What is shown, and of what. */
export interface HistoryText {
  readonly environment: string;
  readonly events: readonly HistoryEvent[];
  readonly since: Date | undefined;
}

/** The history of an environment: one block for each run, the newest first. */
export function renderHistory({ environment, events, since }: HistoryText, style: Style): string {
  if (events.length === 0)
    return since === undefined
      ? "Vault has no history here.\n"
      : `Nothing has been written here since ${shownTime(since.toISOString())}.\n`;
  return events.map((event) => eventText(event, environment, style)).join("\n");
}

function eventText({ time, writer, entries }: HistoryEvent, asked: string, style: Style): string {
  const when = shownTime(time);
  const indent = " ".repeat(when.length + 2);
  const heading = wrapPainted(printable(writerText(writer, asked)), style, indent, `${style.bold(printable(when))}  `);
  const told = writer === undefined ? "" : toldText(writer);
  const longest = largest(entries, ({ application }) => printable(application).length);
  const width = Math.min(longest, 30);
  return `${heading}${told === "" ? "" : wrap(told, style, indent)}${entries.map((entry) => entryText(entry, width, style)).join("")}`;
}

/** @param asked The environment whose history it is; others are named that write under its prefix. */
function writerText(writer: HistoryEvent["writer"], asked: string): string {
  if (writer === undefined) return "writer unknown";
  const { run, commit, tool, environment = asked } = writer;
  return `run ${run}${environment === asked ? "" : ` of ${environment}`}${commit === "" ? "" : `, commit ${commit}`}${tool === "" ? "" : `, phalanx ${tool}`}`;
}

function entryText(entry: HistoryEntry, width: number, style: Style): string {
  const head = `  ${printable(entry.application).padEnd(width)}  v${entry.version}  `;
  return wrapPainted(whatHappened(entry, style), style, " ".repeat(head.length), head);
}

function whatHappened({ kind, changes, state, deletionTime }: HistoryEntry, style: Style): string {
  if (kind === "delete") return "soft-deleted as a whole";
  if (kind === "undelete") return "undeleted";
  const mark =
    state === "live"
      ? ""
      : state === "deleted"
        ? ` [deleted ${printable(deletionTime.slice(0, 19))}Z]`
        : " [destroyed]";
  return (changes === undefined ? "(changed keys unknown)" : changesText(changes, style)) + mark;
}

function changesText({ created, changed, deleted }: KeyChanges, style: Style): string {
  const parts = [
    ...created.map((key) => style.create(`+${printable(key)}`)),
    ...changed.map((key) => style.update(`~${printable(key)}`)),
    ...deleted.map((key) => style.remove(`-${printable(key)}`)),
  ];
  return parts.length === 0 ? "(the same values)" : parts.join(" ");
}
