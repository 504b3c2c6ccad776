import type { DIAGNOSTICS } from "../../model/diagnostics/index.js";
import { ACCESS_WORDS } from "./access.js";
import { ACTION_WORDS } from "./action.js";
import { CLI_WORDS } from "./cli.js";
import { CONFIG_WORDS } from "./config.js";
import { FILES_WORDS } from "./files.js";
import { FLEET_WORDS } from "./fleet.js";
import { GIT_WORDS } from "./git.js";
import { HTTP_WORDS } from "./http.js";
import { KUBERNETES_WORDS } from "./kubernetes.js";
import { LIBRARY_WORDS } from "./library.js";
import { LINT_WORDS } from "./lint.js";
import { OPERATIONS_WORDS } from "./operations.js";
import { RECORDS_WORDS } from "./records.js";
import { ROLLOUT_WORDS } from "./rollout.js";
import { RUNS_WORDS } from "./runs.js";
import { SECRETS_WORDS } from "./secrets.js";
import { SOURCES_WORDS } from "./sources.js";
import { TARGET_WORDS } from "./target.js";
import { TERMINAL_WORDS } from "./terminal.js";
import { VAULT_WORDS } from "./vault.js";
import { YAML_WORDS } from "./yaml.js";
import type { Words } from "./words.js";

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
  ...KUBERNETES_WORDS,
  ...LIBRARY_WORDS,
  ...LINT_WORDS,
  ...OPERATIONS_WORDS,
  ...RECORDS_WORDS,
  ...ROLLOUT_WORDS,
  ...RUNS_WORDS,
  ...SECRETS_WORDS,
  ...SOURCES_WORDS,
  ...TARGET_WORDS,
  ...TERMINAL_WORDS,
  ...VAULT_WORDS,
  ...YAML_WORDS,
};

/**
 * The words for every code. In the built program they are loaded when it has something to say for the first time
 * (`scripts/bundle.mjs`); most runs have nothing to say.
 */
export function words(): Words<typeof DIAGNOSTICS> {
  return WORDS;
}
