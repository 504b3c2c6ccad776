import { ConfigurationError } from "../errors.js";
import { isMapping, type YamlValue } from "../yaml/kind.js";
import { parseYaml } from "../yaml/parse.js";
import { MARK } from "./template/value.js";

/** The objects in a text of several YAML documents. */
export interface Documents {
  readonly objects: readonly unknown[];
  /** How many have parts that could not be told, or are no YAML. */
  readonly untold: number;
}

/** Kinds that neither have a Secret made nor use one; some are huge. */
const OF_NO_INTEREST =
  /^kind: *["']?(?:ConfigMap|CustomResourceDefinition|Service|Namespace|NetworkPolicy|PersistentVolumeClaim|PersistentVolume|PodDisruptionBudget|HorizontalPodAutoscaler|Role|RoleBinding|ClusterRole|ClusterRoleBinding|PriorityClass|ResourceQuota|LimitRange)["']?\s*$/m;

/** Stands for the name of a container that cannot be told, so that what it uses counts all the same. */
const UNNAMED = "not-told";

function nameContainers(value: YamlValue): void {
  if (Array.isArray(value)) for (const item of value) nameContainers(item);
  else if (isMapping(value)) {
    const { name } = value;
    if ("image" in value && typeof name === "string" && name.includes(MARK)) value["name"] = UNNAMED;
    for (const item of Object.values(value)) nameContainers(item);
  }
}

/** Reads what Helm prints, or what was read from a template: one object after the other. */
export function readDocuments(text: string): Documents {
  const objects: unknown[] = [];
  let untold = 0;
  for (const document of text.split(/^---.*$/m)) {
    if (!/^[a-zA-Z{"']/m.test(document) || OF_NO_INTEREST.test(document)) continue;
    const hasMark = document.includes(MARK);
    try {
      const { value } = parseYaml(document, () => "");
      if (value === null) continue;
      if (hasMark) {
        nameContainers(value);
        untold++;
      }
      objects.push(value);
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      untold++;
    }
  }
  return { objects, untold };
}
