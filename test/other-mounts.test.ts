import { afterAll, beforeAll, expect, test } from "vitest";
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
});
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
    stderr: `Hint: Upgrade it (vault kv enable-versioning one) or choose another vaultPathPrefix.\nError: The mount "one" of Vault at ${lab.proxy.url} is not KV version 2\n`,
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
    stderr: `Hint: Check the first component of vaultPathPrefix, or enable it: vault secrets enable -path=nowhere -version=2 kv\nError: Vault at ${lab.proxy.url} has no mount "nowhere" that this token may see\n`,
  });
});

test("with a slash in its name: nothing is written, and the server's words are given", async () => {
  for (const command of COMMANDS)
    expect(await root(...command, "team")).toMatchObject({
      exit: 2,
      stdout: "",
      stderr: expect.stringContaining('no handler for route "kv/metadata/team/phalanx/team/"'),
    });
});

// vaultPathPrefix is split at its first slash: what the mount is, only the server could tell.
test.todo("with a slash in its name is found");
