import { describe, expect, test } from "vitest";
import { slipOf } from "../src/model/nearest.js";
import { lint, smallTree, told } from "./support/lint.js";
import { worldsForEach } from "./support/world.js";

/** Settings that are not what somebody meant: none of them may end a secret in silence. */
const open = worldsForEach();

const APPLICATIONS = { app: { secrets: "p: {description: x, generate: {type: password}}\n" } };
const settings = (more: string): string =>
  `name: test\nvaultUrl: VAULT_URL\nvaultPathPrefix: secret/phalanx/test\n${more}`;

describe("applications that are null", () => {
  test.each([
    ["in the environment", { "environments/values-test.yaml": settings("applications:\n") }, "values-test.yaml:4:1"],
    [
      "in the defaults alone",
      { "environments/values.yaml": "applications:\n", "environments/values-test.yaml": settings("") },
      "values.yaml:1:1",
    ],
  ])("are refused %s, and nothing is deleted", async (_, files, place) => {
    const world = await open(APPLICATIONS);
    expect(await world.run(["secrets", "sync", "test"])).toMatchObject({ exit: 0 });
    for (const [path, text] of Object.entries(files))
      await world.tree.write(path, text.replace("VAULT_URL", world.proxy.url));
    const { exit, stderr } = await world.run(["secrets", "sync", "test", "--delete", "--yes"]);
    expect([exit, stderr]).toEqual([
      2,
      `Error: environments/${place}: "applications" is null; it must be a mapping\n` +
        "Hint: Write applications: {} if none is meant.\n",
    ]);
    expect(await world.kv.get("app")).toHaveProperty("p");
  });

  test("are an error of lint", () => {
    const files = smallTree({});
    files["environments/values-one.yaml"] = "vaultUrl: https://v.example\nvaultPathPrefix: secret/one\napplications:\n";
    files["environments/values-two.yaml"] = "vaultUrl: https://v.example\nvaultPathPrefix: secret/two\n";
    expect(told(lint(files))).toEqual([
      'environments/values-one.yaml:3:1 error settings [one] "applications" is null; it must be a mapping',
    ]);
  });
});

