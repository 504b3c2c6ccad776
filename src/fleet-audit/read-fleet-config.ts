import { statSync } from "node:fs";
import { join, resolve } from "node:path";
import { checkFleetConfig, type FleetConfig } from "../config/fleet-config.js";
import { diskTree } from "../config/disk-tree.js";
import { readTreeFile } from "../config/tree-file.js";
import { FLEET_CONFIG } from "../config/tree.js";
import { PhalanxError } from "../errors.js";
import { readNamedFile } from "../files/read-bounded.js";
import { collectProblems, throwProblems } from "../problems.js";
import { decodeUtf8 } from "../yaml/decode.js";
import { readMapping } from "../yaml/mapping-file.js";
import type { Context } from "../terminal/context.js";

/** How to get at the environments, and whether the operator said so. */
export interface FleetAccesses {
  readonly access: FleetConfig;
  /** Whether a file of static secrets may also hold the token: not if whoever may change the tree chose the file. */
  readonly tokenFromSecrets: boolean;
}

/**
 * Reads `--fleet-config`, or `phalanx.fleet.yaml` at the root of the configuration, which may be missing.
 *
 * @param environments Those that the configuration knows.
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
      throw new PhalanxError(`${tree.display(secrets)} is not a regular file`, { hint: `Correct ${FLEET_CONFIG}.` });
    }
    return { ...access, secrets: tree.display(secrets) };
  };
}

/** What cannot be looked at cannot be read either, which is reported then. */
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
  try {
    const text = decodeUtf8(await readNamedFile(path));
    if (text === undefined) throw new PhalanxError(`${shown}: is not UTF-8`, { hint: "Save it in UTF-8." });
    return text;
  } catch (error) {
    if (error instanceof PhalanxError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw new PhalanxError(code === "ENOENT" ? `${shown} does not exist` : `${shown} cannot be read (${code})`, {
      hint: "Correct --fleet-config.",
      cause: error,
    });
  }
}
