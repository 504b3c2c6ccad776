import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type Lab, openLab } from "./support/lab.js";

let lab: Lab;
beforeAll(async () => {
  lab = await openLab();
  const mounts = [
    ["one", "1"],
    ["upgraded", "1"],
    ["kv/team", "2"],
  ] as const;
  for (const [path, version] of mounts)
    await lab.must({ method: "POST", path: `sys/mounts/${path}`, body: { type: "kv", options: { version } } });
  await lab.must({ method: "POST", path: "one/phalanx/one/a", body: { p: "theirs" } });
  await lab.environment("one", "one/phalanx/one");
  await lab.environment("upgraded", "upgraded/phalanx/upgraded");
  await lab.environment("nowhere", "nowhere/phalanx/test");
  await lab.environment("team", "kv/team/phalanx/team");
  await lab.environment("copied", "kv/team/phalanx/copied");
});
afterEach(() => lab.decide(() => "pass"));
afterAll(() => lab.close());

const root = (...args: string[]) => lab.run(args, { VAULT_TOKEN: lab.vault.rootToken });

const COMMANDS: readonly string[][] = [
  ["secrets", "audit"],
  ["secrets", "plan"],
  ["secrets", "sync"],
  ["secrets", "history"],
  ["vault", "preflight"],
];

test.each(COMMANDS)("%s %s says that a mount is of version 1", async (...command) => {
  expect(await root(...command, "one")).toEqual({
    exit: 2,
    stdout: "",
    stderr: `Error: The mount "one" of Vault at ${lab.proxy.url} is not KV version 2\nHint: Check the mount in vaultPathPrefix. If nobody else uses one, upgrade it, which cannot be undone: vault kv enable-versioning one\n`,
  });
  expect((await lab.must({ method: "GET", path: "one/phalanx/one/a" })).data).toEqual({ p: "theirs" });
});

test("works as soon as it has been upgraded as the hint says, with what it held", async () => {
  const tune = (version: string) => lab.kv.call("POST", "sys/mounts/upgraded/tune", { options: { version } });
  await lab.must({ method: "POST", path: "upgraded/phalanx/upgraded/a", body: { s: "one" } });
  expect(await tune("3")).toMatchObject({ status: 400, body: { errors: ["invalid version provided: 3"] } });
  expect(await tune("2")).toMatchObject({
    status: 200,
    body: { warnings: [expect.stringContaining("Upgrading mount from version 1 ")] },
  });
  // The upgrade goes on in the background.
  while ((await lab.kv.call("GET", "upgraded/config")).status !== 200);
  const { data } = await lab.must({ method: "GET", path: "upgraded/metadata/phalanx/upgraded/a" });
  expect(data).toMatchObject({ current_version: 1, oldest_version: 1, current_metadata_version: 0 });
  expect(await root("secrets", "sync", "upgraded", "--secrets", "one.yaml")).toMatchObject({
    exit: 0,
    stdout: "Created Vault secret for b\nUpdated Vault secret for a p\n",
  });
  expect(await tune("2")).toMatchObject({ status: 204 });
  expect(await tune("1")).toMatchObject({ status: 400, body: { errors: ["cannot downgrade mount from version 2"] } });
});

test.each(COMMANDS)("%s %s says that there is none", async (...command) => {
  expect(await root(...command, "nowhere")).toEqual({
    exit: 2,
    stdout: "",
    stderr: `Error: Vault at ${lab.proxy.url} has no mount "nowhere" that this token is allowed to see\nHint: Check the token first: a token of this environment is allowed to see its mount. Then check the first component of vaultPathPrefix. Only on a new server, enable it: vault secrets enable -path=nowhere -version=2 kv\n`,
  });
});

describe("with a slash in its name", () => {
  const at = (path: string) => lab.must({ method: "GET", path });

  test("is found, by a token that may do what the write policy says", async () => {
    const made = await root("vault", "create-write-token", "team", "--lifetime", "1d", "--json");
    expect(made).toMatchObject({ exit: 0, stdout: expect.stringContaining('"phalanx/team/write"') });
    const { result } = JSON.parse(made.stdout) as { result: { token: string } };
    const run = async (...args: string[]) => {
      const finished = await lab.run(args, { VAULT_TOKEN: result.token });
      expect(finished).toMatchObject({ exit: 0 });
      return finished;
    };
    await run("vault", "preflight", "team");
    await run("secrets", "sync", "team", "--secrets", "one.yaml");
    expect((await at("kv/team/data/phalanx/team/a")).data.data).toMatchObject({ s: "one" });
    await run("secrets", "audit", "team", "--secrets", "one.yaml");
    await run("secrets", "sync", "team", "--secrets", "two.yaml");
    await run("secrets", "rotate", "team", "a/p", "--yes");
    expect((await run("secrets", "history", "team")).stdout).toContain("  a  v3  ~p\n");
    await run("secrets", "restore", "team", "--kv-version", "1", "a", "--yes");
    expect((await at("kv/team/data/phalanx/team/a")).data.data).toMatchObject({ s: "one" });
    await lab.must({ method: "POST", path: "kv/team/data/phalanx/team/stranger", body: { data: { x: "y" } } });
    await run("secrets", "sync", "team", "--secrets", "one.yaml", "--delete");
    expect(await lab.kv.call("GET", "kv/team/data/phalanx/team/stranger")).toMatchObject({ status: 404 });
  });

  test("has its credentials made, shown and audited", async () => {
    expect((await root("vault", "create-write-token", "team", "--lifetime", "1d", "--dry-run")).stdout).toContain(
      "phalanx/team/write",
    );
    await lab.kv.call("POST", "sys/auth/approle", { type: "approle" });
    expect((await root("vault", "create-read-approle", "team", "--dry-run")).stdout).toContain("phalanx/team/read");
    expect(await root("vault", "create-read-approle", "team")).toMatchObject({ exit: 0 });
    expect(await root("vault", "create-write-token", "team", "--lifetime", "90d")).toMatchObject({ exit: 0 });
    const { data } = await lab.kv.call("GET", "sys/policies/acl/phalanx/team/read").then(({ body }) => body as never);
    expect(data).toMatchObject({ policy: expect.stringContaining('path "kv/team/data/phalanx/team/+"') as string });
    expect(await root("vault", "audit", "team")).toMatchObject({ exit: 0 });
  });

  test("takes what another prefix has", async () => {
    await lab.must({ method: "POST", path: "secret/data/old/team/a", body: { data: { s: "old" } } });
    expect(await root("vault", "copy-secrets", "copied", "secret/old/team")).toMatchObject({ exit: 0 });
    expect((await at("kv/team/data/phalanx/copied/a")).data.data).toEqual({ s: "old" });
  });

  test.each(["elsewhere/", "kv/team/phalanx/team/", "kv/te/", "", "/", "../", 3])(
    "is not taken from an answer that does not fit: %s",
    async (path) => {
      lab.decide((request) =>
        request.path.startsWith("sys/internal/ui/mounts/")
          ? { status: 200, body: JSON.stringify({ data: { type: "kv", options: { version: "2" }, path } }) }
          : "pass",
      );
      expect(await root("secrets", "plan", "team")).toMatchObject({
        exit: 2,
        stderr: expect.stringContaining('no handler for route "kv/metadata/team/phalanx/team/"'),
      });
    },
  );
});
