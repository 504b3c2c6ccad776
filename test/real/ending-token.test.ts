import { afterEach, beforeEach, expect, test } from "vitest";
import type { Finished } from "../support/cli.js";
import type { Fate } from "../support/proxy.js";
import { type Lab, openLab } from "../support/lab.js";

let lab: Lab;
beforeEach(async () => {
  lab = await openLab();
  // For its policy.
  await lab.asRoot("vault", "create-write-token", "test");
});
afterEach(() => lab.close());

const SYNC = ["secrets", "sync", "test", "--secrets"] as const;
const SOURCE = "static secrets of test: from one.yaml\n";
const as = (token: string, ...args: readonly string[]): Promise<Finished> => lab.run(args, { VAULT_TOKEN: token });
const ended = () =>
  `Error: Vault at ${lab.proxy.url} does not accept the token: it is not valid or has expired\nHint: Set VAULT_TOKEN to a current token that is allowed to do this.\n`;
/** A write that was refused, and that cannot be looked for either. */
const unknown = (what: string, then = "run the same command again: it looks at what is there before it writes.") =>
  `Error: Vault at ${lab.proxy.url} does not accept the token: it is not valid or has expired; whether ${what} is unknown\nHint: Set VAULT_TOKEN to a current token that is allowed to do this. Then ${then}\n`;
const STOPPED = "Warning: the run stopped early; the changes above were made. Run it again to make the others.\n";

async function newToken(more: object = {}): Promise<string> {
  const body = { policies: ["phalanx/test/write"], ...more };
  return (await lab.must({ method: "POST", path: "auth/token/create-orphan", body })).auth.client_token;
}

/** The token ends right before the first request that matches. */
function endBefore(matches: RegExp, end: () => Promise<unknown>): void {
  let over = false;
  lab.decide(async ({ method, path }): Promise<Fate> => {
    if (!over && matches.test(`${method} ${path}`)) {
      over = true;
      await end();
    }
    return "pass";
  });
}

const revoke = (token: string) => () => lab.must({ method: "POST", path: "auth/token/revoke", body: { token } });

/** With a new token the same command makes the rest, and what is there already stays. */
async function completes(): Promise<void> {
  lab.decide(() => "pass");
  const before = await lab.kv.get("a");
  const token = await newToken();
  expect(await as(token, ...SYNC, "one.yaml")).toMatchObject({
    exit: 0,
    stderr: expect.not.stringMatching(/Error|Warning/),
  });
  const after = await lab.kv.get("a");
  expect(after).toMatchObject({ s: "one", ...before });
  expect(await lab.kv.get("b")).toEqual({ c: after?.["p"] });
  expect([await lab.kv.version("a"), await lab.kv.version("b")]).toEqual([1, 1]);
  expect(await as(token, "secrets", "audit", "test", "--secrets", "one.yaml")).toEqual({
    exit: 0,
    stdout: "",
    stderr: SOURCE,
  });
}

test.each([
  ["the first read", /^GET /, ""],
  ["the check of capabilities", /capabilities-self$/, SOURCE],
])("a token that is revoked before %s: nothing was written", async (_, moment, said) => {
  const token = await newToken();
  endBefore(moment, revoke(token));
  expect(await as(token, ...SYNC, "one.yaml")).toEqual({ exit: 2, stdout: "", stderr: said + ended() });
  expect(await lab.kv.version("a")).toBe(0);
  await completes();
});

