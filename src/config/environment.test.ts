import { hintOf, lineOf } from "../render/diagnostic.js";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { environmentFiles, makeTree, type TestTree } from "../../test/support/tree.js";
import type { PhalanxError } from "../errors.js";
import { SecretValue } from "../model/secret-value.js";
import { readDeclaredKinds } from "./application.js";
import { loadEnvironment, type LoadedEnvironment } from "./environment.js";
import { diskTree } from "./disk-tree.js";
import { findRoot } from "./tree.js";

const GENERATED = "k: {description: x, generate: {type: password}}\n";
const OWN = "vaultUrl: https://vault.example.org/\nvaultPathPrefix: secret/phalanx/test\napplications: {app: true}\n";

const trees: TestTree[] = [];
afterEach(async () => {
  for (const tree of trees.splice(0)) await tree.remove();
});

async function treeWith(extra: Readonly<Record<string, string>> = {}): Promise<TestTree> {
  const files = environmentFiles("https://vault.example.org", { app: { secrets: GENERATED } });
  const tree = await makeTree({ ...files, "environments/values-test.yaml": OWN, ...extra });
  trees.push(tree);
  return tree;
}

const load = ({ root }: TestTree): LoadedEnvironment => loadEnvironment(diskTree(root, root), "test");

function failureOf(tree: TestTree): PhalanxError {
  try {
    load(tree);
  } catch (error) {
    return error as PhalanxError;
  }
  throw new Error("there was nothing wrong");
}

function problemsOf(tree: TestTree): string[] {
  const { problems, message } = failureOf(tree);
  return problems.length > 0 ? problems.map(lineOf) : [message];
}

/** A link to itself. */
async function loop({ root }: TestTree, path: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await symlink(join(root, path), join(root, path));
}

describe("files that cannot be read", () => {
  test("are reported beside all other problems", async () => {
    const tree = await treeWith({ "applications/app/secrets.yaml": "k: {description: 5}\n" });
    await mkdir(join(tree.root, "applications/app/values.yaml"));
    await loop(tree, "applications/app/secrets-test.yaml");
    await writeFile(join(tree.root, "applications/app/values-test.yaml"), Buffer.from("a: gr\u00fcn\n", "latin1"));
    expect(problemsOf(tree)).toEqual([
      "applications/app/secrets-test.yaml: is a link to itself",
      'applications/app/secrets.yaml:1:18: app/k: "description" is a number; it must be a string',
      "applications/app/values-test.yaml: is not UTF-8",
      "applications/app/values.yaml: is a directory",
    ]);
  });

  test("do no harm where they belong to something else", async () => {
    const tree = await treeWith();
    for (const path of ["environments/values-other.yaml", "applications/off/secrets.yaml"]) await loop(tree, path);
    await tree.write("applications/off/Chart.yaml", "name: off\n");
    await loop(tree, "environments/templates/applications/project/app.yaml");
    const { environment, unreadableSiblings } = load(tree);
    expect([unreadableSiblings(), environment.siblings()]).toEqual([["other"], []]);
    const disk = diskTree(tree.root, tree.root);
    expect(readDeclaredKinds(disk, "off", "test")).toEqual(new Map());
  });

  test("a byte order mark changes nothing", async () => {
    const tree = await treeWith({ "applications/app/secrets.yaml": `\uFEFF${GENERATED}` });
    expect([...(load(tree).environment.applications.get("app")?.secrets.keys() ?? [])]).toEqual(["k"]);
  });
});

describe("the root", () => {
  test("is not where links run in circles, names are too long or a file stands", async () => {
    const tree = await treeWith();
    await loop(tree, "sub/environments");
    await loop(tree, "circle");
    await tree.write("file", "");
    expect(findRoot(undefined, { cwd: join(tree.root, "sub"), env: {} })).toBe(tree.root);
    for (const option of ["circle", "file", "sub", "x".repeat(5000)]) {
      expect(() => findRoot(option, { cwd: tree.root, env: {} })).toThrow(
        / is not the root of a Phalanx configuration/,
      );
    }
    expect(() => findRoot(undefined, { cwd: "/nowhere", env: {} })).toThrow(
      "Cannot locate root of Phalanx configuration",
    );
  });
});

