import type { ControlPlane } from "./control-plane.js";
import type { Lab } from "./lab.js";

export interface KubernetesLogin {
  readonly mount?: string;
  readonly role: string;
  readonly audience: string;
  /** `namespace/name` of the service account that may log in. */
  readonly account: string;
  readonly policies: readonly string[];
}

/** Lets a Vault verify service account tokens with a cluster, and creates a role for one account. */
export async function enableKubernetesLogin(
  lab: Pick<Lab, "must">,
  plane: ControlPlane,
  { mount = "kubernetes", role, audience, account, policies }: KubernetesLogin,
): Promise<void> {
  const reviewer = { name: "vault-reviewer", namespace: "kube-system" };
  await plane.apply(
    { apiVersion: "v1", kind: "ServiceAccount", metadata: reviewer },
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRoleBinding",
      metadata: { name: "vault-reviewer" },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "system:auth-delegator" },
      subjects: [{ kind: "ServiceAccount", ...reviewer }],
    },
  );
  const [namespace, name] = account.split("/");
  await lab.must({ method: "POST", path: `sys/auth/${mount}`, body: { type: "kubernetes" } });
  await lab.must({
    method: "POST",
    path: `auth/${mount}/config`,
    body: {
      kubernetes_host: plane.server,
      kubernetes_ca_cert: plane.ca,
      token_reviewer_jwt: await plane.tokenFor(reviewer.namespace, reviewer.name),
      disable_local_ca_jwt: true,
    },
  });
  await lab.must({
    method: "POST",
    path: `auth/${mount}/role/${role}`,
    body: {
      audience,
      bound_service_account_names: [name],
      bound_service_account_namespaces: [namespace],
      token_policies: policies,
      token_ttl: "10m",
    },
  });
}
