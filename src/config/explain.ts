import type { ConditionOutcome, Declaration } from "../model/declaration.js";
import { collectProblems, throwProblems } from "../problems.js";
import type { MappingFile } from "../yaml/mapping-file.js";
import { isTruthy, valueAt } from "./condition.js";
import { readSecretsFile } from "./secrets-file.js";
import { readTreeFile } from "./tree-file.js";
import type { Tree } from "./tree.js";

export type { ConditionOutcome, Declaration } from "../model/declaration.js";

/** Finds where a secret is declared and how its conditions come out; undefined if no file declares it. */
export function explainSecret(
  tree: Tree,
  environment: string,
  application: string,
  key: string,
): Declaration | undefined {
  const base = `applications/${application}`;
  const problems = collectProblems();
  const declared =
    readSecretsFile(tree, application, `${base}/secrets-${environment}.yaml`, problems).get(key) ??
    readSecretsFile(tree, application, `${base}/secrets.yaml`, problems).get(key);
  // The environment's file wins, so it is asked first.
  const files = [`${base}/values-${environment}.yaml`, `${base}/values.yaml`].flatMap((path): MappingFile[] => {
    const file = readTreeFile(tree, path, problems);
    return typeof file === "string" ? [] : [file];
  });
  throwProblems(problems, application);
  if (declared === undefined) return undefined;
  const { written } = declared;
  const outcome = (of: ConditionOutcome["of"], path: string | null | undefined): ConditionOutcome[] => {
    if (!path) return [];
    const deciding = files.find((file) => valueAt(file.value, path) !== undefined);
    const value = deciding && valueAt(deciding.value, path);
    return [{ of, path, holds: isTruthy(value), decidedBy: deciding?.position(path.split("."), "value") }];
  };
  const conditions = [
    ...outcome("secret", written.if),
    ...outcome("copy", written.copy?.if),
    ...outcome("generate", written.generate?.if),
  ];
  return { position: declared.position(), written, conditions };
}
