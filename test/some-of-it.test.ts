import { describe, expect, test } from "vitest";
import { type World, worldsForEach } from "./support/world.js";

const open = worldsForEach();
const APPLICATIONS = {
  origin: { secrets: "p: {description: x, generate: {type: password}}\ns: {description: x}\n" },
  copier: { secrets: "p: {description: x, copy: {application: origin, key: p}}\nown: {description: x}\n" },
  other: {
    secrets:
      "q: {description: x, generate: {type: password}}\nu: {description: x, generate: {type: template, template: 'x://${other/q}@${origin/s}'}}\n",
  },
};
const FILES = {
  "static.yaml": "applications: {origin: {s: {value: v}}, copier: {own: {value: o}}}\n",
  "less.yaml": "applications: {origin: {s: {value: w}}}\n",
};
const SECRETS = ["--secrets", "static.yaml"];

const sync = (world: World, ...args: string[]) => world.run(["secrets", "sync", "test", ...args]);
const audit = (world: World, ...args: string[]) => world.run(["secrets", "audit", "test", ...args]);

describe("named applications and secrets", () => {
  test("are written with what follows from them, and nothing else is", async () => {
    const world = await open(APPLICATIONS, FILES);
    expect(await sync(world, "origin/p", ...SECRETS)).toMatchObject({
      exit: 0,
      stdout: "Created Vault secret for copier\nCreated Vault secret for origin\n",
    });
    const password = (await world.kv.get("origin"))?.["p"];
    expect(await world.kv.get("origin")).toEqual({ p: password });
    expect(await world.kv.get("copier")).toEqual({ p: password });
    expect(await world.kv.get("other")).toBeUndefined();
    expect(await audit(world, "origin/p", ...SECRETS)).toMatchObject({ exit: 0, stdout: "" });
    expect(await audit(world, "origin", ...SECRETS)).toMatchObject({
      exit: 1,
      stdout: "Missing secrets:\n• origin s\n",
    });
    expect(await audit(world, ...SECRETS)).toMatchObject({ exit: 1, stdout: expect.stringContaining("• other q\n") });
  });

  test("take what others hold in Vault, and are unresolved where that is nothing", async () => {
    const world = await open(APPLICATIONS, FILES);
    await world.kv.put("origin", { s: "as Vault holds it" });
    const refused = await sync(world, "copier/p", ...SECRETS);
    expect(refused).toMatchObject({ exit: 2, stdout: "" });
    expect(refused.stderr).toContain(
      "copier/p comes from origin/p, which was not named, and Vault holds no value for it\n",
    );
    expect(refused.stderr).toContain("Name origin/p, too.");
    expect(await sync(world, "other", ...SECRETS)).toMatchObject({ exit: 0 });
    const { q, u } = (await world.kv.get("other")) ?? {};
    expect(u).toBe(`x://${String(q)}@as Vault holds it`);
  });

  test("are the only ones that are deleted", async () => {
    const world = await open(APPLICATIONS, FILES);
    await sync(world, ...SECRETS);
    await world.kv.set("origin", "old", "x");
    await world.kv.set("other", "old", "x");
    expect(await audit(world, "origin", ...SECRETS)).toMatchObject({
      exit: 1,
      stdout: "Unknown secrets in Vault:\n• origin old\n",
    });
    expect(await sync(world, "origin", "--delete", ...SECRETS)).toMatchObject({
      exit: 0,
      stdout: "Deleted Vault secret for origin old\n",
    });
    expect(await world.kv.get("other")).toMatchObject({ old: "x" });
  });

  test("are known to the environment, or all slips are told", async () => {
    const world = await open(APPLICATIONS, FILES);
    for (const command of ["sync", "plan", "audit"]) {
      const { exit, stdout, stderr } = await world.run(["secrets", command, "test", "orgin", "origin/pp", "other"]);
      expect({ exit, stdout }).toEqual({ exit: 2, stdout: "" });
      expect(stderr).toContain("orgin: test has no such application\n");
      expect(stderr).toContain('Did you mean "origin"?');
      expect(stderr).toContain("origin/pp: test requires no such secret\n");
      expect(stderr).toContain("Error: test does not have some of these names, so nothing was done\n");
    }
  });

  test("go into a plan file, and into the lines that are printed", async () => {
    const world = await open(APPLICATIONS, FILES);
    const made = await world.run(["secrets", "plan", "test", "origin", ...SECRETS, "--out", "a.plan"]);
    expect(made.stdout).toContain("3 to create, in 2 Vault secrets.\n");
    expect(await sync(world, ...SECRETS, "--plan", "a.plan")).toMatchObject({ exit: 0 });
    expect(Object.keys((await world.kv.get("origin")) ?? {}).sort()).toEqual(["p", "s"]);
    expect(Object.keys((await world.kv.get("other")) ?? {})).toEqual([]);
  });
});

