import type { DeclaredKind } from "../model/environment.js";
import { isName } from "../model/names.js";
import { collectProblems } from "../problems.js";
import { declaredKind } from "./application.js";
import { readSecrets } from "./secrets-file.js";
import { attempt } from "./tree-file.js";
import type { Tree } from "./tree.js";

/**
 * What an application declares, whether or not it is enabled; empty if there is no such chart. Broken entries are left
 * out: an application that is not enabled must not stop anything.
 */
export function readDeclaredKinds(
  tree: Tree,
  application: string,
  environment: string,
): ReadonlyMap<string, DeclaredKind> {
  const exists = (): boolean => tree.exists(`applications/${application}/Chart.yaml`);
  if (!isName(application) || !attempt(collectProblems(), exists)) return new Map();
  const declared = readSecrets(tree, application, environment, collectProblems());
  return new Map([...declared].map(([key, { written }]) => [key, declaredKind(written)]));
}
