import { COPYING_APPLICATIONS, environmentFiles } from "../support/tree.js";

/** The 1Password vault of the environment that keeps its static secrets there. */
export const VAULT_TITLE = "Secrets";
export const CONNECT_TOKEN = "connect-token";

export const GENERATED_KEYS = ["origin/p", "origin/h", "other/q"] as const;

/** Those and the copies of them; all other values are known beforehand. */
export const RANDOM_KEYS: ReadonlySet<string> = new Set([...GENERATED_KEYS, "copier/p", "other/r"]);

/** Three environments of the same three applications: an ordinary one, one with 1Password, one on another mount. */
export function faultTree(vaultUrl: string, connectUrl: string): Record<string, string> {
  const applications = "applications:\n  origin: true\n  copier: true\n  other: true\n";
  return environmentFiles(vaultUrl, COPYING_APPLICATIONS, {
    "environments/values-vaulted.yaml": `name: vaulted\nvaultUrl: ${vaultUrl}\nvaultPathPrefix: secret/phalanx/vaulted\nonepassword: {connectUrl: "${connectUrl}", vaultTitle: ${VAULT_TITLE}}\n${applications}`,
    "environments/values-elsewhere.yaml": `name: elsewhere\nvaultUrl: ${vaultUrl}\nvaultPathPrefix: kv/phalanx/elsewhere\n${applications}`,
    "one.yaml": staticSecrets("one"),
    "two.yaml": staticSecrets("two"),
  });
}

function staticSecrets(value: string): string {
  return `applications: {origin: {s: {value: ${value}}}}\npull-secret: {registries: {example.org: {username: reader, password: ${value}}}}\n`;
}
