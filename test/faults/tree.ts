import { environmentFiles } from "../support/tree.js";

/** The 1Password vault of the environment that keeps its static secrets there. */
export const VAULT_TITLE = "Secrets";
export const CONNECT_TOKEN = "connect-token";

const APPLICATIONS = {
  origin: {
    secrets:
      "p: {description: x, generate: {type: password}}\n" +
      "h: {description: x, generate: {type: bcrypt-password-hash, source: p}}\n" +
      "s: {description: x}\n",
  },
  copier: {
    secrets:
      "p: {copy: {application: origin, key: p}}\ns: {copy: {application: origin, key: s}}\n" +
      "t: {description: x, generate: {type: template, template: 'x://${s}'}}\n",
  },
  other: {
    secrets: "q: {description: x, generate: {type: password}}\nr: {copy: {application: copier, key: p}}\n",
  },
};

export const GENERATED_KEYS = ["origin/p", "origin/h", "other/q"] as const;

/** Those and the copies of them; all other values are known beforehand. */
export const RANDOM_KEYS: ReadonlySet<string> = new Set([...GENERATED_KEYS, "copier/p", "other/r"]);

/** Three environments of the same three applications: an ordinary one, one with 1Password, one on another mount. */
export function faultTree(vaultUrl: string, connectUrl: string): Record<string, string> {
  const applications = "applications:\n  origin: true\n  copier: true\n  other: true\n";
  return environmentFiles(vaultUrl, APPLICATIONS, {
    "environments/values-vaulted.yaml": `name: vaulted\nvaultUrl: ${vaultUrl}\nvaultPathPrefix: secret/phalanx/vaulted\nonepassword: {connectUrl: "${connectUrl}", vaultTitle: ${VAULT_TITLE}}\n${applications}`,
    "environments/values-elsewhere.yaml": `name: elsewhere\nvaultUrl: ${vaultUrl}\nvaultPathPrefix: kv/phalanx/elsewhere\n${applications}`,
    "one.yaml": staticSecrets("one"),
    "two.yaml": staticSecrets("two"),
  });
}

function staticSecrets(value: string): string {
  return `applications: {origin: {s: {value: ${value}}}}\npull-secret: {registries: {example.org: {username: reader, password: ${value}}}}\n`;
}
