import { expect, test } from "vitest";
import { openKv } from "./support/kv.js";
import type { Fate, ProxiedRequest } from "./support/proxy.js";
import { changed, type World, worldsForEach } from "./support/world.js";

/** What is said of credentials, and ended, where answers are not Vault's: nothing old ends before the new one is proven. */
const open = worldsForEach();
const APPLICATIONS = { app: { secrets: "s: {description: x}\n" } };
const FILES = { "static.yaml": "applications: {app: {s: {value: a-static-value}}}\n" };
const TOKEN = ["vault", "create-write-token", "test"];
const ROLE = ["vault", "create-read-approle", "test"];
const LIST = "auth/token/accessors?list=true";
const LOOKUP = "auth/token/lookup-accessor";
const CREATE = "auth/token/create-orphan";
const SECRET_ID = "auth/approle/role/test/secret-id";
const EMPTY_404: Fate = { status: 404, body: "" };
const A_GATEWAYS_404: Fate = { status: 404, body: '{"message":"no Route matched with those values"}' };

type Decide = (request: ProxiedRequest) => Fate | Promise<Fate>;
const only =
  (path: string, fate: Fate): Decide =>
  (request) =>
    request.path === path ? fate : "pass";

type Members = Record<string, string | number | readonly (string | number)[]>;
interface Answer {
  readonly data: Members;
  readonly auth: Members;
}

async function accessors(world: World): Promise<string[]> {
  const { body } = await world.kv.call("GET", LIST);
  return (body as { data: { keys: string[] } }).data.keys;
}
const accessorIn = (stdout: string): string => /accessor: "?([^\s"]+)/.exec(stdout)?.[1] ?? "?";

async function withToken(): Promise<{ world: World; old: string }> {
  const world = await open(APPLICATIONS, FILES);
  return { world, old: accessorIn((await world.run(TOKEN)).stdout) };
}
async function withAppRole(): Promise<{ world: World; old: string }> {
  const world = await open(APPLICATIONS, FILES);
  const kv = openKv(world.vault.url, world.vault.rootToken, "secret/phalanx/test");
  await kv.call("POST", "sys/auth/approle", { type: "approle" });
  return { world, old: accessorIn((await world.run(ROLE)).stdout) };
}

test.each<[string, Decide]>([
  ["the list: 404 without a body", only(LIST, EMPTY_404)],
  ["the list: a gateway's 404", only(LIST, A_GATEWAYS_404)],
  ["the list: 200 without anything", only(LIST, { status: 200, body: "{}" })],
  ["the list: 200 without keys", only(LIST, { status: 200, body: '{"data":{}}' })],
  ["the list: 200 with keys that are none", only(LIST, { status: 200, body: '{"data":{"keys":[5]}}' })],
  ["the list: 204", only(LIST, { status: 204, body: "" })],
  ["a look-up: a gateway's 400", only(LOOKUP, { status: 400, body: '{"message":"bad request"}' })],
  ["a look-up: a gateway's 404", only(LOOKUP, A_GATEWAYS_404)],
  ["a look-up: a 404 that proves absence of a path", only(LOOKUP, { status: 404, body: '{"errors":[]}' })],
  [
    "a look-up: words that are like Vault's",
    only(LOOKUP, { status: 403, body: '{"errors":["not a bad token list"]}' }),
  ],
  ["a look-up: 200 without anything", only(LOOKUP, { status: 200, body: "{}" })],
  [
    "a look-up: 200 without a name",
    only(LOOKUP, { status: 200, body: '{"data":{"accessor":"x","policies":[],"expire_time":null}}' }),
  ],
  ["what may be done: 200 without it", only("sys/capabilities-self", { status: 200, body: '{"data":{}}' })],
])("tokens are not treated as gone unless Vault says so: %s", async (_, decide) => {
  const { world, old } = await withToken();
  const before = await accessors(world);
  world.intercept(decide);
  expect(await world.run(TOKEN)).toMatchObject({ exit: 2, stdout: "" });
  expect(await accessors(world)).toEqual(before);
  expect(before).toContain(old);
});

test("a look-up that is answered for another token says nothing", async () => {
  const { world } = await withToken();
  const before = await accessors(world);
  world.intercept((request) =>
    request.path === LOOKUP ? changed(world, request, (body: Answer) => (body.data["accessor"] = "another")) : "pass",
  );
  expect(await world.run(TOKEN)).toMatchObject({ exit: 2, stdout: "", stderr: expect.stringContaining("another one") });
  expect(await accessors(world)).toEqual(before);
});

