import { afterEach, describe, expect, test } from "vitest";
import { type DevVault, type DevVaultOptions, type DevVaultRequest, startDevVault } from "./index.js";

const HOUR = 3_600_000;
const cleanUp: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) {
    await step();
  }
});

async function start(options: DevVaultOptions = {}): Promise<DevVault> {
  const vault = await startDevVault(options);
  cleanUp.push(() => vault.close());
  return vault;
}

interface Answer {
  status: number;
  text: string;
  errors: string[];
  data: Record<string, never>;
  auth: Record<string, never>;
  warnings: string[];
}

async function call(
  vault: DevVault,
  method: string,
  path: string,
  body?: unknown,
  token = vault.rootToken,
): Promise<Answer> {
  const answer = await fetch(`${vault.url}/v1/${path}`, {
    method,
    headers: { "X-Vault-Token": token, ...(method === "PATCH" && { "Content-Type": "application/merge-patch+json" }) },
    ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const text = await answer.text();
  const parsed = (text === "" ? {} : JSON.parse(text)) as Partial<Answer>;
  return { errors: [], data: {}, auth: {}, warnings: [], ...parsed, status: answer.status, text };
}

async function tokenWith(vault: DevVault, policy: string, more: Record<string, unknown> = {}): Promise<string> {
  await call(vault, "PUT", "sys/policies/acl/p", { policy });
  const { auth } = await call(vault, "POST", "auth/token/create", { policies: ["p"], ttl: "1h", ...more });
  return auth["client_token"] ?? "";
}

describe("values", () => {
  test("odd keys and strings come back byte by byte", async () => {
    const vault = await start();
    const value = '{"__proto__":{"a":-0},"isLosslessNumber":true,"s":"<&\\"\\n☃ 1.0","\\"1.0":null}';
    await call(vault, "POST", "secret/data/x", `{"data":${value}}`);
    expect((await call(vault, "GET", "secret/data/x")).text).toContain(`"data":{"data":${value},`);
  });

  test("numbers are kept exactly, and answered as a double by version 2", async () => {
    const vault = await start();
    const numbers = "[12345678901234567890,1000000000000000001,10000000000000000000001,1.0,1e5,-1.50E-7,0.1]";
    await call(vault, "POST", "secret/data/x", `{"data":{"n":${numbers}}}`);
    expect((await call(vault, "GET", "secret/data/x")).text).toContain(
      '{"n":[12345678901234567000,1000000000000000000,1e+22,1,100000,-1.5e-7,0.1]}',
    );
    await call(vault, "POST", "sys/mounts/old", { type: "kv", options: { version: "1" } });
    await call(vault, "POST", "old/x", `{"n":${numbers}}`);
    expect((await call(vault, "GET", "old/x")).text).toContain(`"data":{"n":${numbers}}`);
  });

  test("a merge patch keeps what it does not name", async () => {
    const vault = await start();
    await call(vault, "POST", "secret/data/x", '{"data":{"a":{"b":1,"c":2.0},"n":1.0}}');
    await call(vault, "PATCH", "secret/data/x", '{"data":{"a":{"b":null,"d":10000000000000000000}}}');
    expect((await call(vault, "GET", "secret/data/x")).text).toContain('{"a":{"c":2,"d":10000000000000000000},"n":1}');
  });

  test("more than 32 MB are refused", async () => {
    const vault = await start();
    const { status, errors } = await call(
      vault,
      "POST",
      "secret/data/x",
      `{"data":{"a":"${"x".repeat(33 * 1024 * 1024)}"}}`,
    );
    expect({ status, errors }).toStrictEqual({ status: 413, errors: ["http: request body too large"] });
  });
});

describe("versions", () => {
  test("a destroyed version and a soft-deleted one still count for check-and-set", async () => {
    const vault = await start();
    await call(vault, "POST", "secret/data/x", { data: { a: "1" } });
    await call(vault, "PUT", "secret/destroy/x", { versions: [1] });
    expect((await call(vault, "POST", "secret/data/x", { data: {}, options: { cas: 0 } })).status).toBe(400);
    expect((await call(vault, "POST", "secret/data/x", { data: {}, options: { cas: 1 } })).status).toBe(200);
  });

  test("delete_version_after deletes when its time has come", async () => {
    let now = Date.parse("2030-01-01T00:00:00Z");
    const vault = await start({ now: () => new Date(now) });
    await call(vault, "POST", "secret/metadata/x", { delete_version_after: "1h30m" });
    await call(vault, "POST", "secret/data/x", { data: { a: "1" } });
    expect(await call(vault, "GET", "secret/data/x")).toMatchObject({
      status: 200,
      data: { metadata: { deletion_time: "2030-01-01T01:30:00Z" } },
    });
    now += 1.5 * HOUR;
    expect((await call(vault, "GET", "secret/data/x")).status).toBe(404);
  });

  test("the eleventh version pushes out the first", async () => {
    const vault = await start();
    for (let count = 0; count < 11; count += 1) {
      await call(vault, "POST", "secret/data/x", { data: { count } });
    }
    const { data } = await call(vault, "GET", "secret/metadata/x");
    expect(data).toMatchObject({ current_version: 11, oldest_version: 2 });
    expect((await call(vault, "GET", "secret/data/x?version=1")).status).toBe(404);
    expect((await call(vault, "GET", "secret/data/x?version=2")).status).toBe(200);
  });

  test("metadata check-and-set", async () => {
    const vault = await start();
    await call(vault, "POST", "secret/metadata/x", { metadata_cas_required: true });
    const without = await call(vault, "POST", "secret/metadata/x", { max_versions: 2 });
    const stale = await call(vault, "POST", "secret/metadata/x", { max_versions: 2, metadata_cas: 7 });
    const right = await call(vault, "POST", "secret/metadata/x", { max_versions: 2, metadata_cas: 1 });
    expect([without.errors, stale.errors, right.status]).toStrictEqual([
      ["metadata check-and-set parameter required for this call"],
      ["metadata check-and-set parameter does not match the current version"],
      204,
    ]);
  });
});

describe("policies", () => {
  test("a write to what is not there yet needs create, any other update", async () => {
    const vault = await start();
    const token = await tokenWith(vault, 'path "secret/data/*" { capabilities = ["create"] }');
    expect((await call(vault, "POST", "secret/data/x", { data: {} }, token)).status).toBe(200);
    expect((await call(vault, "POST", "secret/data/x", { data: {} }, token)).status).toBe(403);
  });

  test("a change of a policy counts at once", async () => {
    const vault = await start();
    const token = await tokenWith(vault, 'path "secret/data/x" { capabilities = ["create"] }');
    expect((await call(vault, "GET", "secret/data/x", undefined, token)).status).toBe(403);
    await call(vault, "PUT", "sys/policies/acl/p", { policy: 'path "secret/data/x" { capabilities = ["read"] }' });
    expect((await call(vault, "GET", "secret/data/x", undefined, token)).status).toBe(404);
  });
});

describe("tokens", () => {
  test("expire, and take their children with them", async () => {
    let now = Date.parse("2030-01-01T00:00:00Z");
    const vault = await start({ now: () => new Date(now) });
    const parent = await tokenWith(vault, 'path "auth/token/create" { capabilities = ["update"] }');
    const { auth } = await call(vault, "POST", "auth/token/create", { ttl: "10h" }, parent);
    const child: string = auth["client_token"] ?? "";
    now += HOUR - 1;
    expect((await call(vault, "GET", "auth/token/lookup-self", undefined, child)).status).toBe(200);
    now += 1;
    expect((await call(vault, "GET", "auth/token/lookup-self", undefined, child)).status).toBe(403);
    expect((await call(vault, "GET", "auth/token/lookup-self", undefined, parent)).status).toBe(403);
  });

  test("renewal ends at the explicit maximum", async () => {
    let now = Date.parse("2030-01-01T00:00:00Z");
    const vault = await start({ now: () => new Date(now) });
    const token = await tokenWith(vault, "", { explicit_max_ttl: "90m" });
    now += 0.75 * HOUR;
    expect(await call(vault, "POST", "auth/token/renew-self", {}, token)).toMatchObject({
      auth: { lease_duration: 2700 },
      warnings: ['TTL of "1h" exceeded the effective max_ttl of "45m"; TTL value is capped accordingly'],
    });
  });

  test("are used up", async () => {
    const vault = await start();
    const token = await tokenWith(vault, "", { num_uses: 2 });
    const statuses: number[] = [];
    for (let use = 0; use < 3; use += 1) {
      statuses.push((await call(vault, "GET", "auth/token/lookup-self", undefined, token)).status);
    }
    expect(statuses).toStrictEqual([200, 200, 403]);
  });

  test("no login gives the policy root", async () => {
    const vault = await start();
    await call(vault, "POST", "sys/auth/approle", { type: "approle" });
    await call(vault, "POST", "auth/approle/role/r", { token_policies: ["root"] });
    const { data: role } = await call(vault, "GET", "auth/approle/role/r/role-id");
    const { data: secret } = await call(vault, "POST", "auth/approle/role/r/secret-id", {});
    const login = { role_id: role["role_id"], secret_id: secret["secret_id"] };
    expect(await call(vault, "POST", "auth/approle/login", login)).toMatchObject({
      status: 400,
      errors: ["auth methods cannot create root tokens"],
    });
  });

  test("secret IDs expire", async () => {
    let now = Date.parse("2030-01-01T00:00:00Z");
    const vault = await start({ now: () => new Date(now) });
    await call(vault, "POST", "sys/auth/team/approle", { type: "approle" });
    await call(vault, "POST", "auth/team/approle/role/r", { secret_id_ttl: "1h" });
    const { data: role } = await call(vault, "GET", "auth/team/approle/role/r/role-id");
    const { data: secret } = await call(vault, "POST", "auth/team/approle/role/r/secret-id", {});
    const login = { role_id: role["role_id"], secret_id: secret["secret_id"] };
    expect((await call(vault, "POST", "auth/team/approle/login", login)).status).toBe(200);
    now += HOUR;
    expect((await call(vault, "POST", "auth/team/approle/login", login)).errors).toStrictEqual([
      "invalid role or secret ID",
    ]);
  });
});

describe("server", () => {
  test("an observer sees each request before it is handled, and can cut it off", async () => {
    const seen: DevVaultRequest[] = [];
    const vault = await start({
      token: "t",
      onRequest: (request) => {
        seen.push(request);
        if (request.path === "secret/data/cut") {
          throw new Error("cut");
        }
      },
    });
    await call(vault, "GET", "secret/metadata/a%20b?list=true");
    await call(vault, "LIST", "secret/metadata/a");
    await expect(call(vault, "GET", "secret/data/cut")).rejects.toThrow("fetch failed");
    expect(seen.slice(0, 2)).toStrictEqual([
      { method: "LIST", path: "secret/metadata/a b", token: "t" },
      { method: "LIST", path: "secret/metadata/a", token: "t" },
    ]);
  });

  test("sealed, it answers only what can be asked without being unsealed", async () => {
    const vault = await start();
    vault.seal();
    expect(await call(vault, "GET", "sys/health")).toMatchObject({ status: 503, sealed: true });
    expect(await call(vault, "GET", "secret/data/x")).toMatchObject({ status: 503, errors: ["Vault is sealed"] });
    await call(vault, "PUT", "sys/unseal", { key: "anything" });
    expect((await call(vault, "GET", "secret/data/x")).status).toBe(404);
  });

  test("a KV version 1 mount takes the paths of version 2 literally", async () => {
    const vault = await start();
    await call(vault, "POST", "sys/mounts/old", { type: "kv" });
    expect((await call(vault, "POST", "old/data/x", { data: { a: "1" }, options: { cas: 0 } })).status).toBe(204);
    expect((await call(vault, "GET", "old/data/x")).data).toStrictEqual({ data: { a: "1" }, options: { cas: 0 } });
    expect((await call(vault, "GET", "old/metadata/x")).status).toBe(404);
  });

  test("paths with empty or relative segments are not taken as they are", async () => {
    const vault = await start();
    const url = `${vault.url}/v1/secret/data/a//b`;
    const answer = await fetch(url, { redirect: "manual", headers: { "X-Vault-Token": vault.rootToken } });
    expect([answer.status, answer.headers.get("location")]).toStrictEqual([307, "/v1/secret/data/a/b"]);
    expect((await call(vault, "POST", "secret/data/x/", { data: {} })).errors).toStrictEqual([
      "cannot write to a path ending in '/'",
    ]);
  });
});

describe("what it could not hold a token to, it refuses", () => {
  const stanza = (text: string): string => `path "secret/*" {\n  capabilities = ["read"]\n  ${text}\n}\n`;

  test.each([
    stanza('allowed_parameters = { "data" = ["x"] }'),
    stanza("denied_parameters = {}"),
    stanza('required_parameters = ["data"]'),
    stanza('min_wrapping_ttl = "1s"'),
    stanza('max_wrapping_ttl = "90s"'),
    stanza('mfa_methods = ["m"]'),
    stanza("control_group = { factor }").replace("{ factor }", '{ factor "f" { identity { approvals = 1 } } }'),
    stanza("pagination_limit = 10"),
    stanza('expiration = "2030-01-01T00:00:00Z"'),
    'path "secret/{{identity.entity.id}}/*" { capabilities = ["read"] }',
    '{"path": {"secret/*": {"capabilities": ["read"], "denied_parameters": {"x": []}}}}',
  ])("a policy with %s", async (policy) => {
    const vault = await start();
    const { status, errors } = await call(vault, "PUT", "sys/policies/acl/p", { policy });
    expect([status, errors[0]]).toEqual([400, expect.stringMatching(/is not enforced by phalanx dev-vault/)]);
    expect((await call(vault, "GET", "sys/policies/acl/p")).status).toBe(404);
  });

  test("a policy that expires, and a role or secret ID for some addresses only", async () => {
    const vault = await start();
    await call(vault, "POST", "sys/auth/approle", { type: "approle" });
    await call(vault, "POST", "auth/approle/role/r", { token_bound_cidrs: [] });
    const policy = stanza("");
    const refused = await Promise.all([
      call(vault, "PUT", "sys/policies/acl/p", { policy, expiration: "2030-01-01T00:00:00Z" }),
      call(vault, "PUT", "sys/policies/acl/p", { policy, ttl: "1h" }),
      call(vault, "POST", "auth/approle/role/r", { token_bound_cidrs: ["10.0.0.0/8"] }),
      call(vault, "POST", "auth/approle/role/r", { secret_id_bound_cidrs: "10.0.0.0/8" }),
      call(vault, "POST", "auth/approle/role/r/secret-id", { cidr_list: "10.0.0.0/8" }),
    ]);
    for (const { status, text } of refused) {
      expect([status, text]).toEqual([400, expect.stringContaining("is not enforced by phalanx dev-vault")]);
    }
  });
});

describe("tokens that somebody chooses the ID of", () => {
  const SUDO = 'path "auth/token/create*" { capabilities = ["create", "update", "sudo"] }';

  test("never take the place of another", async () => {
    const vault = await start();
    const token = await tokenWith(vault, SUDO);
    for (const id of [vault.rootToken, token]) {
      for (const path of ["auth/token/create", "auth/token/create-orphan"]) {
        const { status, errors } = await call(vault, "POST", path, { id, policies: ["p"] }, token);
        expect([status, errors]).toEqual([400, ["cannot create a token with a duplicate ID"]]);
      }
    }
    expect((await call(vault, "GET", "auth/token/lookup-self")).data).toMatchObject({ policies: ["root"] });
    expect((await call(vault, "POST", "auth/token/create", { id: "mine", policies: ["p"] }, token)).status).toBe(200);
  });

  test("end with the auth method that their parent came from", async () => {
    const vault = await start();
    await call(vault, "POST", "sys/auth/approle", { type: "approle" });
    await call(vault, "PUT", "sys/policies/acl/p", { policy: SUDO });
    await call(vault, "POST", "auth/approle/role/r", { token_policies: ["p"] });
    const { data: role } = await call(vault, "GET", "auth/approle/role/r/role-id");
    const { data: secret } = await call(vault, "POST", "auth/approle/role/r/secret-id");
    const login = { role_id: role["role_id"], secret_id: secret["secret_id"] };
    const { auth } = await call(vault, "POST", "auth/approle/login", login);
    await call(vault, "POST", "auth/token/create", { id: "child" }, auth["client_token"]);
    expect((await call(vault, "GET", "auth/token/lookup-self", undefined, "child")).status).toBe(200);
    await call(vault, "DELETE", "sys/auth/approle");
    expect((await call(vault, "GET", "auth/token/lookup-self", undefined, "child")).status).toBe(403);
  });
});

test("neither a role ID nor a secret ID is given twice", async () => {
  const vault = await start();
  await call(vault, "POST", "sys/auth/approle", { type: "approle" });
  expect((await call(vault, "POST", "auth/approle/role/a", { role_id: "x" })).status).toBe(204);
  expect((await call(vault, "POST", "auth/approle/role/b", { role_id: "x" })).errors[0]).toContain("already in use");
  const path = "auth/approle/role/a/custom-secret-id";
  expect((await call(vault, "POST", path, { secret_id: "y" })).status).toBe(200);
  expect((await call(vault, "POST", path, { secret_id: "y" })).errors).toEqual(["SecretID is already registered"]);
});

test("a policy whose name has a line break is not those that its lines name", async () => {
  const vault = await start();
  await call(vault, "PUT", "sys/policies/acl/a", { policy: 'path "secret/*" { capabilities = ["create", "read"] }' });
  const token = async (...policies: string[]): Promise<string> =>
    (await call(vault, "POST", "auth/token/create", { policies, no_default_policy: true })).auth["client_token"] ?? "";
  const read = async (id: string): Promise<number> => (await call(vault, "GET", "secret/data/x", undefined, id)).status;
  expect(await read(await token("a", "b"))).toBe(404);
  expect(await read(await token("a\nb"))).toBe(403);
});
