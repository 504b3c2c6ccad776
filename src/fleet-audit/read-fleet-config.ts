import { statSync } from "node:fs";
import { join, resolve } from "node:path";
import { checkFleetConfig, type FleetConfig } from "../config/fleet-config.js";
import { diskTree } from "../config/disk-tree.js";
import { readTreeFile } from "../config/tree-file.js";
import { FLEET_CONFIG } from "../model/configuration-files.js";
import { PhalanxError } from "../errors.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { reasonOf } from "../files/file-fault.js";
import { readNamedFile } from "../files/read-bounded.js";
import { collectProblems, throwProblems } from "../problems.js";
import { textOf } from "../sources/content.js";
import { readMapping } from "../yaml/mapping-file.js";
import type { Context } from "../terminal/context.js";

/** How to access the environments, and whether the operator specified it. */
export interface FleetAccesses {
  readonly access: FleetConfig;
  /**
   * Whether a static secrets file may also hold the token: not if the tree chose the file, since anyone who can
   * change the tree could have.
   */
  readonly tokenFromSecrets: boolean;
}

/**
 * Reads `--fleet-config`, or `phalanx.fleet.yaml` at the root of the configuration, which may be missing.
 *
 * @param environments Those in the configuration.
 */
export async function readFleetConfig(
  context: Context,
  root: string,
  option: string | undefined,
  environments: readonly string[],
): Promise<FleetAccesses> {
  return option === undefined
    ? { access: readOfTree(context, root, environments), tokenFromSecrets: false }
    : { access: await readOfOperator(context, option, environments), tokenFromSecrets: true };
}

function readOfTree(context: Context, root: string, environments: readonly string[]): FleetConfig {
  const problems = collectProblems();
  const tree = diskTree(root, context.cwd);
  const file = readTreeFile(tree, FLEET_CONFIG, problems, { warnOfOddKeys: true });
  const config = typeof file === "string" ? () => undefined : checkFleetConfig(file, environments, { tree }, problems);
  throwProblems(problems, { of: "file", name: tree.display(FLEET_CONFIG) });
  return (environment) => {
    const { secrets, ...access } = config(environment) ?? {};
    if (secrets === undefined) return access;
    if (isNoFile(join(root, secrets))) {
      const place = { file: tree.display(secrets) };
      throw new PhalanxError(diagnostic("fleet-secrets-not-regular", { config: FLEET_CONFIG }, { place }));
    }
    return { ...access, secrets: tree.display(secrets) };
  };
}

/** If stat fails, reading fails too, and reports it. */
function isNoFile(path: string): boolean {
  try {
    return !statSync(path).isFile();
  } catch {
    return false;
  }
}

async function readOfOperator(context: Context, shown: string, environments: readonly string[]): Promise<FleetConfig> {
  const problems = collectProblems();
  const file = readMapping(await readText(resolve(context.cwd, shown), shown), () => shown, problems, {
    warnOfOddKeys: true,
  });
  const config = file === undefined ? () => undefined : checkFleetConfig(file, environments, "operator", problems);
  throwProblems(problems, { of: "file", name: shown });
  return config;
}

async function readText(path: string, shown: string): Promise<string> {
  const content = await readNamedFile(path).catch((cause: unknown) => {
    throw new PhalanxError(diagnostic("fleet-config-unreadable", { file: shown, reason: reasonOf(cause) }), { cause });
  });
  return textOf(content, shown);
}
