import { shownSetting } from "../config/access-file.js";
import { readTreeFile } from "../config/tree-file.js";
import { ACCESS_FILE, FLEET_CONFIG } from "../model/configuration-files.js";
import type { Tree } from "../config/tree.js";
import type { FleetSetting, FleetSide } from "../diff/fleet.js";
import { FleetAccess } from "../model/fleet-config.js";
import { collectProblems } from "../problems.js";
import { isMapping } from "../yaml/kind.js";
import type { YamlValue } from "../yaml/kind.js";

/** A tree's files about access to its environments, and which of their settings may be shown. */
const SHOWN = { [FLEET_CONFIG]: shownFleetSetting, [ACCESS_FILE]: shownSetting } as const;
export const ACCESS_FILES = [ACCESS_FILE, FLEET_CONFIG] as const;

/** Every setting of such a file, whether or not a command would accept it. */
export function readFleetSide(tree: Tree, path: keyof typeof SHOWN): FleetSide {
  const problems = collectProblems();
  const file = readTreeFile(tree, path, problems);
  const settings = new Map<string, FleetSetting>();
  const add = (value: YamlValue, at: readonly string[]): void => {
    if (isMapping(value)) {
      for (const [key, each] of Object.entries(value)) add(each, [...at, key]);
    } else if (at.length > 0 && typeof file !== "string") {
      const shown = SHOWN[path](at, value);
      settings.set(at.join("."), { value: JSON.stringify(value), shown, at: file.position(at, "value") });
    }
  };
  if (typeof file !== "string") add(file.value, []);
  return { problems: problems.found, settings };
}

/** Names of variables, files, mounts and roles may be shown, but not a token in their place. */
function shownFleetSetting(path: readonly string[], value: YamlValue): string | null {
  const field = path.at(-1) ?? "";
  const isPlace = path.length === (path[0] === "defaults" ? 2 : path[0] === "environments" ? 3 : 0);
  if (typeof value !== "string" || !isPlace || !Object.hasOwn(FleetAccess.shape, field)) return null;
  return FleetAccess.safeParse({ [field]: value }).success ? value : null;
}
