import { describe, expect, test } from "vitest";
import { lint, smallTree, told } from "./support/lint.js";
import { worldsForEach } from "./support/world.js";

/** A file whose name is nearly right is read by nobody: that is said, and nothing goes because of it. */
const open = worldsForEach();

const TEXT = "p: {description: x, generate: {type: password}}\n";

describe("lint", () => {
  test.each([
    ["secrets.yml", "secrets.yaml", "one,two"],
    ["secret.yaml", "secrets.yaml", "one,two"],
    ["Secrets.yaml", "secrets.yaml", "one,two"],
    ["secrets.YAML", "secrets.yaml", "one,two"],
    ["sercets.yaml", "secrets.yaml", "one,two"],
    ["value.yaml", "values.yaml", "one,two"],
    ["values.yml", "values.yaml", "one,two"],
    ["secrets-one.yml", "secrets-one.yaml", "one"],
    ["secret-one.yaml", "secrets-one.yaml", "one"],
    ["secrets_one.yaml", "secrets-one.yaml", "one"],
    ["secrets.one.yaml", "secrets-one.yaml", "one"],
    ["values-two.yml", "values-two.yaml", "two"],
    ["values-tow.yaml", "values-two.yaml", "two"],
    ["values-tow.yml", "values-two.yaml", "two"],
    ["secrets-One.yaml", "secrets-one.yaml", "one"],
    ["secrets-onne.yaml", "secrets-one.yaml", "one"],
    ["secrets.yaml ", "secrets.yaml", "one,two"],
    ["ecrets.yaml", "secrets.yaml", "one,two"],
    ["secrets.yalm", "secrets.yaml", "one,two"],
    ["secrets.yaml.txt", "secrets.yaml", "one,two"],
    ["values two.yaml", "values-two.yaml", "two"],
  ])("%s is an error", (name, meant, environments) => {
    const report = lint(smallTree({ a: { [name]: TEXT } }));
    expect(told(report)).toEqual([
      `a/${name}:1:1 error misnamed-file [${environments}] a file with this name is ignored, so a may lack secrets or values`,
    ]);
    expect(report.findings[0]?.diagnostic.details).toEqual({
      path: `applications/a/${name}`,
      meant: `applications/a/${meant}`,
    });
  });

  test.each([
    "crds.yaml",
    "tables.yaml",
    "secrets.example.yaml",
    "values.schema.json",
    "secrets.yaml.bak",
    "secrets.yaml~",
    "values.xml",
    "values.txt",
    "rules.yml",
  ])("%s is none of them", (name) => {
    expect(told(lint(smallTree({ a: { [name]: TEXT } })))).toEqual([]);
  });

  test("values files of unknown environments are only a warning, even if their names are similar to those of others", () => {
    const gone = ["values-tow.yaml", "values-one2.yaml", "values-elsewhere.yaml"];
    const files = { "values-two.yaml": "x: 1\n", ...Object.fromEntries(gone.map((name) => [name, "x: 1\n"])) };
    expect(told(lint(smallTree({ a: files }))).map((line) => line.split(" ").slice(1, 3).join(" "))).toEqual(
      gone.map(() => "warning unknown-environment"),
    );
  });

  test("the settings of the fleet audit", () => {
    expect(told(lint(smallTree({ a: {} }, { "phalanx.fleet.yml": "environments: {}\n" })))).toEqual([
      "phalanx.fleet.yml:1:1 error misnamed-file [one,two] a file with this name is ignored",
    ]);
  });

  test("settings that no environment reads because of their name", () => {
    const files = smallTree(
      { a: {} },
      { "environments/values-lab.yml": "x: 1\n", "environments/Values.yaml": "x: 1\n" },
    );
    expect(told(lint(files))).toEqual([
      "environments/Values.yaml:1:1 error misnamed-file [one,two] a file with this name is ignored",
      "environments/values-lab.yml:1:1 error misnamed-file [lab] a file with this name is ignored",
    ]);
  });
});

const settings = (url: string, prefix: string): string =>
  `name: lab\nvaultUrl: ${url}\nvaultPathPrefix: ${prefix}\napplications: {lab: true}\n`;