test.each<[string, readonly string[]]>([
  ["set", ["secrets", "set", "test", "origin/s", "--yes"]],
  ["rotate", ["secrets", "rotate", "test", "origin/p", "--yes"]],
])("%s makes nothing from a value that it does not write", async (_, args) => {
  const world = await open(
    {
      origin: {
        secrets:
          "p: {description: x, generate: {type: password}}\ns: {description: x}\nnew: {description: x, generate: {type: password}}\n",
      },
      user: {
        secrets: "t: {description: x, generate: {type: template, template: '${origin/p} ${origin/s} ${origin/new}'}}\n",
      },
    },
    FILES,
  );
  await world.kv.put("origin", { p: "p", s: "s" });
  // An older one, which would be stale.
  await world.kv.put("user", { t: "p s older" });
  const { exit, stderr } = await world.run(args, { input: "typed" });
  expect([exit, stderr]).toEqual([2, expect.stringContaining("user/t comes from origin/new, which was not named")]);
  expect(await world.kv.get("origin")).toEqual({ p: "p", s: "s" });
});

describe("--partial", () => {
  test("writes what does not depend on what is unresolved, and says what is left", async () => {
    const world = await open(APPLICATIONS, FILES);
    const refused = await sync(world, "--secrets", "less.yaml");
    expect(refused).toMatchObject({ exit: 2, stdout: "" });
    expect(refused.stderr).toContain(
      "To write only certain applications, add their names. To write everything that can be written: phalanx secrets sync test --secrets less.yaml --partial\n",
    );
    const { exit, stdout, stderr } = await sync(world, "--secrets", "less.yaml", "--partial");
    expect({ exit, stdout }).toEqual({
      exit: 1,
      stdout: "Created Vault secret for copier\nCreated Vault secret for origin\nCreated Vault secret for other\n",
    });
    expect(stderr).toContain("Warning: copier/own has no value in the static secrets file, nor in Vault.");
    expect(await world.kv.get("copier")).toEqual({ p: (await world.kv.get("origin"))?.["p"] });
    expect(await sync(world, "--secrets", "less.yaml", "--partial")).toMatchObject({ exit: 1, stdout: "" });
    expect(await sync(world, ...SECRETS, "--partial")).toMatchObject({ exit: 0 });
  });

  test("leaves an application alone in which something would be lost, and all that is made from it", async () => {
    const world = await open(APPLICATIONS, FILES);
    await sync(world, ...SECRETS);
    await world.kv.softDelete("other");
    await world.kv.set("origin", "s", "older");
    const { exit, stdout, stderr } = await sync(world, ...SECRETS, "--partial");
    expect({ exit, stdout }).toEqual({ exit: 1, stdout: "Updated Vault secret for origin s\n" });
    expect(stderr).toContain("Warning: other: version 1, the latest, was soft-deleted");
    expect(await world.kv.get("other")).toBeUndefined();
  });

  test("is shown by a plan, and kept by its file", async () => {
    const world = await open(APPLICATIONS, FILES);
    const args = ["--secrets", "less.yaml", "--partial"];
    const made = await world.run(["secrets", "plan", "test", ...args, "--out", "a.plan"]);
    expect(made).toMatchObject({
      exit: 1,
      stdout: expect.stringContaining("This is left out:\n  ! copier/own has no"),
    });
    expect(made.stdout).toContain("5 to create, in 3 Vault secrets.");
    expect(await sync(world, "--secrets", "less.yaml", "--plan", "a.plan")).toMatchObject({
      exit: 1,
      stdout: "Created Vault secret for copier\nCreated Vault secret for origin\nCreated Vault secret for other\n",
    });
  });
});

test("a clean audit of some says of which, at a terminal", async () => {
  const world = await open(APPLICATIONS, FILES);
  await sync(world, "origin", ...SECRETS);
  const args = ["secrets", "audit", "test", "origin", ...SECRETS];
  expect((await world.run(args, { terminal: true })).stdout).toContain(
    "nothing is missing, different or unknown in origin of test.",
  );
});

test("set does not write into Vault what the file of phalanx.yaml would take back", async () => {
  const files = { ...FILES, "phalanx.yaml": "environments: {test: {secrets: static.yaml}}\n" };
  const world = await open(APPLICATIONS, files);
  await sync(world);
  const args = ["secrets", "set", "test", "origin/s", "--yes"];
  const { exit, stdout, stderr } = await world.run(args, { input: "typed" });
  expect({ exit, stdout }).toEqual({ exit: 2, stdout: "" });
  expect(stderr).toContain(
    "test keeps its static secrets in static.yaml: if that has a value, the next sync would overwrite what is set here\n",
  );
  expect(stderr).toContain("phalanx secrets set test origin/s --in static.yaml");
  expect(await world.run([...args, "--anyway"], { input: "typed" })).toMatchObject({ exit: 0 });
});
