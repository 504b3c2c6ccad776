import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { loadEnvironment } from "../src/config/environment.js";
import type { Tree } from "../src/config/tree.js";
import { PhalanxError } from "../src/errors.js";
import { lintTree } from "../src/lint/lint.js";
import { renderStaticTemplate } from "../src/render/static-template.js";
import { checkStaticSecrets } from "../src/sources/file.js";
import { counter, fuzz, patience } from "./support/fuzz.js";
import { changeText, names, textChanges } from "./support/hostile-text.js";
import { memoryTree } from "./support/lint.js";
import { environmentOf } from "./support/model.js";

const statics = counter("files of static secrets");
const trees = counter("configuration trees");
afterAll(() => [statics, trees].map(({ report }) => report()));

const ENVIRONMENT = environmentOf([]);

const STATIC = `applications:
  app:
    s: {value: a value, description: some text}
    m:
      value: |
        several
        lines
oidc-clients: {client: {id: i, secret: x, return_uri: u}}
pull-secret: {description: x, registries: {"example.org": {username: u, password: p}}}
vault-write-token: x
`;

/** Whether the work ends well; anything but an error that a user can cause is a failure. */
function succeeds(work: () => unknown): boolean {
  try {
    work();
    return true;
  } catch (error) {
    if (!(error instanceof PhalanxError)) throw error;
    expect(error.message).not.toBe("");

    return false;
  }
}

test("changed files of static secrets are read or refused", { timeout: patience(20_000) }, () => {
  expect(succeeds(() => checkStaticSecrets(STATIC, "static.yaml", ENVIRONMENT))).toBe(true);
  fc.assert(
    fc.property(textChanges, (changes) => {
      statics.count();
      succeeds(() => checkStaticSecrets(changeText(STATIC, changes), "static.yaml", ENVIRONMENT));
    }),
    fuzz(400),
  );
});

const FILES: Readonly<Record<string, string>> = {
  "environments/values.yaml": 'name: ""\napplications: {other: false}\n',
  "environments/values-test.yaml":
    "name: test\nvaultUrl: https://vault.example.org\nvaultPathPrefix: secret/phalanx/test\nonepassword: {connectUrl: 'https://op.example.org', vaultTitle: x}\napplications:\n  app: true\n  other: true\n",
  "environments/values-sibling.yaml": "vaultUrl: https://vault.example.org\nvaultPathPrefix: secret/phalanx/test\n",
  "applications/app/Chart.yaml": "apiVersion: v2\nname: app\nversion: 1.0.0\n",
  "applications/app/values.yaml": "config: {enabled: true, nested: {deep: [1, 2]}}\n",
  "applications/app/values-test.yaml": "config: {enabled: false}\n",
  "applications/app/secrets.yaml":
    "p: {description: x, generate: {type: password}}\nr: {description: x, generate: {type: random, length: 20, charset: 'aA1!', minimum: {lower: 2}}}\nh: {description: x, generate: {type: bcrypt-password-hash, source: p}}\ns:\n  description: >-\n    Some text\n  if: config.enabled\n  onepassword: {encoded: true}\nt: {description: x, generate: {type: template, template: 'x://${p}@${other/c}'}}\n",
  "applications/other/Chart.yaml": "apiVersion: v2\nname: other\nversion: 1.0.0\n",
  "applications/other/secrets.yaml":
    "c: {description: x, copy: {application: app, key: p, if: config.x}}\nv: {description: x, value: fixed}\n",
};

/** A tree that notes what it is asked for. */
function notingTree(tree: Tree, asked: Set<string>): Tree {
  const note = (path: string): string => {
    asked.add(path);
    return path;
  };
  return {
    ...tree,
    read: (path) => tree.read(note(path)),
    exists: (path) => tree.exists(note(path)),
    list: (directory) => tree.list(note(directory)),
  };
}

/** Everything that is made of a tree without a server. */
function readTree(files: Readonly<Record<string, string>>): { readonly loaded: boolean; readonly asked: Set<string> } {
  const asked = new Set<string>();
  const tree = notingTree(memoryTree(files), asked);
  const loaded = succeeds(() => {
    const { environment } = loadEnvironment(tree, "test");
    renderStaticTemplate(environment);
    environment.siblings();
  });
  succeeds(() => lintTree(tree, { templates: true }));
  return { loaded, asked };
}

const isFileName = (name: string): boolean => /^[^/\0]+$/.test(name) && !/^\.\.?$/.test(name);

const applicationFiles = (name: string, secrets: string): Record<string, string> => ({
  [`applications/${name}/Chart.yaml`]: "name: x\n",
  [`applications/${name}/secrets.yaml`]: secrets,
});

describe("a configuration", () => {
  test("whose files are changed is read or refused", { timeout: patience(20_000) }, () => {
    expect(readTree(FILES).loaded).toBe(true);
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(FILES)), textChanges, (path, changes) => {
        trees.count();
        readTree({ ...FILES, [path]: changeText(FILES[path] ?? "", changes) });
      }),
      fuzz(200),
    );
  });

  test("never leads out of its tree, whatever its names are", { timeout: patience(20_000) }, () => {
    fc.assert(
      fc.property(names, names, names, (application, key, other) => {
        trees.count();
        const secrets = `${JSON.stringify(key)}: {description: x}\nc: {copy: {application: ${JSON.stringify(other)}, key: ${JSON.stringify(key)}}}\n`;
        const { asked } = readTree({
          ...FILES,
          "environments/values-test.yaml": `${FILES["environments/values-test.yaml"]}  ${JSON.stringify(application)}: true\n`,
          ...(isFileName(application) ? applicationFiles(application, secrets) : {}),
        });
        const outside = [...asked].filter(
          (path) => path.startsWith("/") || path.split("/").includes("..") || join("/root", path) !== `/root/${path}`,
        );
        expect(outside).toEqual([]);
      }),
      fuzz(200),
    );
  });
});
