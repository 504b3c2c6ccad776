import type { ConsumerGap } from "../model/who-uses.js";
import { gapText } from "./consumer-gap.js";
import { printable } from "./printable.js";

/** Who receives the rights. */
export type Holder =
  | { readonly kind: "ServiceAccount"; readonly name: string; readonly namespace: string }
  | { readonly kind: "Group" | "User"; readonly name: string };

interface Rights {
  readonly namespace: string;
  readonly lists: ReadonlyMap<string, readonly string[]>;
  readonly secrets: readonly string[];
}

/** Roles and their bindings as YAML for `kubectl apply`: in each namespace only what reading it requires. */
export function renderRights(
  environment: string,
  rights: readonly Rights[],
  holder: Holder,
  gaps: readonly ConsumerGap[],
): string {
  const notes = gaps.map((gap) => `# Unknown: ${gapText(gap)}\n`).join("");
  const head = `# The read-only rights that phalanx rollout status ${printable(environment)} needs.\n${notes}`;
  // Two environments may share namespaces of one cluster.
  const name = JSON.stringify(`phalanx-rollout-status-${environment}`);
  return `${head}${[clusterWide(name, holder), ...rights.map((each) => inNamespace(name, each, holder))].join("---\n")}`;
}

/** The only cluster-scoped object: its UID identifies the cluster. */
function clusterWide(name: string, holder: Holder): string {
  return `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: ${name}
rules:
  - apiGroups: [""]
    resources: [namespaces]
    resourceNames: [kube-system]
    verbs: [get]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: ${name}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: ${name}
${subjects(holder)}`;
}

function inNamespace(name: string, { namespace, lists, secrets }: Rights, holder: Holder): string {
  const listed = [...lists].map(
    ([group, resources]) =>
      `  - apiGroups: [${JSON.stringify(group)}]\n    resources: [${resources.join(", ")}]\n    verbs: [list]\n`,
  );
  const read =
    secrets.length === 0
      ? ""
      : `  - apiGroups: [""]\n    resources: [secrets]\n    resourceNames: [${secrets.map((each) => JSON.stringify(each)).join(", ")}]\n    verbs: [get]\n`;
  return `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: ${name}
  namespace: ${JSON.stringify(namespace)}
rules:
${listed.join("")}${read}---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: ${name}
  namespace: ${JSON.stringify(namespace)}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: Role
  name: ${name}
${subjects(holder)}`;
}

function subjects(holder: Holder): string {
  const name = `    name: ${JSON.stringify(holder.name)}\n`;
  return holder.kind === "ServiceAccount"
    ? `subjects:\n  - kind: ServiceAccount\n${name}    namespace: ${JSON.stringify(holder.namespace)}\n`
    : `subjects:\n  - kind: ${holder.kind}\n    apiGroup: rbac.authorization.k8s.io\n${name}`;
}
