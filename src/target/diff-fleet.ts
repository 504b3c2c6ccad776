import { readTreeFile } from "../config/tree-file.js";
import { FLEET_CONFIG } from "../model/configuration-files.js";
import type { Tree } from "../config/tree.js";
import type { FleetSetting, FleetSide } from "../diff/fleet.js";
import { FleetAccess } from "../model/fleet-config.js";
import { collectProblems } from "../problems.js";
import { isMapping } from "../yaml/kind.js";
import type { YamlValue } from "../yaml/kind.js";

/** Every setting of a tree's `phalanx.fleet.yaml`, whether or not an audit would accept it. */
export function readFleetSide(tree: Tree): FleetSide {
  const problems = collectProblems();
  const file = readTreeFile(tree, FLEET_CONFIG, problems);
  const settings = new Map<string, FleetSetting>();
  const add = (value: YamlValue, path: readonly string[]): void => {
    if (isMapping(value)) {
      for (const [key, each] of Object.entries(value)) add(each, [...path, key]);
    } else if (path.length > 0 && typeof file !== "string") {
      const shown = isSetting(path, value) ? value : null;
      settings.set(path.join("."), { value: JSON.stringify(value), shown, at: file.position(path, "value") });
    }
  };
  if (typeof file !== "string") add(file.value, []);
  return { problems: problems.found, settings };
}

/** Names of variables, files, mounts and roles may be shown. A token in their place may not. */
function isSetting(path: readonly string[], value: YamlValue): value is string {
  const field = path.at(-1) ?? "";
  const isPlace = path.length === (path[0] === "defaults" ? 2 : path[0] === "environments" ? 3 : 0);
  if (!isPlace || !Object.hasOwn(FleetAccess.shape, field)) return false;
  return FleetAccess.safeParse({ [field]: value }).success;
}
