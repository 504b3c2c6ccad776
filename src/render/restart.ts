import type { AppliedRestart } from "../model/impact.js";
import { printable } from "./printable.js";
import { commandLine } from "../model/shell.js";

/** What has to be restarted, as lines that can be pasted where the namespace is known. */
export function restartAdvice(restarts: readonly AppliedRestart[]): string {
  if (restarts.length === 0) return "";
  const lines = restarts.map(({ application, namespace }) =>
    namespace === null
      ? `    # ${printable(application)}: restart its workloads`
      : printable(
          `    ${commandLine("kubectl", "-n", namespace, "rollout", "restart", "deployment,statefulset,daemonset")}`,
        ),
  );
  const [first] = restarts.flatMap(({ application, namespace }) =>
    namespace === null ? [] : [{ application, namespace }],
  );
  const check = first
    ? `${printable(`    ${commandLine("kubectl", "-n", first.namespace, "get", "secret", first.application)}`)} -o jsonpath='{.metadata.managedFields[-1].time}{"\\n"}'\n`
    : "";
  return (
    "Once the Kubernetes secrets hold the new values (vault-secrets-operator copies them, within a minute or so)\n" +
    check +
    `restart what holds the old ones:\n${[...new Set(lines)].join("\n")}\n`
  );
}