describe("audit, plan and sync", () => {
  const NAMES = ["secrets.yml", "secret.yaml", "Secrets.yaml", "secrets-test.yml", "secrets-tset.yaml"];

  test.each(NAMES)("warn of %s, and delete nothing", async (name) => {
    const world = await open({ app: { secrets: TEXT }, other: { secrets: TEXT } });
    expect(await world.run(["secrets", "sync", "test"])).toMatchObject({ exit: 0 });
    await world.tree.write(`applications/app/${name}`, TEXT);
    await world.tree.write("applications/app/secrets.yaml", "");
    await world.kv.put("stranger", { k: "v" });
    const said = `Warning: applications/app/${name}: a file with this name is ignored, so app may lack secrets or values`;
    for (const command of ["audit", "plan", "sync"]) {
      const { stderr } = await world.run(["secrets", command, "test"]);
      expect(stderr).toContain(said);
      expect(stderr).toContain(`Rename it: mv applications/app/${name} applications/app/secrets`);
    }
    const { exit, stdout } = await world.run(["secrets", "sync", "test", "--delete", "--yes"]);
    expect([exit, stdout]).toEqual([0, "Deleted Vault secret for stranger\n"]);
    expect(await world.kv.get("app")).toHaveProperty("p");
    await world.kv.put("app", {});
    const { stdout: purge } = await world.run(["secrets", "plan", "test", "--delete", "--purge"]);
    expect(purge).not.toContain("app");
  });

  test("delete nothing of a disabled application, nor of one whose values file is misnamed", async () => {
    const world = await open({
      app: { secrets: `${TEXT}q: {description: x, if: isOn, generate: {type: password}}\n`, values: "isOn: true\n" },
      gone: { secrets: TEXT },
    });
    expect(await world.run(["secrets", "sync", "test"])).toMatchObject({ exit: 0 });
    await world.tree.write("applications/app/values.yaml", "");
    await world.tree.write("applications/app/values.yml", "isOn: true\n");
    await world.tree.write("applications/gone/secrets.yml", TEXT);
    const own = `name: test\nvaultUrl: ${world.proxy.url}\nvaultPathPrefix: secret/phalanx/test\napplications: {app: true}\n`;
    await world.tree.write("environments/values-test.yaml", own);
    expect(await world.run(["secrets", "sync", "test", "--delete", "--yes"])).toMatchObject({ exit: 0, stdout: "" });
    expect(await world.kv.get("app")).toHaveProperty("q");
    expect(await world.kv.get("gone")).toHaveProperty("p");
  });

  test("suggest the right name for misnamed settings, and delete nothing that they may share", async () => {
    const world = await open({ app: { secrets: TEXT } });
    await world.tree.write("environments/values-lab.yml", settings(world.proxy.url, "secret/phalanx/test"));
    const unknown = await world.run(["secrets", "audit", "lab"]);
    expect([unknown.exit, unknown.stderr]).toEqual([
      2,
      "Error: No configuration found for environment lab\n" +
        "Hint: Rename it: mv environments/values-lab.yml environments/values-lab.yaml\n",
    ]);
    const linted = await world.run(["lint", "lab"]);
    expect([linted.exit, linted.stderr]).toEqual([2, unknown.stderr]);
    await world.kv.put("lab", { k: "v" });
    const refused = await world.run(["secrets", "sync", "test", "--delete", "--yes"]);
    expect(refused.exit).toBe(2);
    expect(refused.stderr).toContain("A deletion must read every environment, but these cannot be read: lab");
    expect(await world.kv.get("lab")).toEqual({ k: "v" });
    await world.tree.write("environments/values-lab.yml", settings(world.proxy.url, "secret/phalanx/lab"));
    const audited = await world.run(["secrets", "audit", "test"]);
    expect(audited.stderr).toContain("Warning: environments/values-lab.yml: a file with this name is ignored");
    expect(await world.run(["secrets", "sync", "test", "--delete", "--yes"])).toMatchObject({ exit: 0 });
  });
});
