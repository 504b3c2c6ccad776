import type { Tree } from "../../src/config/tree.js";
import { lintTree } from "../../src/lint/lint.js";
import { findingPlace, type LintReport } from "../../src/model/lint.js";
import { summaryOf } from "../../src/render/diagnostic.js";
import { placeText } from "../../src/render/place.js";

/** An in-memory tree that counts how often each file is read. */
export interface CountingTree extends Tree {
  readonly reads: ReadonlyMap<string, number>;
}

export function countingTree(tree: Tree): CountingTree {
  const reads = new Map<string, number>();
  return {
    ...tree,
    reads,
    read: (path) => {
      reads.set(path, (reads.get(path) ?? 0) + 1);
      return tree.read(path);
    },
  };
}

export function memoryTree(files: Readonly<Record<string, string>>): Tree {
  const paths = Object.keys(files);
  return {
    read: (path) => files[path],
    exists: (path) => paths.some((other) => other === path || other.startsWith(`${path}/`)),
    list: (directory) => {
      const inside = paths.filter((path) => path.startsWith(`${directory}/`));
      return [...new Set(inside.map((path) => path.slice(directory.length + 1).split("/", 1)[0] ?? ""))].sort();
    },
    display: (path) => path,
  };
}

/** Two environments, `one` and `two`, that enable the applications; each contains only the given files. */
export function smallTree(
  applications: Readonly<Record<string, Readonly<Record<string, string>>>>,
  extra: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const enabled = Object.keys(applications).map((name) => `  ${name}: true\n`);
  const settings = (name: string): string =>
    `vaultUrl: https://vault.example.org\nvaultPathPrefix: secret/${name}\napplications:${enabled.length === 0 ? " {}\n" : `\n${enabled.join("")}`}`;
  const files: Record<string, string> = {
    "environments/values.yaml": 'name: ""\napplications: {}\n',
    "environments/values-one.yaml": settings("one"),
    "environments/values-two.yaml": settings("two"),
  };
  for (const [name, own] of Object.entries(applications)) {
    files[`applications/${name}/Chart.yaml`] = `name: ${name}\n`;
    for (const [path, text] of Object.entries(own)) files[`applications/${name}/${path}`] = text;
  }
  return { ...files, ...extra };
}

export function lint(files: Readonly<Record<string, string>>, templates = true): LintReport {
  return lintTree(memoryTree(files), { templates });
}

/** Findings as `FILE:LINE:COLUMN SEVERITY RULE ENVIRONMENTS MESSAGE`. */
export function told({ findings }: LintReport): string[] {
  return findings.map((finding) => {
    const { severity, rule, environments, diagnostic } = finding;
    const place = placeText(findingPlace(finding)).replace("applications/", "");
    return `${place} ${severity} ${rule} [${environments.join(",")}] ${summaryOf(diagnostic)}`;
  });
}
