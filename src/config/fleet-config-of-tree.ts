import { lineOf } from "../render/diagnostic.js";
import { type FleetAccess, ownVariables } from "../model/fleet-config.js";
import { collectProblems, type Problems } from "../problems.js";
import type { MappingFile } from "../yaml/mapping-file.js";
import { placeText } from "../yaml/position.js";
import { attempt } from "./tree-file.js";
import type { Tree } from "./tree.js";

const HINT = "Say it in a file of your own, outside of the configuration: phalanx fleet audit --fleet-config FILE";

/** Fields that name a file with a credential: none of those is in a tree. */
const CREDENTIAL_FILES = ["tokenFile", "roleIdFile", "secretIdFile", "connectTokenFile", "jwtFile"] as const;

/**
 * Whoever may change the tree decides where credentials are sent, and so must not decide which: a file of the tree names
 * an environment's own variables and files of the tree, and nothing else of the machine that reads it.
 */
export function refuseBeyondTree(
  file: MappingFile,
  path: readonly ["defaults"] | readonly ["environments", string],
  access: FleetAccess,
  tree: Tree,
  problems: Problems,
): void {
  const refuse = (field: keyof FleetAccess, message: string, hint = HINT): void =>
    problems.add(`${placeText(file.position([...path, field], "value"))}: "${field}" ${message}`, hint);
  for (const field of CREDENTIAL_FILES) {
    if (access[field] !== undefined) refuse(field, "cannot stand in a file of the configuration");
  }
  if (access.auth === "kubernetes" || access.auth === "jwt") {
    refuse("auth", `cannot be ${access.auth} in a file of the configuration: that token is the machine's`);
  }
  const [, environment] = path;
  for (const [field, own] of Object.entries(environment === undefined ? {} : ownVariables(environment))) {
    const name = access[field as keyof FleetAccess];
    if (name !== undefined && name !== own) {
      refuse(field as keyof FleetAccess, `can only be ${own} in a file of the configuration`);
    }
  }
  const { secrets } = access;
  if (secrets === undefined) return;
  if (!isBelow(secrets)) {
    refuse("secrets", "can only be a file inside the configuration, without .. or names that begin with a dot");
    return;
  }
  const found = collectProblems();
  attempt(found, () => tree.exists(secrets));
  for (const problem of found.found) refuse("secrets", `cannot be used: ${lineOf(problem)}`);
}

/** Hidden files are Git's and the shell's, not the tree's. */
function isBelow(path: string): boolean {
  return path.split(/[/\\]/).every((name) => name !== "" && !name.startsWith("."));
}
