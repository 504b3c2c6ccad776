import { beforeEach, expect, test } from "vitest";
import { type World, worldsForEach } from "./support/world.js";

/** Hints have the commands as they are pasted: with the environment, the path in Vault and the file. */
const open = worldsForEach();
const STATIC = "applications: {app: {s: {value: one}}}\n";
const SYNC = ["secrets", "sync", "test", "--secrets", "static.yaml"];
let world: World;

beforeEach(async () => {
  world = await open(
    {
      app: { secrets: "p: {description: x, generate: {type: password}}\ns: {description: x}\n" },
      web: {
        secrets:
          "p: {description: x, generate: {type: password}}\nh: {description: x, generate: {type: bcrypt-password-hash, source: p}}\n",
      },
    },
    { "static.yaml": STATIC },
  );
  expect(await world.run(SYNC)).toMatchObject({ exit: 0 });
});

test("a purge that keeps versions says how to list and destroy them", async () => {
  await world.kv.set("app", "by-hand", "x");
  const { stderr } = await world.run([...SYNC, "--delete", "--purge"], { terminal: true, answer: "n" });
  expect(stderr).toContain(
    "To list them: phalanx secrets history test app. To destroy version N of app, with ALL of its keys and for good, so that restore can no longer use it: vault kv destroy -versions=N secret/phalanx/test/app\n",
  );
});

test("a damaged file of an interrupted run", async () => {
  const file = `${world.tree.root}/state/phalanx/test.pending.json`;
  await world.tree.write("state/phalanx/test.pending.json", "{");
  expect(await world.run(["secrets", "rotate", "test", "--resume", "--yes"])).toMatchObject({
    exit: 2,
    stderr: `Error: ${file} is damaged\nHint: To see what the interrupted run changed: phalanx secrets history test\nThen remove the file: rm ${file}\n`,
  });
});

test("a PEM on one line", async () => {
  const pem = "-----BEGIN PRIVATE KEY----- AAAA -----END PRIVATE KEY-----";
  const set = ["secrets", "set", "test", "app/s"];
  expect((await world.run(set, { input: pem })).stderr).toContain(
    "Give the file as it is: phalanx secrets set test app/s < FILE",
  );
});

test("a pull secret of another form", async () => {
  await world.kv.put("pull-secret", { ".dockerconfigjson": "{}" });
  const set = ["secrets", "set", "test", "pull-secret", "ghcr.example.org", "--yes"];
  expect(await world.run(set, { input: "robot:secret" })).toMatchObject({
    exit: 2,
    stderr: expect.stringContaining("Give all registries in a file: phalanx secrets set test --from-file FILE\n"),
  });
});

test("a restore that lacks what is made from a secret", async () => {
  await world.kv.put("web", { p: "of old" });
  expect(await world.run(SYNC)).toMatchObject({ exit: 0 });
  expect(await world.run(["secrets", "rotate", "test", "web/p", "--yes"])).toMatchObject({ exit: 0 });
  const restore = ["secrets", "restore", "test", "--kv-version", "2", "web/p"];
  const { stderr, stdout } = await world.run([...restore, "--dry-run"]);
  expect(`${stdout}${stderr}`.replaceAll(/\s+/g, " ")).toContain(
    "web/h is made from a restored secret, and its value from that time is gone After the restore, rotate it: phalanx secrets rotate test web/h",
  );
  expect(await world.run([...restore, "--yes"])).toMatchObject({ exit: 0 });
  expect(await world.run(["secrets", "rotate", "test", "web/h", "--yes"])).toMatchObject({ exit: 0 });
  expect(await world.run(["secrets", "audit", "test"])).toMatchObject({ exit: 0, stdout: "" });
});
