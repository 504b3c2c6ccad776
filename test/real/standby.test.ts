import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { phalanxHere } from "../support/cli.js";
import { type Cluster, startCluster } from "../support/cluster.js";
import { openKv } from "../support/kv.js";
import { AMOUNT } from "../support/size.js";
import { environmentFiles, makeTree } from "../support/tree.js";
import { REAL_SERVER } from "../support/vault.js";
import { undoCommands } from "../support/world.js";

/** How often; a number in PHALANX_TEST_SIZE for more. */
const ROUNDS = AMOUNT ?? 3;
const NAMES = Array.from({ length: 20 }, (_, i) => `app-${i}`);
const ROTATE = ["secrets", "rotate", "test", ...NAMES.map((name) => `${name}/p`), "--yes", "--allow-mass-change"];
const SECRETS = "p: {description: x, generate: {type: password}}\ns: {description: x}\n";

describe("a healthy cluster behind a standby", () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startCluster(REAL_SERVER ?? "bao");
    await cluster.whole();
  }, 120_000);
  afterAll(() => cluster?.close());

  test("has every write noted, and every undo exact", { timeout: 3_600_000 }, async () => {
    const [standby] = await cluster.standbys();
    const url = standby?.url ?? "";
    const kv = openKv((await cluster.leader()).url, cluster.rootToken, "secret/phalanx/test");
    const value = (text: string): string =>
      JSON.stringify({ applications: Object.fromEntries(NAMES.map((name) => [name, { s: { value: text } }])) });
    const tree = await makeTree(
      environmentFiles(url, Object.fromEntries(NAMES.map((name) => [name, { secrets: SECRETS }])), {
        "one.yaml": value("one"),
        "two.yaml": value("two"),
      }),
    );
    const env = { VAULT_TOKEN: cluster.rootToken, HOME: tree.root, XDG_STATE_HOME: `${tree.root}/state` };
    const run = async (words: readonly string[], input = ""): Promise<string[][]> => {
      const finished = await phalanxHere(words, { cwd: tree.root, env, input });
      expect(finished).toMatchObject({
        exit: 0,
        stderr: expect.not.stringMatching(/noted|cannot be undone|unknown/),
      });
      return undoCommands(finished);
    };
    const emptied = async (): Promise<void> => {
      for (const name of NAMES) await kv.call("DELETE", `secret/metadata/phalanx/test/${name}`);
      await cluster.whole();
    };
    const state = () => Promise.all(NAMES.map((name) => kv.get(name)));
    const notes = async (): Promise<(string | undefined)[]> =>
      Promise.all(
        NAMES.map(async (name) => {
          const { body } = await kv.call("GET", `secret/metadata/phalanx/test/${name}`);
          const { data } = body as {
            data: { current_version: number; custom_metadata: Record<string, string> | null };
          };
          return data.custom_metadata?.["phalanx.writers"]
            ?.split(" ")
            .find((note) => note.startsWith(`${data.current_version}|`));
        }),
      );
    const undone = async (commands: string[][], before: unknown): Promise<void> => {
      expect(commands).toHaveLength(1);
      for (const command of commands) await run([...command, "--yes"]);
      expect(await state()).toEqual(before);
    };
    for (let round = 0; round < ROUNDS; round++) {
      await emptied();
      const nothing = await state();
      await undone(await run(["secrets", "sync", "test", "--secrets", "one.yaml"]), nothing);
      await emptied();
      await run(["secrets", "sync", "test", "--secrets", "one.yaml"]);
      expect(await notes()).not.toContain(undefined);
      const before = await state();
      await undone(await run(["secrets", "sync", "test", "--secrets", "two.yaml"]), before);
      await undone(await run(ROTATE), before);
      await undone(await run(["secrets", "set", "test", "app-3/s", "--yes"], "by hand"), before);
      expect(await notes()).not.toContain(undefined);
    }
    await tree.remove();
  });
});