test.each<[string, Fate]>([
  ["a 404 of somebody else", EMPTY_404],
  ["a 400 of somebody else", { status: 400, body: '{"error":"x"}' }],
])("a token is not said to be revoked because of %s", async (_, fate) => {
  const { world, old } = await withToken();
  let revoking = false;
  world.intercept(({ path }) => {
    revoking ||= path === "auth/token/revoke-accessor";
    if (path === "auth/token/revoke-accessor") return "reset-before";
    return revoking && path === LOOKUP ? fate : "pass";
  });
  const { exit, stderr } = await world.run(TOKEN);
  expect(await accessors(world)).toContain(old);
  expect(stderr).not.toContain("Revoked the token");
  expect({ exit, stderr }).toMatchObject({
    exit: 1,
    stderr: expect.stringContaining(`accessor ${old} may still be valid`),
  });
});

test("a success without a word is not the end of a token", async () => {
  const { world, old } = await withToken();
  world.intercept(only("auth/token/revoke-accessor", { status: 200, body: "" }));
  const { exit, stderr } = await world.run(TOKEN);
  expect({ exit, stderr }).toMatchObject({
    exit: 1,
    stderr: expect.stringContaining(`accessor ${old} may still be valid`),
  });
});

test("a longer life than was asked for is said", async () => {
  const { world, old } = await withToken();
  world.intercept((request) =>
    request.path === "auth/token/renew-accessor"
      ? changed(world, request, (body: Answer) => (body.auth["lease_duration"] = 5000))
      : "pass",
  );
  const { exit, stderr } = await world.run([...TOKEN, "--keep-old", "1h"]);
  expect({ exit, stderr }).toMatchObject({
    exit: 1,
    stderr: expect.stringContaining(`accessor ${old} may still be valid`),
  });
  expect(stderr).toContain("lifetime of 3600 seconds and answered with one of 5000");
});

test("an answer that is given a second time is no new token, and ends none", async () => {
  const world = await open(APPLICATIONS, FILES);
  let kept: Fate | undefined;
  world.intercept(async (request) => {
    if (request.method !== "POST" || request.path !== CREATE) return "pass";
    return (kept ??= await changed(world, request, () => {}));
  });
  const first = accessorIn((await world.run(TOKEN)).stdout);
  const before = await accessors(world);
  const second = await world.run(TOKEN);
  expect(second).toMatchObject({ exit: 1, stdout: "", stderr: expect.stringContaining("one that existed before") });
  expect(await accessors(world)).toEqual(before);
  expect(before).toContain(first);
});

test.each<[string, (body: Answer) => void]>([
  ["has expired", (body: Answer) => (body.data["expire_time"] = "2001-01-01T00:00:00Z")],
  ["lacks its policy", (body: Answer) => (body.data["policies"] = ["default"])],
  ["expires at a time that is none", (body: Answer) => (body.data["expire_time"] = "soon")],
  ["says nothing of its end", (body: Answer) => delete body.data["expire_time"]],
])("a new token that %s ends no older one, and that is said", async (_, by) => {
  const { world, old } = await withToken();
  const before = await accessors(world);
  world.intercept((request) =>
    request.path === LOOKUP && !before.some((accessor) => request.body.includes(accessor))
      ? changed(world, request, by)
      : "pass",
  );
  const { exit, stdout, stderr } = await world.run(TOKEN);
  expect(exit).toBe(1);
  expect(stdout).toContain("token: ");
  expect(stderr).toContain("it is unknown whether the new token works, and no older one was revoked");
  expect(stderr).toContain("TTL value is capped accordingly\n");
  expect(stderr).not.toContain("Revoked");
  expect(await accessors(world)).toContain(old);
});

test.each<[string, Decide]>([
  ["no RoleID: 200", only("auth/approle/role/test/role-id", { status: 200, body: '{"data":{}}' })],
  ["an empty RoleID", only("auth/approle/role/test/role-id", { status: 200, body: '{"data":{"role_id":""}}' })],
  ["no RoleID: 404", only("auth/approle/role/test/role-id", EMPTY_404)],
  ["no role: 404", only("auth/approle/role/test", { status: 404, body: '{"errors":[]}' })],
  ["SecretIDs: a gateway's 404", only(`${SECRET_ID}?list=true`, A_GATEWAYS_404)],
  ["SecretIDs: 200 without keys", only(`${SECRET_ID}?list=true`, { status: 200, body: "{}" })],
  [
    "no SecretID",
    ({ method, path }) => (method === "POST" && path === SECRET_ID ? { status: 200, body: "{}" } : "pass"),
  ],
])("an AppRole of which not everything is known ends no SecretID: %s", async (_, decide) => {
  const { world } = await withAppRole();
  world.intercept((request) =>
    request.method === "POST" && request.path === "auth/approle/role/test" ? "pass" : decide(request),
  );
  const finished = await world.run(ROLE);
  expect(finished).toMatchObject({ stdout: "" });
  expect(finished.exit).not.toBe(0);
  expect(world.proxy.requests.filter(({ path }) => path.includes("secret-id-accessor/destroy"))).toEqual([]);
});

