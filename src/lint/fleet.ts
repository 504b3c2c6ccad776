import { checkDeclaredAccess } from "../config/access-file.js";
import { checkFleetConfig } from "../config/fleet-config.js";
import { attempt } from "../config/tree-file.js";
import { ACCESS_FILE, FLEET_CONFIG } from "../model/configuration-files.js";
import type { Tree } from "../config/tree.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { collectProblems } from "../problems.js";
import { readFile } from "./file.js";
import { type Report, reportProblems } from "./findings.js";

/** Wrong names for the file. */
const MISNAMED_ACCESS = ["phalanx.yml", "Phalanx.yaml", "phalanx.yaml.txt"];
const MISNAMED = ["phalanx.fleet.yml", "phalanx-fleet.yaml", "phalanx-fleet.yml", "phalanx.fleets.yaml"];

/** Reports what every command would refuse in the tree's file about access to its environments. */
export function checkAccess(tree: Tree, environments: readonly string[], report: Report): void {
  for (const path of MISNAMED_ACCESS) {
    if (!attempt(collectProblems(), () => tree.exists(path))) continue;
    report(diagnostic("file-misnamed", { path, meant: ACCESS_FILE }, { place: { file: path } }), environments);
  }
  if (attempt(collectProblems(), () => tree.exists(ACCESS_FILE)) === false) return;
  const { mapping } = readFile(tree, ACCESS_FILE, { environments, report });
  if (mapping === undefined) return;
  reportProblems("fleet-config", { environments, report }, (problems) =>
    checkDeclaredAccess(mapping, tree, { name: undefined, environments }, problems),
  );
}

/** Reports what a fleet audit would refuse in the tree's file about access to its environments. */
export function checkFleet(tree: Tree, environments: readonly string[], report: Report): void {
  if (attempt(collectProblems(), () => tree.exists(FLEET_CONFIG)) === false) {
    for (const path of MISNAMED) {
      if (!attempt(collectProblems(), () => tree.exists(path))) continue;
      report(diagnostic("file-misnamed", { path, meant: FLEET_CONFIG }, { place: { file: path } }), environments);
    }
    return;
  }
  const { mapping } = readFile(tree, FLEET_CONFIG, { environments, report });
  if (mapping === undefined) return;
  reportProblems("fleet-config", { environments, report }, (problems) =>
    checkFleetConfig(mapping, environments, { tree }, problems),
  );
}
