import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Finished } from "../support/cli.js";
import { type Lab, openLab } from "../support/lab.js";

let lab: Lab;
beforeEach(async () => {
  lab = await openLab();
});
afterEach(() => lab.close());

const configure = (body: Record<string, unknown>) => lab.must({ method: "POST", path: "secret/config", body });
const root = (...args: string[]) => lab.run(args, { VAULT_TOKEN: lab.vault.rootToken });
const runOf = ({ stderr }: Finished): string => /--run (\S+)/.exec(stderr)?.[1] ?? "";
const SOURCE = "static secrets of test: from one.yaml\n";
const SYNC = ["secrets", "sync", "test", "--secrets"] as const;
const metadataOf = async (name: string) =>
  (await lab.must({ method: "GET", path: `secret/metadata/phalanx/test/${name}` })).data;

describe("a mount that requires check-and-set", () => {
  test.each([
    { cas_required: true },
    { metadata_cas_required: true },
    { cas_required: true, metadata_cas_required: true },
  ])("%j: everything is written and noted, and comes back", async (config) => {
    await configure(config);
    const quiet = { exit: 0, stderr: expect.not.stringMatching(/Warning|Error/) };
    const first = await root(...SYNC, "one.yaml");
    expect(first).toMatchObject({ ...quiet, stdout: "Created Vault secret for a\nCreated Vault secret for b\n" });
    const before = await lab.kv.get("a");
    const changed = await root(...SYNC, "two.yaml");
    expect(changed).toMatchObject({ ...quiet, stdout: "Updated Vault secret for a s\n" });
    expect(await root("secrets", "rotate", "test", "a/p", "--yes")).toMatchObject(quiet);
    expect(
      await lab.run(["secrets", "set", "test", "a/s", "--yes"], { VAULT_TOKEN: lab.vault.rootToken }, "three"),
    ).toMatchObject(quiet);
    expect(await root("secrets", "restore", "test", "--kv-version", "1", "a", "b", "--yes")).toMatchObject(quiet);
    expect(await lab.kv.get("a")).toEqual(before);
    await lab.must({
      method: "POST",
      path: "secret/data/phalanx/test/stranger",
      body: { data: { x: "theirs" }, options: { cas: 0 } },
    });
    const deleted = await root(...SYNC, "one.yaml", "--delete", "--yes");
    expect(deleted).toMatchObject({ ...quiet, stdout: "Deleted Vault secret for stranger\n" });
    expect(await root("secrets", "restore", "test", "--run", runOf(deleted), "--yes")).toMatchObject(quiet);
    expect(await lab.kv.get("stranger")).toEqual({ x: "theirs" });
    const { custom_metadata } = await metadataOf("a");
    expect(custom_metadata["phalanx.writers"]?.split(/\s+/)).toHaveLength(5);
    expect((await root("secrets", "history", "test")).stdout).not.toContain("changed keys unknown");
  });
});

describe("a mount that keeps one version", () => {
  beforeEach(async () => {
    await configure({ max_versions: 1 });
    await lab.asRoot(...SYNC, "one.yaml");
  });

  test("takes syncs and rotations, and a restore of what is gone is refused", async () => {
    const before = await lab.kv.get("a");
    const rotate = await root("secrets", "rotate", "test", "a/p", "--yes");
    expect(rotate).toMatchObject({ exit: 0, stdout: "Updated Vault secret for a p\nUpdated Vault secret for b c\n" });
    expect(rotate.stderr).toContain(
      "The change to a cannot be undone: Vault no longer has the version before it.\nThe change to b cannot be undone: Vault no longer has the version before it.\n",
    );
    const after = await lab.kv.get("a");
    expect(after?.["p"]).not.toBe(before?.["p"]);
    const { versions, custom_metadata } = await metadataOf("a");
    expect(Object.keys(versions)).toEqual(["2"]);
    const run = custom_metadata["phalanx.writers"]?.split("|")[1] ?? "";
    expect(await root("secrets", "restore", "test", "--run", run, "--yes")).toMatchObject({
      exit: 2,
      stdout: "",
      stderr: expect.stringContaining("a: version 1, from before the run, was pushed out of the history\n"),
    });
    expect(await lab.kv.get("a")).toEqual(after);
    expect(await root("secrets", "audit", "test", "--secrets", "one.yaml")).toMatchObject({
      exit: 0,
      stdout: "",
      stderr: SOURCE,
    });
  });

  test("gives back a whole secret that was deleted", async () => {
    await lab.kv.put("stranger", { x: "theirs" });
    const deleted = await root(...SYNC, "one.yaml", "--delete", "--yes");
    expect(await lab.kv.get("stranger")).toBeUndefined();
    expect(await root("secrets", "restore", "test", "--run", runOf(deleted), "--yes")).toMatchObject({ exit: 0 });
    expect(await lab.kv.get("stranger")).toEqual({ x: "theirs" });
  });

  // The write policy may not read the mount's settings: what is kept shows only once a version was pushed out.
  test("is told of before the old values are lost, as soon as it shows", async () => {
    await root("secrets", "rotate", "test", "a/p", "--yes");
    const limit = "a: this cannot be undone, because Vault keeps no earlier version of it";
    expect((await root("secrets", "plan", "test", "--secrets", "two.yaml")).stdout).toContain(`! ${limit}\n`);
    const plan = JSON.parse((await root("secrets", "plan", "test", "--secrets", "two.yaml", "--json")).stdout);
    expect(plan).toMatchObject({
      diagnostics: [{ code: "static-source" }, { code: "undo-impossible", subject: { application: "a" } }],
    });
    expect((await root("secrets", "rotate", "test", "a/p", "--yes")).stderr).toContain(`Warning: ${limit}\n`);
  });

  test("is not promised an undo that cannot work", async () => {
    await lab.kv.set("a", "by-hand", "x");
    const deleted = await root(...SYNC, "two.yaml", "--delete", "--yes");
    expect(deleted.stdout).toContain("a by-hand");
    expect(deleted.stderr).not.toContain("To undo this:");
  });
});

