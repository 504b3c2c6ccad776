import { beforeEach, describe, expect, test } from "vitest";
import { type World, worldsForEach } from "./support/world.js";

const openWorld = worldsForEach();
let world: World;
beforeEach(async () => {
  world = await openWorld(
    { app: { secrets: "s: {description: x}\nunwanted: {description: x, if: nothing}\n" } },
    {
      "applications/off/Chart.yaml": "apiVersion: v2\nname: off\nversion: 1.0.0\n",
      "applications/off/secrets.yaml": "declared: {description: x}\n",
      "environments/values.yaml": 'name: ""\napplications: {off: false}\n',
    },
  );
  await world.kv.put("app", { s: "x", forgotten: "x" });
  await world.kv.put("retired", { a: "x" });
  await world.kv.put("gone", { a: "x" });
  await world.kv.call("DELETE", "secret/data/phalanx/test/gone");
});

const COMMANDS = ["plan test", "sync test", "sync test --dry-run"] as const;
const run = (command: string) => world.run(["secrets", ...command.split(" ")]);

describe("a slip in --keep would protect nothing, and is refused", () => {
  test.each([
    [
      "retird",
      'Error: --keep retird: neither test nor Vault has an application retird\nHint: Did you mean "retired"?\n',
    ],
    [
      "app/forgoten",
      'Error: --keep app/forgoten: neither the configuration nor Vault has a key forgoten of app\nHint: Did you mean "app/forgotten"?\n',
    ],
    [
      "retired/other-key",
      "Error: --keep retired/other-key: neither the configuration nor Vault has a key other-key of retired\nHint: phalanx secrets plan test --delete shows what a deletion would remove.\n",
    ],
  ])("%s", async (name, stderr) => {
    for (const command of COMMANDS)
      expect(await run(`${command} --delete --keep ${name}`)).toEqual({ exit: 2, stdout: "", stderr });
    expect(await world.kv.get("app")).toEqual({ s: "x", forgotten: "x" });
    expect(await world.kv.get("retired")).toEqual({ a: "x" });
  });

  test("all of them at once", async () => {
    const { exit, stderr } = await run("sync test --delete --keep retird --keep retired --keep app/forgoten");
    expect({ exit, stderr }).toEqual({
      exit: 2,
      stderr: expect.stringMatching(
        /retird[^]*app\/forgoten[^]*Error: 2 names given to --keep would protect nothing: nothing was written\n/,
      ),
    });
    expect(await world.kv.get("retired")).toEqual({ a: "x" });
  });
});

test.each([
  ["what the environment requires", "app/s"],
  ["what it declares and does not require", "app/unwanted"],
  ["what only Vault holds", "app/forgotten"],
  ["an application that only Vault holds", "retired"],
  ["a disabled application", "off"],
  ["a key of a disabled application", "off/declared"],
  ["an application whose latest version is soft-deleted", "gone/a"],
  ["the pull secret", "pull-secret"],
])("--keep takes %s", async (_, name) => {
  expect(await run(`sync test --delete --allow-mass-change --keep ${name}`)).toMatchObject({ exit: 0 });
  if (name === "retired") expect(await world.kv.get("retired")).toEqual({ a: "x" });
});

test("--exclude of a name that neither the configuration nor Vault has is refused where something is deleted", async () => {
  const { exit, stderr } = await run("plan test --delete --exclude retird");
  expect({ exit, stderr }).toEqual({
    exit: 2,
    stderr: expect.stringMatching(/^Error: --exclude retird: neither test nor Vault has such an application\nHint: /),
  });
  const warned = await run("plan test --exclude retird");
  expect(warned).toMatchObject({
    exit: 0,
    stderr:
      "Warning: --exclude retird: test has no such application, so this leaves out only what Vault holds under that name\n",
  });
});

test.each(["one,two", "app/key"])("--exclude takes one application each: %s", async (name) => {
  const { exit, stderr } = await run(`sync test --exclude ${name}`);
  expect({ exit, stderr }).toEqual({
    exit: 2,
    stderr: expect.stringContaining("Give --exclude once for each whole application"),
  });
});
