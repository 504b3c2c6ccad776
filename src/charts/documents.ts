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
    if (typeof name === "string" && name.includes(MARK) && "image" in value) value["name"] = UNNAMED;
    for (const item of Object.values(value)) nameContainers(item);
  }
}

/** Where nothing is that has to do with Secrets. */
const OF_NO_MATTER = new Set(["annotations", "image", "labels", "matchLabels"]);
const LINE_OF_NO_MATTER = /^\s*(?:- )?(?:annotations|image|labels|matchLabels):/;

/** Whether something that may matter could not be told. */
function isUntold(value: YamlValue): boolean {
  if (typeof value === "string") return value.includes(MARK);
  if (Array.isArray(value)) return value.some(isUntold);
  if (!isMapping(value)) return false;
  return Object.entries(value).some(([key, item]) => key.includes(MARK) || (!OF_NO_MATTER.has(key) && isUntold(item)));
}

/** Whether lines are missing that may matter: a comment stands for them. */
function lacksLines(document: string): boolean {
  // The line before, and those that it stands below.
  const above: { readonly indent: number; readonly matters: boolean }[] = [];
  for (const line of document.split("\n")) {
    const text = line.trimStart();
    if (text === "") continue;
    if (text.startsWith("#")) {
      // Of labels there may be others before it.
      if (line.includes(MARK) && above.slice(-2).every(({ matters }) => matters)) return true;
      continue;
    }
    const indent = line.length - text.length;
    while ((above.at(-1)?.indent ?? -1) >= indent) above.pop();
    above.push({ indent, matters: !LINE_OF_NO_MATTER.test(line) });
  }
  return false;
}

/** Reads what Helm prints, or what was read from a template: one object after the other. */
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