describe("a mount that deletes versions after a while", () => {
  test("which is long: everything works, and what is restored gets its time anew", async () => {
    await configure({ delete_version_after: "1h" });
    await lab.asRoot(...SYNC, "one.yaml");
    const before = await lab.kv.get("a");
    const rotate = await lab.asRoot("secrets", "rotate", "test", "a/p", "--yes");
    await lab.asRoot("secrets", "restore", "test", "--run", runOf(rotate), "--yes");
    expect(await lab.kv.get("a")).toEqual(before);
    const { versions } = await metadataOf("a");
    expect(Object.keys(versions)).toEqual(["1", "2", "3"]);
    for (const { created_time, deletion_time } of Object.values(versions))
      expect(Date.parse(deletion_time) - Date.parse(created_time)).toBeCloseTo(3_600_000, -2);
    expect(await root("secrets", "audit", "test", "--secrets", "one.yaml")).toMatchObject({ exit: 0, stdout: "" });
    expect((await root("secrets", "history", "test")).stdout).not.toContain("deleted");
    await lab.kv.put("stranger", { x: "theirs" });
    const deleted = await lab.asRoot(...SYNC, "one.yaml", "--delete", "--yes");
    await lab.asRoot("secrets", "restore", "test", "--run", runOf(deleted), "--yes");
    expect(await lab.kv.get("stranger")).toEqual({ x: "theirs" });
  });

  test("which is over: nothing is generated over what can still come back", async () => {
    await configure({ delete_version_after: "1s" });
    const sync = await lab.asRoot(...SYNC, "one.yaml");
    while ((await lab.kv.get("a")) !== undefined || (await lab.kv.get("b")) !== undefined);
    const advice =
      /a: version 1, the latest, was soft-deleted at \S+\. Only .* Otherwise, restore it: phalanx secrets restore test --kv-version 1 a/;
    expect(await root("secrets", "audit", "test", "--secrets", "one.yaml")).toEqual({
      exit: 1,
      stdout: "Missing secrets:\n• a p\n• a s\n• b c\n",
      stderr: expect.stringMatching(advice),
    });
    for (const args of [
      [...SYNC, "one.yaml"],
      ["secrets", "rotate", "test", "a/p", "--yes"],
    ]) {
      const refused = await root(...args);
      expect({ args, ...refused }).toMatchObject({ exit: 2, stdout: "" });
      expect(refused.stderr).toContain("Otherwise, restore it: phalanx secrets restore test --kv-version 1 a");
      expect(refused.stderr).toContain("Error: This would lose values in a (nothing was written)\n");
    }
    expect(await root("secrets", "restore", "test", "--run", runOf(sync), "--yes")).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining("a: version 1 was soft-deleted after the run\n"),
    });
    expect(await lab.kv.version("a")).toBe(1);
    await configure({ delete_version_after: "0s" });
    await lab.asRoot("secrets", "restore", "test", "--kv-version", "1", "a", "b", "--yes");
    expect(await lab.kv.get("b")).toEqual({ c: (await lab.kv.get("a"))?.["p"] });
    expect(await root("secrets", "audit", "test", "--secrets", "one.yaml")).toMatchObject({ exit: 0, stdout: "" });
  });

  test("is told of by a run, an audit and a preflight, until the versions are undeleted without it", async () => {
    await configure({ delete_version_after: "1h" });
    expect((await root(...SYNC, "one.yaml")).stderr).toMatch(
      /delete_version_after, Vault will delete a \(version 1\) at .*, b \(version 1\)/,
    );
    expect((await root("vault", "preflight", "test")).stderr).toContain(
      "the mount secret deletes every version 1h0m0s",
    );
    const audit = ["secrets", "audit", "test", "--secrets", "one.yaml"];
    expect(await root(...audit)).toMatchObject({ exit: 0, stderr: expect.stringContaining("a (version 1) at ") });
    await configure({ delete_version_after: "0s" });
    for (const name of ["a", "b"]) await lab.kv.undelete(name, 1);
    expect(await root(...audit)).toEqual({ exit: 0, stdout: "", stderr: SOURCE });
  });
});
