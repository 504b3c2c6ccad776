import { ACCESS } from "../../model/diagnostics/access.js";
import { ACTION } from "../../model/diagnostics/action.js";
import { CLI } from "../../model/diagnostics/cli.js";
import { CONFIG } from "../../model/diagnostics/config.js";
import { FILES } from "../../model/diagnostics/files.js";
import { FLEET } from "../../model/diagnostics/fleet.js";
import { GIT } from "../../model/diagnostics/git.js";
import { HTTP } from "../../model/diagnostics/http.js";
import { KUBERNETES } from "../../model/diagnostics/kubernetes.js";
import { LIBRARY } from "../../model/diagnostics/library.js";
import { LINT } from "../../model/diagnostics/lint.js";
import { OPERATIONS } from "../../model/diagnostics/operations.js";
import { RECORDS } from "../../model/diagnostics/records.js";
import { ROLLOUT } from "../../model/diagnostics/rollout.js";
import { RUNS } from "../../model/diagnostics/runs.js";
import { SECRETS } from "../../model/diagnostics/secrets.js";
import { SOURCES } from "../../model/diagnostics/sources.js";
import { TARGET } from "../../model/diagnostics/target.js";
import { TERMINAL } from "../../model/diagnostics/terminal.js";
import { VAULT } from "../../model/diagnostics/vault.js";
import { YAML } from "../../model/diagnostics/yaml.js";
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
import type { Phrase } from "./words.js";

/** By area: the codes, and their words. A function, because the built program loads each area when it has something to say. */
const AREAS: readonly (readonly [codes: object, words: () => object])[] = [
  [ACCESS, () => ACCESS_WORDS],
  [ACTION, () => ACTION_WORDS],
  [CLI, () => CLI_WORDS],
  [CONFIG, () => CONFIG_WORDS],
  [FILES, () => FILES_WORDS],
  [FLEET, () => FLEET_WORDS],
  [GIT, () => GIT_WORDS],
  [HTTP, () => HTTP_WORDS],
  [KUBERNETES, () => KUBERNETES_WORDS],
  [LIBRARY, () => LIBRARY_WORDS],
  [LINT, () => LINT_WORDS],
  [OPERATIONS, () => OPERATIONS_WORDS],
  [RECORDS, () => RECORDS_WORDS],
  [ROLLOUT, () => ROLLOUT_WORDS],
  [RUNS, () => RUNS_WORDS],
  [SECRETS, () => SECRETS_WORDS],
  [SOURCES, () => SOURCES_WORDS],
  [TARGET, () => TARGET_WORDS],
  [TERMINAL, () => TERMINAL_WORDS],
  [VAULT, () => VAULT_WORDS],
  [YAML, () => YAML_WORDS],
];

/**
 * The words for a code; undefined for one that this version does not know. In the built program, the words of an area are
 * loaded when they are needed for the first time (`scripts/bundle.mjs`): most runs say little.
 */
export function phraseFor(code: string): Phrase<never> | undefined {
  const words = AREAS.find(([codes]) => Object.hasOwn(codes, code))?.[1]() as
    | Readonly<Record<string, Phrase<never>>>
    | undefined;
  return words?.[code];
}
