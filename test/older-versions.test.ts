import { cp, mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { phalanx, ROOT } from "./support/cli.js";
import { environmentFiles, makeTree } from "./support/tree.js";
import { worldsForEach } from "./support/world.js";

const LEFT = `${ROOT}test/fixtures/0.1`;
const open = worldsForEach();
const SECRETS = "a: {description: x, generate: {type: password}}\nb: {description: x, generate: {type: password}}\n";

describe("what phalanx 0.1 left behind", () => {
  test("a note tells who wrote what, and a run of it is taken back", async () => {
    const world = await open({ app: { secrets: SECRETS } });
    await world.kv.put("app", { a: "1", b: "1" });
    await world.kv.put("app", { a: "2", b: "1" });
    await world.kv.call("POST", "secret/metadata/phalanx/test/app", {
      custom_metadata: {
        "phalanx.environment": "test",
        "phalanx.writers": "2|20261128T063258Z-962709||0.1.0 1|20261128T063241Z-ac766b||0.1.0",
        "phalanx.keys": "a|password|2 b|password|1",
      },
    });
    const history = await world.run(["secrets", "history", "test"]);
    expect(history.stdout).toContain("run 20261128T063258Z-962709, phalanx 0.1.0\n  app  v2  ~a\n");
    const undo = await world.run(["secrets", "restore", "test", "--run", "20261128T063258Z-962709", "--yes"]);
    expect(undo).toMatchObject({ exit: 0, stdout: "Updated Vault secret for app a\n" });
    expect(await world.kv.get("app")).toEqual({ a: "1", b: "1" });
  });

  test("an interrupted rotation is still recognised, and can be resumed", async () => {
    const tree = await makeTree(environmentFiles("http://127.0.0.1:1", { app: { secrets: SECRETS } }));
    await mkdir(join(tree.root, "state/phalanx"), { recursive: true });
    await cp(`${LEFT}/pending.json`, join(tree.root, "state/phalanx/demo.pending.json"));
    const { readPending } = await import("../src/runs/pending-run.js");
    const context = { env: { XDG_STATE_HOME: join(tree.root, "state") } };
    expect(await readPending(context as never, "demo")).toMatchObject({
      command: "rotate",
      run: "20261128T063314Z-01f3c8",
      keys: ["postgres/gatekeeper-password"],
    });
    await tree.remove();
  });

  test("a plan file is read, and compared with what is there now", async () => {
    const world = await open(
      { app: { secrets: SECRETS } },
      { "old.plan": await readFile(`${LEFT}/plan.json`, "utf8") },
    );
    // It was made for another environment, which its reading has to find out.
    expect(await world.run(["secrets", "sync", "test", "--plan", "old.plan"])).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining("demo"),
    });
  });

  test("a plan file of a version to come is refused by name", async () => {
    const plan = (await readFile(`${LEFT}/plan.json`, "utf8")).replace('"version": 1,', '"version": 99,');
    const world = await open({ app: { secrets: SECRETS } }, { "new.plan": plan });
    expect(await world.run(["secrets", "sync", "test", "--plan", "new.plan"])).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining("new.plan was made by another version of phalanx"),
    });
  });

  test("the report of a shard is refused by its format", async () => {
    const shard = await readFile(`${LEFT}/shard.json`, "utf8");
    const world = await open({ app: { secrets: SECRETS } }, { "shard.json": shard });
    const { exit, stderr } = await phalanx(["fleet", "audit", "--merge", "shard.json"], { cwd: world.tree.root });
    expect({ exit, stderr }).toMatchObject({
      exit: 2,
      stderr:
        "Error: shard.json: has a different format than this program reads (2)\nHint: Use one version of phalanx for all shards.\n",
    });
  });
});
