import { collectProblems } from "../problems.js";
import { attempt } from "./tree-file.js";
import type { Tree } from "./tree.js";

const DIRECTORY = "environments/templates/applications";

/**
 * The Kubernetes namespaces of applications, where the tree says so: in the Argo CD template of the application,
 * `environments/templates/applications/PROJECT/APP.yaml`. What cannot be read says nothing.
 */
export function findNamespaces(tree: Tree, applications: readonly string[]): ReadonlyMap<string, string> {
  const problems = collectProblems();
  const list = (directory: string): readonly string[] => attempt(problems, () => tree.list(directory)) ?? [];
  const projects = list(DIRECTORY);
  return new Map(
    applications.flatMap((application) =>
      projects.flatMap((project): [string, string][] => {
        if (!list(`${DIRECTORY}/${project}`).includes(`${application}.yaml`)) return [];
        const text = attempt(problems, () => tree.read(`${DIRECTORY}/${project}/${application}.yaml`)) ?? "";
        // A Helm template is no YAML, so its destination is looked for line by line.
        const namespaces = [...text.matchAll(/^ +destination:\n((?: .*(?:\n|$))*)/gm)].flatMap(
          ([, destination = ""]) => /^ +namespace: "?([a-z0-9][a-z0-9-]*)"?$/m.exec(destination)?.[1] ?? [],
        );
        return namespaces.slice(0, 1).map((namespace) => [application, namespace]);
      }),
    ),
  );
}