describe("settings that are mistyped", () => {
  const SAID = 'environments/values-test.yaml:5:1: "onepasword" is not a setting of phalanx';

  test("are warned of by audit, plan and sync, and are an error of lint", async () => {
    const text = settings("applications: {app: true}\nonepasword: {connectUrl: https://op.example, vaultTitle: T}\n");
    const world = await open(APPLICATIONS);
    await world.tree.write("environments/values-test.yaml", text.replace("VAULT_URL", world.proxy.url));
    for (const command of ["audit", "plan", "sync"]) {
      const { stderr } = await world.run(["secrets", command, "test"]);
      expect(stderr).toContain(`Warning: ${SAID}. `);
      expect(stderr).toContain('Did you mean "onepassword"?');
    }
    const { exit, stdout } = await world.run(["lint"]);
    expect(exit).toBe(1);
    expect(stdout).toContain("mistyped-setting");
  });

  test("delete nothing if they are the applications, in the environment or in the defaults", async () => {
    const world = await open(APPLICATIONS);
    expect(await world.run(["secrets", "sync", "test"])).toMatchObject({ exit: 0 });
    const own = settings("").replace("VAULT_URL", world.proxy.url);
    for (const [place, defaults, more] of [
      ["values-test.yaml:4:1", "x: 1\n", "Applications: {app: true}\n"],
      ["values.yaml:1:1", "aplications: {app: true}\n", ""],
    ] as const) {
      await world.tree.write("environments/values.yaml", defaults);
      await world.tree.write("environments/values-test.yaml", own + more);
      const { exit, stdout, stderr } = await world.run(["secrets", "sync", "test", "--delete", "--yes"]);
      expect([exit, stdout, stderr]).toEqual([0, "", expect.stringContaining(`Warning: environments/${place}: "`)]);
    }
    expect(await world.kv.get("app")).toHaveProperty("p");
  });

  test("nor in an environment that shares the prefix", async () => {
    const world = await open(APPLICATIONS);
    expect(await world.run(["secrets", "sync", "test"])).toMatchObject({ exit: 0 });
    const write = (name: string, more: string) =>
      world.tree.write(`environments/values-${name}.yaml`, settings(more).replace("VAULT_URL", world.proxy.url));
    await write("test", "Applications: {app: true}\n");
    await write("other", "applications: {}\n");
    const { exit, stderr } = await world.run(["secrets", "sync", "other", "--delete", "--yes"]);
    expect([exit, stderr]).toEqual([
      2,
      expect.stringContaining("A deletion must read every environment, but these cannot be read: test"),
    ]);
    expect(await world.kv.get("app")).toHaveProperty("p");
  });

  test.each([
    ["onepasword: {}", "onepassword"],
    ["onePassword: {}", "onepassword"],
    ["1password: {}", "onepassword"],
    ["vaultURL: x", undefined],
    ["fqnd: x", "fqdn"],
    ["onepassword: {connectURL: https://x.example, vaultTitle: T}", "connectUrl"],
    ["onepassword: {connectUrl: https://x.example, vaultTitle: T, vaultTitel: T}", undefined],
    ["repoUrl: x", undefined],
    ["namespace: x", undefined],
    ["gcp: {name: x, title: y}", undefined],
    ["controlSystem: {applications2: x}", undefined],
  ])("%s: %s", (line, meant) => {
    const files = smallTree({ a: {} });
    files["environments/values-one.yaml"] += `${line}\n`;
    const [field = ""] = /\w*(?=: (?!\{)|: \{\})|connectURL/.exec(line) ?? [];
    expect(told(lint(files))).toEqual(
      meant === undefined
        ? []
        : [expect.stringMatching(`error mistyped-setting \\[one\\] "${field}" is not a setting of phalanx`)],
    );
    const [finding] = lint(files).findings;
    expect(finding?.diagnostic.details).toEqual(meant === undefined ? undefined : { field, meant });
  });

  test.each([
    ["vault_path_prefix", "vaultPathPrefix"],
    ["vault-url", "vaultUrl"],
    ["application", "applications"],
    ["Name", "name"],
    ["nmae", "name"],
    ["1password", "onepassword"],
    ["names", "name"],
    ["repoUrl", undefined],
    ["gcp", undefined],
    ["appOfAppsName", undefined],
    ["namespaceLabels", undefined],
    ["namespace", undefined],
  ])("%s may be %s", (field, meant) => {
    expect(slipOf(field, ["name", "fqdn", "vaultUrl", "vaultPathPrefix", "onepassword", "applications"])).toBe(meant);
  });

  test("among the defaults are one finding, of every environment", () => {
    const files = smallTree({ a: {} }, { "environments/values.yaml": "applications: {}\nfqnd: x\n" });
    expect(told(lint(files))).toEqual([
      'environments/values.yaml:2:1 error mistyped-setting [one,two] "fqnd" is not a setting of phalanx',
    ]);
  });
});

describe("onepassword that is null", () => {
  const DEFAULT = "onepassword: {connectUrl: 'https://op.invalid', vaultTitle: T}\napplications: {}\n";

  test.each([
    ["onepassword:\n", 0],
    ["onepassword: {connectUrl: null}\n", 0],
    ["", 2],
  ])("switches 1Password off, as in the original: %j", async (line, expected) => {
    const world = await open({ app: { secrets: "s: {description: x}\n" } });
    await world.kv.put("app", { s: "kept" });
    const own = settings(`applications: {app: true}\n${line}`).replace("VAULT_URL", world.proxy.url);
    await world.tree.write("environments/values-test.yaml", own);
    await world.tree.write("environments/values.yaml", DEFAULT);
    const { exit, stderr } = await world.run(["secrets", "sync", "test", "--delete", "--yes"]);
    expect(exit).toBe(expected);
    if (expected === 2) expect(stderr).toContain("No 1Password Connect credentials (OP_CONNECT_TOKEN) set");
    expect(await world.kv.get("app")).toEqual({ s: "kept" });
  });
});

test("a name that is not the file's is an error of lint", () => {
  const files = smallTree({ a: {} });
  files["environments/values-one.yaml"] += "name: two\n";
  files["environments/values-two.yaml"] += "name: two\n";
  expect(told(lint(files))).toEqual([
    'environments/values-one.yaml:5:7 error environment-name [one] the name is "two", and the file is that of one',
  ]);
});
