import type { ConditionOutcome, Declaration } from "../model/declaration.js";
import { collectProblems, throwProblems } from "../problems.js";
import type { MappingFile } from "../yaml/mapping-file.js";
import { HELM_VALUES, isTruthy, valueAt } from "./helm-values.js";
import { readSecretsFile } from "./secrets-file.js";
import { readTreeFile } from "./tree-file.js";
import type { Tree } from "./tree.js";

/**
 * Finds where a secret of an application is declared and how its conditions evaluate; undefined if no file declares it.
 */
function explainApplication(
  tree: Tree,
  environment: string,
  application: string,
): (key: string) => Declaration | undefined {
  const base = `applications/${application}`;
  const problems = collectProblems();
  // The environment's file takes precedence, so it is searched first.
  const declarations = [`${base}/secrets-${environment}.yaml`, `${base}/secrets.yaml`].map((path) =>
    readSecretsFile(tree, application, path, problems),
  );
  const files = [`${base}/values-${environment}.yaml`, `${base}/values.yaml`].flatMap((path): MappingFile[] => {
    const file = readTreeFile(tree, path, problems, HELM_VALUES);
    return typeof file === "string" ? [] : [file];
  });
  throwProblems(problems, { of: "application", name: application });
  const outcome = (of: ConditionOutcome["of"], path: string | null | undefined): ConditionOutcome[] => {
    if (!path) return [];
    const deciding = files.find((file) => valueAt(file.value, path) !== undefined);
    const value = deciding && valueAt(deciding.value, path);
    return [{ of, path, holds: isTruthy(value), decidedBy: deciding?.position(path.split("."), "value") }];
  };
  return (key) => {
    const declared = declarations.map((file) => file.get(key)).find((found) => found !== undefined);
    if (declared === undefined) return undefined;
    const { written } = declared;
    const conditions = [
      ...outcome("secret", written.if),
      ...outcome("copy", written.copy?.if),
      ...outcome("generate", written.generate?.if),
    ];
    const source = written.copy ? ["copy", "key"] : ["generate", "source"];
    return { position: declared.position(), written, conditions, source: () => declared.position(...source) };
  };
}

/** The same for any secret of an environment; reads each application on first use. */
export function explainEnvironment(
  tree: Tree,
  environment: string,
): (application: string, key: string) => Declaration | undefined {
  const known = new Map<string, (key: string) => Declaration | undefined>();
  return (application, key) => {
    const explain = known.get(application) ?? explainApplication(tree, environment, application);
    known.set(application, explain);
    return explain(key);
  };
}
