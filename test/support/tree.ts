import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A configuration tree in a temporary directory, from a map of path to text. */
export interface TestTree {
  readonly root: string;
  write(path: string, text: string): Promise<void>;
  remove(): Promise<void>;
}

export async function makeTree(files: Readonly<Record<string, string>>): Promise<TestTree> {
  const root = await mkdtemp(join(tmpdir(), "phalanx-test-"));
  const write = async (path: string, text: string): Promise<void> => {
    await mkdir(dirname(join(root, path)), { recursive: true });
    // Private, as a static secrets file should be.
    await writeFile(join(root, path), text, { mode: 0o600 });
  };
  for (const [path, text] of Object.entries(files)) await write(path, text);
  return { root, write, remove: () => rm(root, { recursive: true, force: true }) };
}

/** The files of one application in a test tree. */
export interface TestApplication {
  readonly secrets: string;
  readonly values?: string;
}

/** The files of a tree with one environment `test` at a Vault address. */
export function environmentFiles(
  vaultUrl: string,
  applications: Readonly<Record<string, TestApplication>>,
  extra: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const enabled = Object.keys(applications).map((name) => `  ${name}: true\n`);
  const files: Record<string, string> = {
    "environments/values.yaml": 'name: ""\napplications: {}\n',
    "environments/values-test.yaml": `name: test\nvaultUrl: ${vaultUrl}\nvaultPathPrefix: secret/phalanx/test\napplications:${enabled.length === 0 ? " {}\n" : `\n${enabled.join("")}`}`,
    "applications/.keep": "",
  };
  for (const [name, { secrets, values }] of Object.entries(applications)) {
    files[`applications/${name}/Chart.yaml`] = `apiVersion: v2\nname: ${name}\nversion: 1.0.0\n`;
    files[`applications/${name}/secrets.yaml`] = secrets;
    if (values !== undefined) files[`applications/${name}/values.yaml`] = values;
  }
  return { ...files, ...extra };
}

/** Three applications with everything that a run has to keep in step: derived secrets, and copies of copies. */
export const COPYING_APPLICATIONS = {
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
