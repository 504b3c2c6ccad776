import { describe, expect, test } from "vitest";
import { phalanx } from "./support/cli.js";
import { repositoriesForEach } from "./support/git.js";
import { environmentFiles } from "./support/tree.js";
import { worldsForEach } from "./support/world.js";

/** What Vault holds and a plain sync has no better value for stays as it is. */
const open = worldsForEach();
const makeRepository = repositoriesForEach();

const SYNC = ["secrets", "sync", "test"];

describe("a hash or time whose source is not required", () => {
  const declared = (source: string): string =>
    `p: {description: x, generate: {type: password}, if: isOn}\n` +
    `h: {description: x, generate: {type: bcrypt-password-hash, source: ${source}}}\n` +
    `t: {description: x, generate: {type: mtime, source: ${source}}}\n` +
    "other: {description: x, generate: {type: password}}\n";
  const held = { h: `$2b$15$${"a".repeat(53)}`, t: "2026-01-01T00:00:00Z" };

  test.each([
    ["its condition is false", "p", "which is not required: its condition is false"],
    ["nothing declares it", "gone", "which no secrets.yaml declares"],
  ])("keeps what Vault holds where %s", async (_, source, why) => {
    const world = await open({ app: { secrets: declared(source), values: "isOn: false\n" } });
    await world.kv.put("app", held);
    const note = `app/h comes from app/${source}, ${why}; it keeps the value that Vault holds`;
    const audited = await world.run(["secrets", "audit", "test"]);
    expect(audited.stderr).toContain(note);
    expect(audited.stdout).not.toContain("Unresolved");
    expect((await world.run(["secrets", "plan", "test"])).stdout.replaceAll(/\n +/g, " ")).toContain(note);
    const synced = await world.run(SYNC);
    expect(synced).toMatchObject({ exit: 0, stdout: "Updated Vault secret for app other\n" });
    expect(await world.kv.get("app")).toMatchObject(held);
    expect((await world.run(["migrate", "check", "test"])).stdout).toContain(
      "would now write the same values as one with the original",
    );
  });

  test("is unresolved if it is missing or has to be generated again", async () => {
    const world = await open({ app: { secrets: declared("p"), values: "isOn: false\n" } });
    await world.kv.put("app", { h: held.h });
    const missing = await world.run(SYNC);
    expect(missing).toMatchObject({ exit: 2 });
    expect(missing.stderr).toContain("Some secrets could not be resolved: app/t (nothing was written)");
    await world.kv.put("app", held);
    const rotated = await world.run(["secrets", "rotate", "test", "app/h", "--yes"]);
    expect(rotated).toMatchObject({ exit: 2 });
    expect(rotated.stderr).toContain("app/h comes from app/p, which is not required");
  });
});

test("a diff says that a sync stops on a new hash without a source, and not on one that Vault will hold", async () => {
  const hash = (key: string): string => `${key}: {description: x, generate: {type: mtime, source: p}}\n`;
  const password = "p: {description: x, generate: {type: password}}\n";
  const repository = await makeRepository(
    environmentFiles("https://vault.example.org", { app: { secrets: password + hash("h") } }),
  );
  await repository.write("applications/app/secrets.yaml", hash("h") + hash("new"));
  const { stdout } = await phalanx(["diff", "--format", "json"], { cwd: repository.root });
  const [environment] = (JSON.parse(stdout) as { result: { environments: { stops: { key: string }[] }[] } }).result
    .environments;
  expect(environment?.stops.map(({ key }) => key)).toEqual(["new"]);
});

describe("no string under a generated key", () => {
  const secrets = "p: {description: x, generate: {type: password}}\nq: {copy: {application: app, key: p}}\n";

  test.each([["1234567890"], ["true"], ["null"], ['{"a":"b"}'], ['["a"]']])("%s is never overwritten", async (json) => {
    const world = await open({ app: { secrets } });
    await world.kv.put("app", { p: JSON.parse(json) as never });
    const synced = await world.run(SYNC);
    expect(synced).toMatchObject({ exit: 2, stdout: "" });
    expect(synced.stderr).toContain("app/p is generated, and what Vault holds is not a string");
    expect(synced.stderr).toContain("phalanx secrets rotate test app/p");
    expect(await world.kv.get("app")).toEqual({ p: JSON.parse(json) });
    const checked = await world.run(["migrate", "check", "test"]);
    expect(checked.stdout).toContain("app/p: is not a string in Vault");
    expect(await world.run(["secrets", "rotate", "test", "app/p", "--yes"])).toMatchObject({ exit: 0 });
    expect(typeof ((await world.kv.get("app")) as { p: unknown }).p).toBe("string");
  });

  test.each(["[]", "{}"])("%s is no value, and is generated over as by the original", async (json) => {
    const world = await open({ app: { secrets } });
    await world.kv.put("app", { p: JSON.parse(json) as never });
    expect(await world.run(SYNC)).toMatchObject({ exit: 0 });
  });

  test("clients of OpenID Connect are kept where nothing says what they are", async () => {
    const world = await open({ app: { secrets: "c: {description: x, generate: {type: oidc-clients}}\n" } });
    await world.kv.put("app", { c: [{ id: "x" }] as never });
    const synced = await world.run(SYNC);
    expect(synced).toMatchObject({ exit: 2 });
    expect(synced.stderr).toContain("app/c is generated, and what Vault holds is not a string");
  });
});
