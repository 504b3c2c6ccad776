import { printable } from "./printable.js";
import { commandLine } from "../model/shell.js";

/** What has to be restarted, as lines that can be pasted where the namespace is known. */
export function restartAdvice(applications: readonly string[], namespaces: ReadonlyMap<string, string>): string {
  if (applications.length === 0) return "";
  const lines = applications.map((application) => {
    const namespace = namespaces.get(application);
    return namespace === undefined
      ? `    # ${printable(application)}: restart its workloads`
      : printable(
          `    ${commandLine("kubectl", "-n", namespace, "rollout", "restart", "deployment,statefulset,daemonset")}`,
        );
  });
  const [first] = [...namespaces];
  const check = first
    ? `${printable(`    ${commandLine("kubectl", "-n", first[1], "get", "secret", first[0])}`)} -o jsonpath='{.metadata.managedFields[-1].time}{"\\n"}'\n`
    : "";
  return (
    "Once the Kubernetes secrets hold the new values (vault-secrets-operator copies them, within a minute or so)\n" +
    check +
    `restart what holds the old ones:\n${[...new Set(lines)].join("\n")}\n`
  );
}
