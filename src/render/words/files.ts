import type { EditorFailure, FileKindName, FILES } from "../../model/diagnostics/files.js";
import { commandLine } from "../../model/shell.js";
import { fileReason } from "../file-reason.js";
import type { Words } from "./words.js";

const OTHER_DIRECTORY = "Set TMPDIR to a directory of your own, such as one in memory.";
const OTHER_NAME = "Choose another name.";

export const FILES_WORDS: Words<typeof FILES> = {
  "edit-directory-shared": {
    summary: ({ details: { directory } }) =>
      `Other users can change ${directory}, and could read the file while you edit it`,
    hint: OTHER_DIRECTORY,
  },
  "edit-directory-unwritable": {
    summary: ({ details: { directory, reason } }) =>
      `Cannot write to ${directory} (${fileReason(reason)}), where the file would be edited`,
    hint: "Set XDG_RUNTIME_DIR to a directory of your own, such as one in memory.",
  },
  "edit-file-missing": { summary: "The edited file is gone from its private directory: nothing was written" },
  "edit-file-unreadable": {
    summary: ({ details: { reason } }) =>
      `The file in its private directory cannot be read (${fileReason(reason)}): nothing was written`,
  },
  "edit-left-values": {
    summary: ({ details: { directory } }) =>
      `an edit that was killed left values in ${directory}. To remove them: ${commandLine("rm", "-r", directory)}`,
  },
  "edit-stopped": { summary: ({ details: { signal } }) => `Stopped by ${signal}: nothing was written` },
  "editor-returned-at-once": {
    summary: ({ details: { editor } }) => `The editor ${editor} exited immediately without changing anything`,
    hint: "If it opens its own window, make it wait until that is closed, for example with EDITOR='code --wait'.",
  },
  "editor-failed": {
    summary: ({ details }) => `The editor ${details.editor} ${failureText(details)}: nothing was written`,
    hint: "VISUAL or EDITOR names the editor; without them it is vi.",
  },
  "output-device-not-own": {
    summary: ({ details: { file } }) => `${file} is a device owned by another user, who could read what is written`,
    hint: OTHER_NAME,
  },
  "output-file-differs": { summary: ({ details: { file } }) => `${file} does not hold what was written to it` },
  "output-file-exists": {
    summary: ({ details: { file } }) => `${file} already exists`,
    hint: ({ subject, details: { file, kind } }) =>
      kind === "static-secrets"
        ? `Choose another name. --force would replace its values. To add empty entries for what is missing: ${commandLine("phalanx", "secrets", "static-template", subject?.environment ?? "ENV", "--merge", file)}`
        : "Choose another name, or give --force to replace it.",
  },
  "output-file-of-other-kind": {
    summary: ({ details: { file, kind } }) => `${file} already exists, and is not ${KINDS[kind]}`,
    hint: "Choose another name: --force does not replace it.",
  },
  "output-file-unwritable": {
    summary: ({ details: { file, reason } }) => `${file} cannot be written (${fileReason(reason)})`,
  },
  "output-is-directory": {
    summary: ({ details: { file } }) => `${file} is a directory`,
    hint: "Name a file in it.",
  },
  "output-not-a-file": {
    summary: ({ details: { file } }) => `${file} is neither a file nor a pipe`,
    hint: OTHER_NAME,
  },
  "output-pipe-not-own": {
    summary: ({ details: { file } }) => `${file} is a pipe owned by another user, who could read what is written`,
    hint: OTHER_NAME,
  },
  "output-pipe-readable": {
    summary: ({ details: { file } }) => `${file} is a pipe that other users can read`,
    hint: ({ details: { file } }) => `Make it private: ${commandLine("chmod", "600", file)}`,
  },
  "output-pipe-unread": {
    summary: ({ details: { file } }) => `Nothing reads ${file}`,
    hint: "Start the program that reads the pipe first.",
  },
  "runtime-directory-shared": {
    summary: ({ details: { shared, directory } }) =>
      `XDG_RUNTIME_DIR is not used, because others can change ${shared}; the file is in ${directory}`,
  },
};

const KINDS: Readonly<Record<FileKindName, string>> = {
  export: "an exported application",
  "fleet-page": "a phalanx fleet audit page",
  "fleet-report": "a phalanx fleet audit report",
  metrics: "a phalanx metrics file",
  plan: "a plan",
  "read-approle": "an AppRole credentials file",
  schema: "a phalanx JSON Schema",
  "static-secrets": "a static secrets file",
  "write-token": "a write token file",
};

function failureText(editor: EditorFailure): string {
  switch (editor.failure) {
    case "not-started":
      return `could not be started (${editor.reason})`;
    case "killed":
      return `was terminated by ${editor.signal}`;
    case "exit-status":
      return `failed (exit status ${editor.status})`;
  }
}
