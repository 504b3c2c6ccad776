import type { RECORDS } from "../../model/diagnostics/records.js";
import { commandLine } from "../../model/shell.js";
import { fileReason } from "../file-reason.js";
import { shownTime } from "../log-time.js";
import { toldText } from "../told.js";
import type { Words } from "./words.js";

const DONE = { write: "written", delete: "soft-deleted", undelete: "undeleted" } as const;

export const RECORDS_WORDS: Words<typeof RECORDS> = {
  "audit-log-unusable": {
    summary: ({ details: { file, reason } }) =>
      `the audit log ${file} cannot be written (${fileReason(reason)}): nothing was written to Vault`,
    hint: "Name another file, in a directory that exists: --audit-log FILE, or PHALANX_AUDIT_LOG.",
  },
  "audit-log-unwritten": {
    summary: ({ details: { file, reason } }) =>
      `this run is missing from the audit log ${file}, which could not be written at the end of the run (${reason})`,
    hint: ({ subject }) =>
      `${commandLine("phalanx", "secrets", "history", subject.environment)} shows what the run wrote. Make room for the log before the next run.`,
  },
  "moment-read": {
    summary: ({ details: { option, given, time, zoned } }) =>
      `${option} ${given} is read as ${shownTime(time)}${zoned ? "" : ", because no time zone was given"}`,
  },
  "note-text-refused": {
    summary: ({ details: { from, fault, most } }) =>
      fault === "too-long"
        ? `${from} is longer than ${most} characters`
        : `${from} has a line break or another control character`,
    hint: ({ details: { from, fault } }) => {
      if (!from.startsWith("--")) return 'Say who you are with --by TEXT; --by "" leaves it out.';
      return fault === "too-long" ? "It is kept in Vault's metadata: shorten it." : "Write it on one line.";
    },
  },
  "restore-last-run": {
    summary: ({ details: { time, writer } }) => {
      const { run } = writer;
      const told = toldText(writer);
      return `the last recorded run is ${run} of ${shownTime(time)}${told === "" ? "" : ` (${told})`}`;
    },
  },
  "restore-last-others": {
    summary: ({ details: { versions } }) =>
      `done later, so not undone: ${versions.map(({ application, version, kind, environment }) => `${application} (version ${version} ${DONE[kind]} by ${environment ?? "an unknown writer"})`).join(", ")}`,
  },
  "restore-run-of-other-environment": {
    summary: ({ subject: { environment }, details: { run, other } }) =>
      `Run ${run} belongs to ${other}, not to ${environment}`,
    hint: ({ subject: { environment }, details: { run, other } }) =>
      `To undo it there: ${commandLine("phalanx", "secrets", "restore", other, "--run", run, "--dry-run")}. Only if it wrote to the prefix of ${environment} by mistake: ${commandLine("phalanx", "secrets", "restore", environment, "--run", run, "--adopt", "--dry-run")}`,
  },
  "restore-without-history": {
    summary: ({ subject: { environment } }) => `Vault has no history of ${environment}`,
    hint: "Check vaultPathPrefix; there is nothing to restore.",
  },
  "restore-without-run": {
    summary: ({ subject: { environment } }) => `Vault holds no version for which a run of ${environment} is recorded`,
    hint: ({ subject: { environment } }) =>
      `${commandLine("phalanx", "secrets", "history", environment)} shows what there is; --at and --kv-version restore what other programs overwrote.`,
  },
};
