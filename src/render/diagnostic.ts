import type { AnyDiagnostic } from "../model/diagnostic.js";
import type { DIAGNOSTICS } from "../model/diagnostics/index.js";
import { lineFrom } from "./place.js";
import { ACCESS_WORDS } from "./words/access.js";
import { ACTION_WORDS } from "./words/action.js";
import { CLI_WORDS } from "./words/cli.js";
import { CONFIG_WORDS } from "./words/config.js";
import { FILES_WORDS } from "./words/files.js";
import { FLEET_WORDS } from "./words/fleet.js";
import { GIT_WORDS } from "./words/git.js";
import { HTTP_WORDS } from "./words/http.js";
import { LIBRARY_WORDS } from "./words/library.js";
import { LINT_WORDS } from "./words/lint.js";
import { OPERATIONS_WORDS } from "./words/operations.js";
import { RUNS_WORDS } from "./words/runs.js";
import { SECRETS_WORDS } from "./words/secrets.js";
import { SOURCES_WORDS } from "./words/sources.js";
import { TARGET_WORDS } from "./words/target.js";
import { TERMINAL_WORDS } from "./words/terminal.js";
import { VAULT_WORDS } from "./words/vault.js";
import { YAML_WORDS } from "./words/yaml.js";
import type { Nested, Phrase, Words } from "./words/words.js";

/** All that the program can say: a row for each code. */
const WORDS: Words<typeof DIAGNOSTICS> = {
  ...ACCESS_WORDS,
  ...ACTION_WORDS,
  ...CLI_WORDS,
  ...CONFIG_WORDS,
  ...FILES_WORDS,
  ...FLEET_WORDS,
  ...GIT_WORDS,
  ...HTTP_WORDS,
  ...LIBRARY_WORDS,
  ...LINT_WORDS,
  ...OPERATIONS_WORDS,
  ...RUNS_WORDS,
  ...SECRETS_WORDS,
  ...SOURCES_WORDS,
  ...TARGET_WORDS,
  ...TERMINAL_WORDS,
  ...VAULT_WORDS,
  ...YAML_WORDS,
};

const NESTED: Nested = { lineOf, hintOf };

/** What happened, on one line, without the place. */
export function summaryOf(diagnostic: AnyDiagnostic): string {
  const { summary } = phraseOf(diagnostic);
  return typeof summary === "string" ? summary : summary(diagnostic as never, NESTED);
}

/** What to do about it. */
export function hintOf(diagnostic: AnyDiagnostic): string | undefined {
  const { hint } = phraseOf(diagnostic);
  return typeof hint === "function" ? hint(diagnostic as never, NESTED) : hint;
}

/** The summary behind its place: `file:line:column: summary`. */
export function lineOf(diagnostic: AnyDiagnostic): string {
  return lineFrom({ place: diagnostic.place, summary: summaryOf(diagnostic) });
}

/** Summary and hint as whole sentences, for a place that has room for one text. */
export function annotationText(diagnostic: AnyDiagnostic): string {
  const hint = hintOf(diagnostic);
  const line = lineOf(diagnostic);
  return hint === undefined ? line : `${line.replace(/[.:]$/, "")}. ${hint}`;
}

function phraseOf({ code }: AnyDiagnostic): Phrase<never> {
  // A file of another version may hold a code that this one does not know.
  return Object.hasOwn(WORDS, code) ? WORDS[code as keyof typeof DIAGNOSTICS] : { summary: code };
}
