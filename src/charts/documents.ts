import { ConfigurationError } from "../errors.js";
import { isMapping, type YamlValue } from "../yaml/kind.js";
import { parseYaml } from "../yaml/parse.js";
import { MARK } from "./template/value.js";

/** The objects in a multi-document YAML text. */
export interface Documents {
  readonly objects: readonly unknown[];
  /** How many have unknown parts, or are not YAML. */
  readonly untold: number;
}

/** Kinds that neither create nor use a Secret; some are huge. */
const OF_NO_INTEREST =
  /^kind: *["']?(?:ConfigMap|CustomResourceDefinition|Service|Namespace|NetworkPolicy|PersistentVolumeClaim|PersistentVolume|PodDisruptionBudget|HorizontalPodAutoscaler|Role|RoleBinding|ClusterRole|ClusterRoleBinding|PriorityClass|ResourceQuota|LimitRange)["']?\s*$/m;

/** Replaces the unknown name of a container, so that its uses still count. */
const UNNAMED = "not-told";

function nameContainers(value: YamlValue): void {
  if (Array.isArray(value)) for (const item of value) nameContainers(item);
  else if (isMapping(value)) {
    const { name } = value;
    if (typeof name === "string" && name.includes(MARK) && "image" in value) value["name"] = UNNAMED;
    for (const item of Object.values(value)) nameContainers(item);
  }
}

/** Fields that never have to do with Secrets. */
const OF_NO_MATTER = new Set(["annotations", "image", "labels", "matchLabels"]);
const LINE_OF_NO_MATTER = /^\s*(?:- )?(?:annotations|image|labels|matchLabels):/;

/** Whether something relevant is unknown. */
function isUntold(value: YamlValue): boolean {
  if (typeof value === "string") return value.includes(MARK);
  if (Array.isArray(value)) return value.some(isUntold);
  if (!isMapping(value)) return false;
  return Object.entries(value).some(([key, item]) => key.includes(MARK) || (!OF_NO_MATTER.has(key) && isUntold(item)));
}

/** Whether relevant lines are missing: a comment marks their place. */
function lacksLines(document: string): boolean {
  // The previous line and its ancestors.
  const above: { readonly indent: number; readonly matters: boolean }[] = [];
  for (const line of document.split("\n")) {
    const text = line.trimStart();
    if (text === "") continue;
    if (text.startsWith("#")) {
      // Other labels may precede it.
      if (line.includes(MARK) && above.slice(-2).every(({ matters }) => matters)) return true;
      continue;
    }
    const indent = line.length - text.length;
    while ((above.at(-1)?.indent ?? -1) >= indent) above.pop();
    above.push({ indent, matters: !LINE_OF_NO_MATTER.test(line) });
  }
  return false;
}

/** Reads what Helm prints, or what was read from a template, one object at a time. */
export function readDocuments(text: string): Documents {
  const objects: unknown[] = [];
  let untold = 0;
  for (const document of text.split(/^---.*$/m)) {
    if (!/^[a-zA-Z{"']/m.test(document) || OF_NO_INTEREST.test(document)) continue;
    try {
      const { value } = parseYaml(document, () => "");
      if (value === null) continue;
      if (document.includes(MARK) && (lacksLines(document) || isUntold(value))) untold++;
      nameContainers(value);
      objects.push(value);
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      untold++;
    }
  }
  return { objects, untold };
}