describe("another environment", () => {
  const PREFIX = "vaultPathPrefix: secret/phalanx/test\n";
  const URL = "vaultUrl: https://vault.example.org\n";

  test.each([
    ["that is whole and shares the prefix", `${URL}${PREFIX}applications: {app: true}\n`, "sibling"],
    ["on another server", `vaultUrl: https://other.example.org\n${PREFIX}`, "neither"],
    [
      "on another server, otherwise broken",
      `vaultUrl: https://other.example.org\n${PREFIX}applications: 5\n`,
      "neither",
    ],
    ["with another prefix, otherwise broken", `${URL}vaultPathPrefix: secret/other\napplications: [x]\n`, "neither"],
    ["with another prefix and a broken URL", "vaultUrl: 5\nvaultPathPrefix: secret/other\n", "neither"],
    ["with another prefix and duplicate keys", `${URL}vaultPathPrefix: secret/other\na: 1\na: 2\n`, "neither"],
    ["with this prefix and a broken URL", `vaultUrl: 5\n${PREFIX}`, "unreadable"],
    ["with this prefix, otherwise broken", `${URL}${PREFIX}applications: [x]\n`, "unreadable"],
    ["with this prefix and a missing chart", `${URL}${PREFIX}applications: {nochart: true}\n`, "unreadable"],
    ["with a prefix that is refused", `${URL}vaultPathPrefix: secret/phalanx/test/\n`, "unreadable"],
    ["with a broken prefix", "vaultUrl: https://other.example.org\nvaultPathPrefix: 5\n", "unreadable"],
    ["that is no YAML", "vaultUrl: [", "unreadable"],
    ["that is empty", "", "unreadable"],
  ])("%s", async (_, settings, expected) => {
    const { environment, unreadableSiblings } = load(await treeWith({ "environments/values-other.yaml": settings }));
    expect([environment.siblings().map((sibling) => sibling.environment), unreadableSiblings()]).toEqual([
      expected === "sibling" ? ["other"] : [],
      expected === "unreadable" ? ["other"] : [],
    ]);
  });
});

describe("the settings", () => {
  test.each([
    ["vaultUrl: https://v.example.org/?a=b", '1:11: "vaultUrl" has a query or fragment'],
    ["vaultUrl: 'https://v.example.org/#'", '1:11: "vaultUrl" has a query or fragment'],
    ["vaultUrl: https://v.example.org/v1/", '1:11: "vaultUrl" ends in /v1, which phalanx adds itself'],
    ["vaultUrl: https://v.example.org/proxy/v1", '1:11: "vaultUrl" ends in /v1, which phalanx adds itself'],
    ["vaultPathPrefix: /secret/x", '1:18: "vaultPathPrefix" begins with a slash'],
    ["vaultPathPrefix: secret/x/", '1:18: "vaultPathPrefix" ends with a slash'],
    ["vaultPathPrefix: secret//x", '1:18: "vaultPathPrefix" has two slashes in a row'],
    ["vaultPathPrefix: ' secret/x'", '1:18: "vaultPathPrefix" contains " secret", which is not a valid name'],
    ["vaultPathPrefix: secret/x y", '1:18: "vaultPathPrefix" contains "x y", which is not a valid name'],
    ['vaultPathPrefix: "secret/x\\n"', '1:18: "vaultPathPrefix" contains "x\n", which is not a valid name'],
    ['vaultPathPrefix: "secret/\\0x"', '1:18: "vaultPathPrefix" contains "\0x", which is not a valid name'],
    ['vaultPathPrefix: "secret/\\uD800"', "1:18: an escape sequence for half of a surrogate pair: it is not text"],
    ["vaultPathPrefix: secret/../x", '1:18: "vaultPathPrefix" contains "..", which is not a valid name'],
    ["vaultPathPrefix: secret/*", '1:18: "vaultPathPrefix" contains "*", which is not a valid name'],
    ["vaultPathPrefix: secret/+/lab", '1:18: "vaultPathPrefix" contains "+", which is not a valid name'],
    [
      "vaultPathPrefix: 'secret/{{identity.entity.name}}'",
      '1:18: "vaultPathPrefix" contains "{{identity.entity.name}}", which is not a valid name',
    ],
    [
      `vaultPathPrefix: 'secret/x"{capabilities=["read"]}path"*'`,
      '1:18: "vaultPathPrefix" contains "x"{capabilities=["read"]}path"*", which is not a valid name',
    ],
    [`vaultPathPrefix: secret/${"x".repeat(247)}`, '1:18: "vaultPathPrefix" has more than 253 characters'],
    ["vaultPathPrefix: secret", '1:18: "vaultPathPrefix" has only one part: it needs a mount and a path'],
  ])("%s", async (line, problem) => {
    const defaults = "environments/values.yaml";
    const rest = OWN.replace(new RegExp(`^${line.split(":", 1)[0]}:.*\n`, "m"), "");
    const tree = await treeWith({ [defaults]: "x: 1\n", "environments/values-test.yaml": `${line}\n${rest}` });
    expect(problemsOf(tree)).toEqual([`environments/values-test.yaml:${problem}`]);
  });

  test.each(["https://v.example.org/v1x", "https://v.example.org/v1/proxy/", "https://v1"])(
    "%s is a URL like any other",
    async (url) => {
      const tree = await treeWith({
        "environments/values-test.yaml": OWN.replace(/^vaultUrl:.*$/m, `vaultUrl: ${url}`),
      });
      expect(load(tree).environment.vault.url).toBe(url.replace(/\/$/, ""));
    },
  );
});