test("a token that ends before the first write: nothing is written, but phalanx cannot check that", async () => {
  const token = await newToken();
  endBefore(/^POST secret\/data\//, revoke(token));
  expect(await as(token, ...SYNC, "one.yaml")).toEqual({
    exit: 1,
    stdout: "",
    stderr: SOURCE + unknown("a was written"),
  });
  expect(await lab.kv.version("a")).toBe(0);
  await completes();
});

test("a token that ends before a write is noted: the output says what was written, and that it has no note", async () => {
  const token = await newToken();
  endBefore(/^POST secret\/metadata\//, revoke(token));
  expect(await as(token, ...SYNC, "one.yaml")).toEqual({
    exit: 1,
    stdout: "Created Vault secret for a\n",
    stderr: `${SOURCE}${STOPPED}Warning: who wrote this could not be noted: Vault at ${lab.proxy.url} does not accept the token: it is not valid or has expired; whether the metadata of a was written is unknown\nThe write to a was not recorded, and there is no earlier version of it to restore.\n${unknown("b was written")}`,
  });
  await completes();
});

test("a token that ends between two writes: the output says what was written, and how to undo it", async () => {
  const token = await newToken();
  endBefore(/^POST secret\/data\/phalanx\/test\/b$/, revoke(token));
  const stopped = await as(token, ...SYNC, "one.yaml");
  expect(stopped).toMatchObject({ exit: 1, stdout: "Created Vault secret for a\n" });
  expect(stopped.stderr.replace(/--run \S+/, "--run ID")).toBe(
    `${SOURCE}${STOPPED}To undo this: phalanx secrets restore test --run ID --secrets one.yaml\n${unknown("b was written")}`,
  );
  await completes();
});

test("a token that ends after the last write: the output names both writes, and says that the final check failed", async () => {
  const token = await newToken();
  endBefore(/^GET secret\/data\/phalanx\/test\/a$/, revoke(token));
  expect(await as(token, ...SYNC, "one.yaml")).toMatchObject({
    exit: 1,
    stdout: "Created Vault secret for a\nCreated Vault secret for b\n",
    stderr: expect.stringContaining(ended()),
  });
  await completes();
});

test("a token that reaches its explicit_max_ttl between two writes", async () => {
  const token = await newToken({ explicit_max_ttl: "1s" });
  const headers = { "x-vault-token": token };
  endBefore(/^POST secret\/data\/phalanx\/test\/b$/, async () => {
    while ((await fetch(`${lab.vault.url}/v1/auth/token/lookup-self`, { headers })).ok);
  });
  expect(await as(token, ...SYNC, "one.yaml")).toMatchObject({
    exit: 1,
    stdout: "Created Vault secret for a\n",
    stderr: expect.stringContaining(unknown("b was written")),
  });
  await completes();
});

test("a token whose uses run out at any request: Vault holds exactly what the output says", {
  timeout: 60_000,
}, async () => {
  for (let uses = 1; ; uses++) {
    const { exit, stdout, stderr } = await as(await newToken({ num_uses: uses }), ...SYNC, "one.yaml");
    const written = (
      await Promise.all(["a", "b"].map(async (name) => [name, await lab.kv.version(name)] as const))
    ).flatMap(([name, version]) => (version > 0 ? [`Created Vault secret for ${name}\n`] : []));
    expect({ uses, stdout }).toEqual({ uses, stdout: written.join("") });
    if (exit === 0) return;
    const doubt = stderr.includes("is unknown");
    expect({ uses, exit }).toEqual({ uses, exit: written.length > 0 || doubt ? 1 : 2 });
    expect(stderr).toContain("does not accept the token: it is not valid or has expired");
    await completes();
    for (const name of ["a", "b"]) await lab.must({ method: "DELETE", path: `secret/metadata/phalanx/test/${name}` });
  }
});

test("a token that ends after a write whose answer is lost: the output says that the result is unknown", async () => {
  await lab.asRoot(...SYNC, "one.yaml");
  const token = await newToken();
  let lost = false;
  lab.decide(async ({ method, path }): Promise<Fate> => {
    if (lost) await revoke(token)();
    lost ||= method === "POST" && path === "secret/data/phalanx/test/a";
    return lost && method === "POST" ? "reset-after" : "pass";
  });
  expect(await as(token, ...SYNC, "two.yaml")).toMatchObject({
    exit: 1,
    stdout: "",
    stderr: expect.stringMatching(/^Error: .* does not accept the token: .*; whether a was written is unknown$/m),
  });
  expect(await lab.kv.get("a")).toMatchObject({ s: "two" });
});

test("a token that ends during a rotation: it resumes with another token, and changes nothing twice", async () => {
  await lab.asRoot(...SYNC, "one.yaml");
  const token = await newToken();
  endBefore(/^POST secret\/data\/phalanx\/test\/b$/, revoke(token));
  expect(await as(token, "secrets", "rotate", "test", "a/p", "--yes")).toMatchObject({
    exit: 1,
    stdout: "Updated Vault secret for a p\n",
    stderr: expect.stringContaining(
      `To continue: phalanx secrets rotate test --resume\n${unknown("b was written", "continue it with --resume, as shown above: it looks at what is there first.")}`,
    ),
  });
  lab.decide(() => "pass");
  const rotated = await lab.kv.get("a");
  expect(await as(await newToken(), "secrets", "rotate", "test", "--resume")).toMatchObject({
    exit: 0,
    stdout: "Updated Vault secret for b c\n",
  });
  expect(await lab.kv.get("a")).toEqual(rotated);
  expect(await lab.kv.get("b")).toEqual({ c: rotated?.["p"] });
});

test("a token that ends during a restore: the same command completes it", async () => {
  await lab.asRoot(...SYNC, "one.yaml");
  const before = [await lab.kv.get("a"), await lab.kv.get("b")];
  const rotate = await lab.asRoot("secrets", "rotate", "test", "a/p", "--yes");
  const restore = ["secrets", "restore", "test", "--run", /--run (\S+)/.exec(rotate.stderr)?.[1] ?? "", "--yes"];
  const token = await newToken();
  endBefore(/^POST secret\/data\/phalanx\/test\/b$/, revoke(token));
  const stopped = await as(token, ...restore);
  expect(stopped).toMatchObject({
    exit: 1,
    stdout: "Updated Vault secret for a p\n",
    stderr: expect.stringContaining("Run it again to make the others.\n"),
  });
  lab.decide(() => "pass");
  expect(await as(await newToken(), ...restore)).toMatchObject({ exit: 0, stdout: "Updated Vault secret for b c\n" });
  expect([await lab.kv.get("a"), await lab.kv.get("b")]).toEqual(before);
});
