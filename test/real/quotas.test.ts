import { afterEach, beforeEach, expect, test } from "vitest";
import { ports } from "../../src/terminal/ports.js";
import { phalanxHere } from "../support/cli.js";
import { type Lab, openLab } from "../support/lab.js";

let lab: Lab;
beforeEach(async () => {
  lab = await openLab();
});
afterEach(() => lab.close());

/** From now on `rate` requests below `path` in each interval, and 429 to all others. */
const limit = (quota: { path: string; rate: number; interval: string }) =>
  lab.must({ method: "POST", path: "sys/quotas/rate-limit/slow", body: quota });

/** Runs the program, and what it waited, in milliseconds. */
async function timed(...args: readonly string[]) {
  const waits: number[] = [];
  const finished = await phalanxHere(args, {
    cwd: lab.tree.root,
    env: { VAULT_TOKEN: lab.vault.rootToken, HOME: lab.tree.root, XDG_STATE_HOME: `${lab.tree.root}/state` },
    sleep: (milliseconds) => {
      waits.push(milliseconds);
      return ports.sleep(milliseconds);
    },
  });
  return { ...finished, waits };
}

const UNDO = /^static secrets of test: from one\.yaml\nTo undo this: .*\n$/;
const SYNC = ["secrets", "sync", "test", "--secrets", "one.yaml"] as const;

async function complete(): Promise<void> {
  const [a, b] = [await lab.kv.get("a"), await lab.kv.get("b")];
  expect(b).toEqual({ c: a?.["p"] });
  expect([await lab.kv.version("a"), await lab.kv.version("b")]).toEqual([1, 1]);
  const { data } = await lab.must({ method: "GET", path: "secret/metadata/phalanx/test/b" });
  expect(data.custom_metadata).toMatchObject({ "phalanx.environment": "test" });
}

test("a quota that says nothing of when (as it does by default) is waited out", async () => {
  await limit({ path: "secret/", rate: 3, interval: "1s" });
  const { waits, ...finished } = await timed(...SYNC);
  expect(finished).toEqual({
    exit: 0,
    stdout: "Created Vault secret for a\nCreated Vault secret for b\n",
    stderr: expect.stringMatching(UNDO),
  });
  expect(waits.length).toBeGreaterThan(0);
  await lab.must({ method: "DELETE", path: "sys/quotas/rate-limit/slow" });
  await complete();
});

test("a quota that says when is waited for as long as it says", async () => {
  await lab.must({ method: "POST", path: "sys/quotas/config", body: { enable_rate_limit_response_headers: true } });
  // After four quick requests the server asks for whole seconds, rounded down.
  await limit({ path: "secret/", rate: 4, interval: "4s" });
  const { waits, ...finished } = await timed(...SYNC);
  expect(finished).toMatchObject({ exit: 0, stderr: expect.stringMatching(UNDO) });
  expect(Math.max(...waits)).toBeGreaterThanOrEqual(2000);
  await lab.must({ method: "DELETE", path: "sys/quotas/rate-limit/slow" });
  await complete();
});

test("a quota for all of the server: the check of capabilities waits, too", async () => {
  await lab.asRoot(...SYNC);
  // A list and two reads come before it.
  await limit({ path: "", rate: 3, interval: "1s" });
  expect(
    await lab.run(["secrets", "rotate", "test", "a/p", "--yes"], { VAULT_TOKEN: lab.vault.rootToken }),
  ).toMatchObject({
    exit: 0,
  });
});
