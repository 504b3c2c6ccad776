import type { Tree } from "../src/config/tree.js";

/** How large a synthetic configuration is. */
export interface Size {
  readonly applications: number;
  readonly environments: number;
  readonly secretsPerApplication: number;
  /** How many applications each environment enables, evenly distributed. */
  readonly enabledPerEnvironment: number;
}

/** Every kind of secret in turn; each copy is from the previous application, so that chains run through all of them. */
function secretsOf(application: number, count: number): string {
  return Array.from({ length: count }, (_, i) => {
    const rule =
      i === 0 && application > 0
        ? `copy: {application: ${nameOf(application - 1)}, key: key-0}`
        : RULES[i % RULES.length]?.replaceAll("@", `key-${i - 1}`);
    return `key-${i}:\n  description: Secret ${i} of application ${application}\n  ${rule}\n`;
  }).join("");
}

const RULES = [
  "generate: {type: password}",
  "if: feature.enabled",
  "generate: {type: gafaelfawr-token}",
  "value: fixed",
  "generate: {type: mtime, source: '@'}",
  "if: feature.other\n  generate: {type: fernet-key}",
];

function nameOf(application: number): string {
  return `app-${String(application).padStart(5, "0")}`;
}

/** The files of a configuration by path. Deterministic for a given size. */
export function generateFiles(size: Size): Map<string, string> {
  const { applications, environments, secretsPerApplication, enabledPerEnvironment } = size;
  const files = new Map<string, string>();
  const names = Array.from({ length: applications }, (_, i) => nameOf(i));
  const enabled = new Set(
    Array.from({ length: enabledPerEnvironment }, (_, i) => Math.floor((i * applications) / enabledPerEnvironment)),
  );
  files.set("environments/values.yaml", `applications:\n${names.map((name) => `  ${name}: false\n`).join("")}`);
  for (let i = 0; i < environments; i++) {
    const own = names.filter((_, application) => enabled.has((application + i) % applications));
    files.set(
      `environments/values-env-${i}.yaml`,
      `name: env-${i}\nvaultUrl: https://vault.example.org\nvaultPathPrefix: secret/phalanx/env-${i}\n` +
        `applications:\n${own.map((name) => `  ${name}: true\n`).join("")}`,
    );
  }
  for (const [i, name] of names.entries()) {
    const base = `applications/${name}`;
    files.set(`${base}/Chart.yaml`, `apiVersion: v2\nname: ${name}\nversion: 1.0.0\n`);
    files.set(`${base}/values.yaml`, "feature:\n  enabled: true\n  other: false\nreplicas: 2\n");
    files.set(`${base}/secrets.yaml`, secretsOf(i, secretsPerApplication));
  }
  return files;
}

/** An in-memory tree, so that only our own work is measured. */
export function treeOf(files: ReadonlyMap<string, string>): Tree {
  const directories = new Map<string, Set<string>>();
  for (const path of files.keys()) {
    const parts = path.split("/");
    for (let depth = 1; depth < parts.length; depth++) {
      const directory = parts.slice(0, depth).join("/");
      const names = directories.get(directory) ?? new Set();
      directories.set(directory, names.add(parts[depth] ?? ""));
    }
  }
  return {
    read: (path) => files.get(path),
    list: (directory) => [...(directories.get(directory) ?? [])].sort(),
    exists: (path) => files.has(path) || directories.has(path),
    display: (path) => path,
  };
}