test("a SecretID that was there before is no new one", async () => {
  const { world, old } = await withAppRole();
  world.intercept((request) =>
    request.method === "POST" && request.path === SECRET_ID
      ? changed(world, request, (body: Answer) => (body.data["secret_id_accessor"] = old))
      : "pass",
  );
  const finished = await world.run(ROLE);
  expect(finished).toMatchObject({ exit: 1, stdout: "", stderr: expect.stringContaining("one that existed before") });
  expect(world.proxy.requests.filter(({ path }) => path.includes("secret-id-accessor/destroy"))).toEqual([]);
});

test.each<[string, (body: Answer) => void]>([
  ["a lifetime that is not a number", (body: Answer) => (body.data["token_ttl"] = "\u001b[2J")],
  ["no lifetime", (body: Answer) => delete body.data["token_max_ttl"]],
  ["policies that are none", (body: Answer) => (body.data["token_policies"] = [5])],
  ["other policies than it was given", (body: Answer) => (body.data["token_policies"] = ["root\n- evil"])],
])("an AppRole is not handed over with %s", async (_, by) => {
  const { world } = await withAppRole();
  let written = false;
  world.intercept((request) => {
    written ||= request.method === "POST";
    return written && request.method === "GET" && request.path === "auth/approle/role/test"
      ? changed(world, request, by)
      : "pass";
  });
  const finished = await world.run(ROLE);
  expect(finished).toMatchObject({ stdout: "" });
  expect(finished.exit).not.toBe(0);
});

test.each<[string, Fate]>([
  ["a 404 of something before Vault", EMPTY_404],
  ["a gateway's 404", A_GATEWAYS_404],
])("an audit does not take %s for a role that is not there", async (_, fate) => {
  const { world } = await withAppRole();
  world.intercept(only("auth/approle/role/test", fate));
  expect(await world.run(["vault", "audit", "test"])).toMatchObject({ exit: 2, stdout: "" });
});

test.each([
  ["a line feed", "s.a\nb"],
  ["a NUL", "s.\0"],
  ["a character beyond Latin-1", "s.\u0100b"],
])("a login whose token has %s in it is an error before anything is written", async (_, token) => {
  const world = await open(APPLICATIONS, FILES);
  world.intercept(only("auth/approle/login", { status: 200, body: JSON.stringify({ auth: { client_token: token } }) }));
  const { VAULT_TOKEN: _token, ...env } = world.env;
  const finished = await world.run(["secrets", "sync", "test", "--secrets", "static.yaml", "--auth", "approle"], {
    env: { ...env, VAULT_ROLE_ID: "role", VAULT_SECRET_ID: "secret" },
  });
  expect(finished).toMatchObject({
    exit: 2,
    stdout: "",
    stderr: expect.stringContaining(
      "Error: Login with approle returned a token that is not valid: it contains invalid characters\n",
    ),
  });
});

test("at a terminal, an audit ends with the commands that correct what it found", async () => {
  const { world } = await withAppRole();
  const kv = openKv(world.vault.url, world.vault.rootToken, "secret/phalanx/test");
  const audit = async (): Promise<string> => (await world.run(["vault", "audit", "test"], { terminal: true })).stdout;
  await world.run([...TOKEN, "--lifetime", "720h"]);
  expect(await audit()).toBe("");
  await kv.call("PUT", "sys/policies/acl/test/read", { policy: "" });
  await kv.call("POST", "auth/approle/role/test", { token_policies: ["default"] });
  expect(await audit()).toMatch(/^To correct the read AppRole and its policy:\n {2}(.+)$/m);
  expect(await world.run([...ROLE, "--keep-old"])).toMatchObject({ exit: 0 });
  expect(await audit()).toBe("");
  await world.run([...TOKEN, "--lifetime", "24h"]);
  expect(await audit()).toMatch(
    /^• Token will expire at .*\nTo replace the write token, and correct its policy:\n {2}phalanx vault create-write-token test --keep-old 12h$/m,
  );
  expect(await world.run([...TOKEN, "--keep-old", "12h"])).toMatchObject({ exit: 0 });
  // The old one still expires soon, as it should.
  expect(await audit()).toMatch(/^Several are normal/m);
  expect(await audit()).not.toContain("To replace");
});
