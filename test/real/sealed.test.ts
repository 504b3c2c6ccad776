import { afterEach, beforeEach, expect, test } from "vitest";
import type { Fate } from "../support/proxy.js";
import { type Lab, openLab } from "../support/lab.js";

let lab: Lab;
beforeEach(async () => {
  lab = await openLab();
});
afterEach(() => lab.close());

const root = (...args: string[]) => lab.run(args, { VAULT_TOKEN: lab.vault.rootToken });
const SOURCE = "static secrets of test: from one.yaml\n";
const SYNC = ["secrets", "sync", "test", "--secrets"] as const;
const sealedError = () => `Error: Vault at ${lab.proxy.url} is sealed\nHint: Unseal it.\n`;

const unknown = (what: string, then = "run the same command again: it looks at what is there before it writes.") =>
  `Error: Vault at ${lab.proxy.url} is sealed; whether ${what} is unknown\nHint: Unseal it. Then ${then}\n`;

test("a sealed server is named by every command, and nothing else is said", async () => {
  await lab.asRoot(...SYNC, "one.yaml");
  const before = await lab.kv.get("a");
  await lab.vault.seal();
  for (const command of [
    "secrets audit test",
    "secrets plan test",
    "secrets sync test --secrets two.yaml",
    "secrets rotate test a/p --yes",
    "secrets history test",
    "secrets restore test --kv-version 1 a --yes",
    "vault audit test",
    "vault preflight test",
    "vault create-write-token test",
    "vault create-read-approle test",
    "vault export-secrets test out",
  ])
    expect({ command, ...(await root(...command.split(" "))) }).toEqual({
      command,
      exit: 2,
      stdout: "",
      stderr: sealedError(),
    });
  const login = await lab.run(["secrets", "audit", "test", "--auth", "approle"], {
    VAULT_ROLE_ID: "r",
    VAULT_SECRET_ID: "s",
  });
  expect(login).toEqual({ exit: 2, stdout: "", stderr: sealedError() });
  await lab.vault.unseal();
  expect(await lab.kv.get("a")).toEqual(before);
  expect(await root(...SYNC, "two.yaml")).toMatchObject({ exit: 0, stdout: "Updated Vault secret for a s\n" });
});

/** Seals right before the `nth` request that matches; unsealing is the test's. */
function sealBefore(matches: RegExp, nth = 1): void {
  let left = nth;
  lab.decide(async ({ method, path }): Promise<Fate> => {
    if (matches.test(`${method} ${path}`) && --left === 0) await lab.vault.seal();
    return "pass";
  });
}

