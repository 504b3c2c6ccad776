import { afterEach, describe, expect, test } from "vitest";
import { type Finished, phalanx } from "./support/cli.js";
import { type Kv, openKv } from "./support/kv.js";
import { type Fate, type Proxy, type ProxiedRequest, startProxy } from "./support/proxy.js";
import { environmentFiles, makeTree, type TestTree } from "./support/tree.js";
import { startVault, type TestVault } from "./support/vault.js";

const APPLICATIONS = {
  portal: { secrets: "key: {description: x}\np: {description: x, generate: {type: password}}\n" },
  zebra: { secrets: "q: {description: x, generate: {type: password}}\nr: {copy: {application: portal, key: p}}\n" },
};

interface World {
  readonly vault: TestVault;
  readonly proxy: Proxy;
  readonly tree: TestTree;
  readonly kv: Kv;
  readonly run: (words: readonly string[], input?: string) => Promise<Finished>;
}

let decide: (request: ProxiedRequest) => Fate | Promise<Fate> = () => "pass";
let world: World | undefined;
afterEach(async () => {
  decide = () => "pass";
  await world?.proxy.close();
  await world?.vault.close();
  await world?.tree.remove();
});

async function openWorld(): Promise<World> {
  const vault = await startVault();
  const proxy = await startProxy(vault.url, (request) => decide(request));
  const tree = await makeTree({
    ...environmentFiles(proxy.url, APPLICATIONS),
    "static.yaml": "applications: {portal: {key: {value: from the file}}}\n",
  });
  const env = { VAULT_TOKEN: vault.rootToken, XDG_STATE_HOME: `${tree.root}/state` };
  world = {
    vault,
    proxy,
    tree,
    kv: openKv(vault.url, vault.rootToken, "secret/phalanx/test"),
    run: (words, input = "") => phalanx(["secrets", ...words], { cwd: tree.root, env, input }),
  };
  await world.run(["sync", "test", "--secrets", "static.yaml"]);
  return world;
}

/** What somebody else does when the run has been agreed to and is about to write an application. */
function beforeWriting(application: string, act: () => Promise<unknown>, fate: Fate = "pass"): void {
  let done = false;
  decide = async ({ method, path }): Promise<Fate> => {
    if (done || method !== "POST" || path !== `secret/data/phalanx/test/${application}`) return "pass";
    done = true;
    await act();
    return fate;
  };
}

const STOPPED = (name: string, version: number): string =>
  `Error: Changed by somebody else in the meantime, so not overwritten: ${name} (version ${version})\n`;
const LOOK = (name: string): string =>
  `Hint: Review it: phalanx secrets history test ${name}; then run the command again.\n`;

describe("a key that somebody else changes after the plan was agreed to", () => {
  test("is not overwritten by set", async () => {
    const { kv, run } = await openWorld();
    beforeWriting("portal", () => kv.set("portal", "key", "theirs"));
    const done = await run(["set", "test", "portal/key", "--yes"], "mine");
    expect(done).toMatchObject({ exit: 2 });
    expect(done.stderr).toContain(STOPPED("portal/key", 2) + LOOK("portal/key"));
    expect((await kv.get("portal"))?.["key"]).toBe("theirs");
    expect((await run(["set", "test", "portal/key", "--yes"], "mine")).exit).toBe(0);
  });

  test("is not set where it was missing when the plan was made", async () => {
    const { kv, run } = await openWorld();
    await kv.unset("portal", "key");
    beforeWriting("portal", () => kv.set("portal", "key", "theirs"));
    expect((await run(["set", "test", "portal/key", "--yes"], "mine")).stderr).toContain(STOPPED("portal/key", 3));
    expect((await kv.get("portal"))?.["key"]).toBe("theirs");
  });

  test("gets no second new value by rotate, nor by sync --regenerate", async () => {
    const { kv, run } = await openWorld();
    for (const words of [
      ["rotate", "test", "portal/p", "--yes"],
      ["sync", "test", "portal/p", "--regenerate"],
    ]) {
      const theirs = `theirs, not of ${words[0]}`;
      beforeWriting("portal", () => kv.set("portal", "p", theirs));
      const version = (await kv.version("portal")) + 1;
      const done = await run(words);
      expect(done).toMatchObject({ exit: 2 });
      expect(done.stderr).toContain(STOPPED("portal/p", version) + LOOK("portal/p"));
      expect(done.stderr).not.toContain("To continue:");
      expect((await kv.get("portal"))?.["p"]).toBe(theirs);
    }
  });

  test("ends a run that has written with exit status 1, and it can be gone on with", async () => {
    const { kv, run } = await openWorld();
    beforeWriting("zebra", () => kv.set("zebra", "q", "theirs"));
    const done = await run(["rotate", "test", "portal/p", "zebra/q", "--yes"]);
    expect(done).toMatchObject({ exit: 1 });
    expect(done.stderr).toContain(
      `${STOPPED("zebra/q", 2)}Hint: Before you continue, review the change: phalanx secrets history test zebra/q\n`,
    );
    const resumed = await run(["rotate", "test", "--resume"]);
    expect(resumed.exit).toBe(1);
    expect(resumed.stderr).toContain(
      "zebra/q may still have the old value, and is left alone. phalanx secrets history test zebra shows what was changed. If the old value is still there: phalanx secrets rotate test zebra/q\n",
    );
    expect((await kv.get("zebra"))?.["q"]).toBe("theirs");
    expect((await kv.get("zebra"))?.["r"]).toBe((await kv.get("portal"))?.["p"]);
  });
});

describe("what stops no run", () => {
  test.each([
    ["another key of the application", { other: "theirs" }],
    ["the same values, written again", {}],
  ])("%s", async (_, theirs) => {
    const { kv, run } = await openWorld();
    beforeWriting("portal", async () => kv.put("portal", { ...(await kv.get("portal")), ...theirs }));
    expect((await run(["set", "test", "portal/key", "--yes"], "mine")).exit).toBe(0);
    expect(await kv.get("portal")).toMatchObject({ key: "mine", ...theirs });
  });

  test.each([
    ["set", ["set", "test", "portal/key", "--yes"]],
    ["rotate", ["rotate", "test", "portal/p", "--yes"]],
  ])("what %s has written itself, though its answer was lost and somebody wrote another key then", async (_, words) => {
    const { kv, run } = await openWorld();
    let step = 0;
    decide = async ({ method, path }): Promise<Fate> => {
      if (!path.startsWith("secret/data/phalanx/test/portal")) return "pass";
      if (step === 0 && method === "POST") {
        step = 1;
        return "reset-after";
      }
      if (step === 1) {
        step = 2;
        await kv.set("portal", "other", "theirs");
      }
      return "pass";
    };
    const done = await run(words, "mine");
    expect(done.stderr).not.toContain("Somebody else");
    expect(done.exit).toBe(0);
    expect(await kv.get("portal")).toMatchObject({ other: "theirs" });
  });

  test("a static source, which says what has to be there", async () => {
    const { kv, run } = await openWorld();
    await kv.set("portal", "key", "old");
    beforeWriting("portal", () => kv.set("portal", "key", "theirs"));
    expect((await run(["sync", "test", "--secrets", "static.yaml"])).exit).toBe(0);
    expect((await kv.get("portal"))?.["key"]).toBe("from the file");
  });
});