describe("names", () => {
  test("of secrets and values may be __proto__", async () => {
    const tree = await treeWith({
      "applications/app/values.yaml": "__proto__: {a: false, b: 1}\n",
      "applications/app/values-test.yaml": "__proto__: {a: true}\n",
      "applications/app/secrets.yaml":
        "__proto__: {description: x, if: __proto__.a}\nconstructor: {description: x, if: __proto__.constructor}\n",
    });
    const { applications } = load(tree).environment;
    expect([...(applications.get("app")?.secrets.keys() ?? [])]).toEqual(["__proto__"]);
  });

  test.each(["__proto__", "", ".", "..", "a/b", ".git", "a;b", "$(id)", "a b", "a\nb", "caf\u00e9", "x".repeat(254)])(
    "of an application cannot be %j, whether it is enabled or not",
    async (name) => {
      for (const enabled of [true, false]) {
        const applications = JSON.stringify({ [name]: enabled });
        const tree = await treeWith({ "environments/values-test.yaml": OWN.replace("{app: true}", applications) });
        expect(problemsOf(tree)).toEqual([
          expect.stringMatching(/^environments\/values-test\.yaml:3:\d+: "[^]*" is not a valid application name$/),
        ]);
      }
    },
  );

  test("of a secret's field may not", async () => {
    const tree = await treeWith({
      "applications/app/secrets.yaml": "k: {description: x, __proto__: {value: x}, onepassword: {__proto__: 1}}\n",
    });
    expect(problemsOf(tree)).toEqual([
      'applications/app/secrets.yaml:1:21: app/k: unknown field "__proto__"',
      'applications/app/secrets.yaml:1:58: app/k: unknown field "__proto__"',
    ]);
  });

  test("of a generator's fields are suggested, and those of other generators told apart", async () => {
    const tree = await treeWith({
      "applications/app/secrets.yaml": [
        "a: {description: x, generate: {type: password, length: 9}}",
        "b: {description: x, generate: {type: random, length: 9, minimum: {didgit: 1}}}",
        "c: {description: x, generate: {type: random, length: 9, chars: ab}}\n",
      ].join("\n"),
    });
    expect(failureOf(tree).problems.map((each) => ({ message: lineOf(each), hint: hintOf(each) }))).toEqual([
      {
        message: 'applications/app/secrets.yaml:1:48: app/a: "length" does not belong here',
        hint: "Only other types have it.",
      },
      {
        message: 'applications/app/secrets.yaml:2:67: app/b: unknown field "didgit"',
        hint: expect.stringContaining("digit") as string,
      },
      {
        message: 'applications/app/secrets.yaml:3:57: app/c: unknown field "chars"',
        hint: expect.stringContaining("charset") as string,
      },
    ]);
  });

  test("may not be there in both spellings", async () => {
    const tree = await treeWith({
      "applications/app/secrets.yaml":
        "k: {description: x, if: a, condition: b, copy: {application: a, key: b, if: c, condition: d}}\n",
    });
    expect(problemsOf(tree)).toEqual([
      'applications/app/secrets.yaml:1:28: app/k: "condition" and "if" are the same field, and both are set',
      'applications/app/secrets.yaml:1:80: app/k: "condition" and "if" are the same field, and both are set',
    ]);
  });
});

test("keys that are no strings are pointed out in secrets*.yaml, not in Helm values", async () => {
  const tree = await treeWith({
    "applications/app/secrets.yaml": `${GENERATED}0123: {description: x}\n`,
    "applications/app/secrets-test.yaml": "on: {description: x}\n",
    "applications/app/values.yaml": "on: {1: x}\n",
  });
  expect(load(tree).warnings.map(lineOf)).toEqual([
    'applications/app/secrets.yaml:2:1: the key is a number, read as "83"; to keep that name, write "83" in quotes',
    'applications/app/secrets-test.yaml:1:1: the key is a boolean, read as "true"; to keep that name, write "true" in quotes',
  ]);
});

test("no condition leads through a key that is no string, as in the original", async () => {
  const conditions = ["db.1", "db", "true.x", "on.x", "'2.y'", "null.x", "db.16", "bytes.x", "db.bytes"];
  const tree = await treeWith({
    "applications/app/secrets.yaml": conditions.map((path, i) => `s${i}: {description: x, if: ${path}}\n`).join(""),
    "applications/app/values.yaml":
      "db: {1: true, !!binary Ynl0ZXM=: true}\non: {x: true}\n'2': {y: true}\nnull: {x: true}\n!!binary Ynl0ZXM=: {x: true}\n",
    "applications/app/values-test.yaml": "db: {0x10: true}\n",
  });
  expect([...(load(tree).environment.applications.get("app")?.secrets.keys() ?? [])]).toEqual(["s1", "s4"]);
});

test("texts may be written in base64, as in the original, and bytes that are none are refused", async () => {
  const tree = await treeWith({
    "applications/app/secrets.yaml":
      "!!binary aGk=: {description: !!binary eA==, if: !!binary b24ueA==, value: !!binary w6k=}\n",
    "applications/app/values.yaml": "'on': {x: !!binary /w==}\n",
  });
  const secret = load(tree).environment.applications.get("app")?.secrets.get("hi");
  expect(secret).toMatchObject({ key: "hi", description: "x", kind: "fixed" });
  expect(secret?.kind === "fixed" && secret.value.equals(new SecretValue("é"))).toBe(true);
  await tree.write("applications/app/secrets.yaml", "k: {description: x, value: !!binary /w==}\n");
  expect(() => load(tree)).toThrow("is binary data");
});