test.each([
  ["its first read", /^GET secret\//, ""],
  ["the check of capabilities", /capabilities-self$/, SOURCE],
])("sealed before %s: nothing was written, and the same command completes later", async (_, moment, said) => {
  sealBefore(moment);
  expect(await root(...SYNC, "one.yaml")).toEqual({ exit: 2, stdout: "", stderr: said + sealedError() });
  await unseal();
  expect(await lab.kv.version("a")).toBe(0);
  expect(await root(...SYNC, "one.yaml")).toMatchObject({
    exit: 0,
    stdout: "Created Vault secret for a\nCreated Vault secret for b\n",
  });
});

test("sealed before its first write: nobody can be asked whether it was carried out, and that is said", async () => {
  sealBefore(/^POST secret\/data\//);
  expect(await root(...SYNC, "one.yaml")).toEqual({ exit: 1, stdout: "", stderr: SOURCE + unknown("a was written") });
  await unseal();
  expect(await lab.kv.version("a")).toBe(0);
  expect(await root(...SYNC, "one.yaml")).toMatchObject({ exit: 0 });
});

async function unseal(): Promise<void> {
  await lab.vault.unseal();
  lab.decide(() => "pass");
}

test("sealed between two writes: what was written is said, and the rotation goes on later", async () => {
  await lab.asRoot(...SYNC, "one.yaml");
  const before = await lab.kv.get("a");
  sealBefore(/^POST secret\/data\/phalanx\/test\/b$/);
  const rotate = await root("secrets", "rotate", "test", "a/p", "--yes");
  expect(rotate).toMatchObject({ exit: 1, stdout: "Updated Vault secret for a p\n" });
  expect(rotate.stderr).toMatch(
    /^Warning: the run stopped early; the changes above were made\.\nTo undo this: phalanx secrets restore test --run \S+\nTo continue: phalanx secrets rotate test --resume\n/,
  );
  expect(rotate.stderr).toContain(
    unknown("b was written", "continue it with --resume, as shown above: it looks at what is there first."),
  );
  await unseal();
  const written = await lab.kv.get("a");
  expect(written?.["p"]).not.toBe(before?.["p"]);
  expect(await lab.kv.get("b")).toEqual({ c: before?.["p"] });
  expect(await root("secrets", "rotate", "test", "--resume")).toMatchObject({
    exit: 0,
    stdout: "Updated Vault secret for b c\n",
  });
  expect(await lab.kv.get("a")).toEqual(written);
  expect(await lab.kv.get("b")).toEqual({ c: written?.["p"] });
});

test("sealed before the note of a write: the undo that still works is printed", async () => {
  await lab.asRoot(...SYNC, "one.yaml");
  const before = await lab.kv.get("a");
  sealBefore(/^POST secret\/metadata\/phalanx\/test\/a$/);
  expect(await root(...SYNC, "two.yaml")).toEqual({
    exit: 0,
    stdout: "Updated Vault secret for a s\n",
    stderr: `static secrets of test: from two.yaml\nWarning: who wrote this could not be noted: Vault at ${lab.proxy.url} is sealed; whether the metadata of a was written is unknown\nTo undo the write to a, which was not recorded: phalanx secrets restore test --kv-version 1 a --secrets two.yaml\nNothing to restart: nothing in the charts uses what has changed, judging by the text of their templates.\n`,
  });
  await unseal();
  expect(await lab.kv.get("a")).toMatchObject({ s: "two" });
  await lab.asRoot("secrets", "restore", "test", "--kv-version", "1", "a", "--yes");
  expect(await lab.kv.get("a")).toEqual(before);
});

test("sealed after a write whose answer is lost: nobody can say, and that is said", async () => {
  await lab.asRoot(...SYNC, "one.yaml");
  let lost = false;
  lab.decide(async ({ method, path }): Promise<Fate> => {
    if (lost) await lab.vault.seal();
    lost ||= method === "POST" && path === "secret/data/phalanx/test/a";
    return lost && method === "POST" ? "reset-after" : "pass";
  });
  expect(await root(...SYNC, "two.yaml")).toMatchObject({
    exit: 1,
    stdout: "",
    stderr: expect.stringContaining(`Error: Vault at ${lab.proxy.url} is sealed; whether a was written is unknown\n`),
  });
  await unseal();
  expect(await root(...SYNC, "two.yaml")).toMatchObject({ exit: 0, stderr: expect.not.stringContaining("Error") });
  expect(await lab.kv.get("a")).toMatchObject({ s: "two" });
});

test("an answer that says sealed after the write was carried out does not count as nothing written", async () => {
  await lab.asRoot(...SYNC, "one.yaml");
  lab.decide(({ method, path }) =>
    method === "POST" && path === "secret/data/phalanx/test/a"
      ? { status: 503, body: '{"errors":["Vault is sealed"]}', applied: true }
      : "pass",
  );
  expect((await root(...SYNC, "two.yaml")).exit).not.toBe(2);
});

test("sealed while credentials are made: none is lost, and the next run ends what is left", async () => {
  const tokens = async (): Promise<number> => {
    const { data } = await lab.must({ method: "LIST", path: "auth/token/accessors" });
    return data.keys.length;
  };
  const make = () => root("vault", "create-write-token", "test");
  const before = await tokens();
  sealBefore(/^POST auth\/token\/create-orphan$/);
  expect(await make()).toMatchObject({
    exit: 1,
    stdout: "",
    stderr: expect.stringContaining(
      `Error: Vault at ${lab.proxy.url} is sealed; whether a token was created is unknown; no new token was received\n`,
    ),
  });
  await unseal();
  await lab.asRoot("vault", "create-write-token", "test");
  sealBefore(/^POST auth\/token\/revoke-accessor$/);
  const half = await make();
  expect(half).toMatchObject({ exit: 1, stdout: expect.stringMatching(/^token: \S+$/m) });
  expect(half.stderr).toMatch(
    /^the token with accessor \S+ may still be valid: Vault at \S+ is sealed; whether it was revoked is unknown$/m,
  );
  expect(half.stderr).toContain("Error: The new token was created, but a later step failed\n");
  await unseal();
  expect(await tokens()).toBe(before + 2);
  expect(await make()).toMatchObject({ exit: 0 });
  expect(await tokens()).toBe(before + 1);
});
