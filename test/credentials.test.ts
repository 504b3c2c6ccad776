import { once } from "node:events";
import { createSign, generateKeyPairSync, createVerify } from "node:crypto";
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { load } from "js-yaml";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startVault, type TestVault } from "./support/vault.js";
import { readPolicy, writePolicy } from "../src/vault/policies.js";
import { phalanx, startPhalanx } from "./support/cli.js";
import { type Kv, openKv } from "./support/kv.js";
import { type Fate, type ProxiedRequest, type Proxy, startProxy } from "./support/proxy.js";
import { environmentFiles, makeTree, type TestTree } from "./support/tree.js";

const APPLICATIONS = { app: { secrets: "p: {description: x, generate: {type: password}}\ns: {description: x}\n" } };

let vault: TestVault;
let proxy: Proxy;
let tree: TestTree;
let kv: Kv;
let decide: (request: ProxiedRequest) => Fate | Promise<Fate>;

beforeEach(async () => {
  decide = () => "pass";
  vault = await startVault();
  proxy = await startProxy(vault.url, (request) => decide(request));
  tree = await makeTree({
    ...environmentFiles(proxy.url, APPLICATIONS),
    "static.yaml": "applications: {app: {s: {value: one}}}\n",
    "other.yaml": "applications: {app: {s: {value: two}}}\n",
  });
  kv = openKv(vault.url, vault.rootToken, "secret/phalanx/test");
  await kv.call("POST", "sys/auth/approle", { type: "approle" });
});
afterEach(async () => {
  await proxy.close();
  await vault.close();
  await tree.remove();
});

const run = (args: readonly string[], env: Record<string, string> = {}, input = "") =>
  phalanx(args, { cwd: tree.root, env: { XDG_STATE_HOME: `${tree.root}/state`, HOME: tree.root, ...env }, input });
const asRoot = (...args: string[]) => run(args, { VAULT_TOKEN: vault.rootToken });
const yaml = (text: string) => load(text) as Record<string, string>;

describe("the policies", () => {
  test("are byte for byte those of the specification", () => {
    const location = { url: "", mount: "M", path: "P" };
    expect(readPolicy(location)).toEqual({
      name: "P/read",
      text: 'path "M/data/P/+" {\n  capabilities = ["read"]\n}\npath "M/metadata/P/+" {\n  capabilities = ["list", "read"]\n}',
    });
    const four = (first: string): string =>
      `["${first}", "${first === "create" ? "delete" : "list"}", "read", "update"]`;
    const stanza = (path: string, capabilities: string): string =>
      `path "${path}" {\n  capabilities = ${capabilities}\n}`;
    expect(writePolicy(location).text).toBe(
      [
        stanza("M/data/P", four("create")),
        stanza("M/data/P/+", four("create")),
        stanza("M/metadata/P", four("delete")),
        stanza("M/metadata/P/+", four("delete")),
        stanza("M/delete/P/+", '["update"]'),
        stanza("M/destroy/P/+", '["update"]'),
        stanza("M/undelete/P/+", '["update"]'),
      ].join("\n"),
    );
  });

  test("permit every command under secrets, and no more is needed", async () => {
    const token = yaml((await asRoot("vault", "create-write-token", "test")).stdout)["token"] ?? "";
    const env = { VAULT_TOKEN: token };
    const ok = async (args: readonly string[], exit = 0, input = ""): Promise<string> => {
      const finished = await run(args, env, input);
      expect({ args, exit: finished.exit, stderr: finished.stderr }).toEqual({
        args,
        exit,
        stderr: expect.not.stringContaining("Error"),
      });
      return finished.stderr;
    };
    await ok(["secrets", "audit", "test", "--secrets", "static.yaml"], 1);
    const first = await ok(["secrets", "sync", "test", "--secrets", "static.yaml"]);
    await ok(["secrets", "plan", "test", "--secrets", "other.yaml", "--out", "plan.json"]);
    await ok(["secrets", "sync", "test", "--secrets", "other.yaml", "--plan", "plan.json"]);
    await ok(["secrets", "rotate", "test", "app/p", "--yes"]);
    await ok(["secrets", "set", "test", "app/s", "--yes"], 0, "three");
    await kv.put("stranger", { x: "1" });
    await ok(["secrets", "sync", "test", "--delete"]);
    await ok(["secrets", "history", "test"]);
    await ok(["secrets", "explain", "test", "app/p"]);
    await ok(
      ["secrets", "restore", "test", "--run", /--run (\S+)/.exec(first)?.[1] ?? "", "--partial", "--dry-run"],
      1,
    );
    await ok(["secrets", "restore", "test", "--kv-version", "1", "app", "stranger", "--yes"]);
    await ok(["vault", "preflight", "test"]);
    await ok(["vault", "export-secrets", "test", "out"]);
    expect(await kv.get("app")).toMatchObject({ s: "one" });
  });

  test("with the read policy, an audit works, and a sync stops before its first write", async () => {
    const approle = yaml((await asRoot("vault", "create-read-approle", "test")).stdout);
    const env = { VAULT_ROLE_ID: approle["role_id"] ?? "", VAULT_SECRET_ID: approle["secret_id"] ?? "" };
    expect((await run(["secrets", "audit", "test", "--secrets", "static.yaml", "--auth", "approle"], env)).stdout).toBe(
      "Missing secrets:\n• app p\n• app s\n",
    );
    const sync = await run(["secrets", "sync", "test", "--secrets", "static.yaml", "--auth", "approle"], env);
    expect(sync).toMatchObject({ exit: 2, stdout: "" });
    expect(sync.stderr).toContain('write app: lacks the capability "create" on secret/data/phalanx/test/app\n');
    expect(proxy.requests.filter(({ method, path }) => method === "POST" && path.startsWith("secret/"))).toEqual([]);
    const preflight = await run(["vault", "preflight", "test", "--auth", "approle"], env);
    expect(preflight).toMatchObject({
      exit: 1,
      stdout: expect.stringContaining('• write app: lacks "create" on secret/data/phalanx/test/app\n'),
    });
  });
});

describe("new credentials", () => {
  test("of an AppRole are in the original's form, and work only until their successors", async () => {
    const first = yaml((await asRoot("vault", "create-read-approle", "test", "--token-lifetime", "600")).stdout);
    expect(Object.keys(first)).toEqual([
      "policies",
      "role_id",
      "secret_id",
      "secret_id_accessor",
      "token_max_ttl",
      "token_ttl",
    ]);
    expect(first).toMatchObject({ policies: ["phalanx/test/read"], token_ttl: 600, token_max_ttl: 600 });
    const second = await asRoot("vault", "create-read-approle", "test", "--as-secret", "vault-credentials");
    const encoded = /VAULT_SECRET_ID: (\S+)/.exec(second.stdout)?.[1] ?? "";
    expect(second.stdout).toBe(
      `apiVersion: v1\nkind: Secret\nmetadata:\n  name: vault-credentials\n  namespace: vault-secrets-operator\ndata:\n  VAULT_ROLE_ID: ${Buffer.from(first["role_id"] ?? "").toString("base64")}\n  VAULT_SECRET_ID: ${encoded}\ntype: Opaque\n`,
    );
    const login = (secret: string) =>
      run(["secrets", "audit", "test", "--secrets", "static.yaml", "--auth", "approle"], {
        VAULT_ROLE_ID: first["role_id"] ?? "",
        VAULT_SECRET_ID: secret,
      });
    const old = await login(first["secret_id"] ?? "");
    expect(old).toMatchObject({
      exit: 2,
      stderr: expect.stringMatching(/Login with approle .* status 400: invalid role or secret ID$/m),
    });
    expect(old.stderr).not.toContain(first["secret_id"] ?? "-");
    expect(await login(Buffer.from(encoded, "base64").toString())).toMatchObject({ exit: 1 });
  });

  test("are made before their predecessors go, which stay if anything fails", async () => {
    const before = yaml((await asRoot("vault", "create-write-token", "test")).stdout);
    decide = ({ path }) =>
      path === "auth/token/create-orphan"
        ? { status: 403, body: '{"errors":["1 error occurred:\\n\\t* permission denied\\n\\n"]}' }
        : "pass";
    const failed = await asRoot("vault", "create-write-token", "test", "-o", "token.yaml");
    expect(failed).toMatchObject({ exit: 1, stdout: "" });
    expect(await readdir(tree.root)).not.toContain("token.yaml");
    expect(
      (await run(["secrets", "audit", "test", "--secrets", "static.yaml"], { VAULT_TOKEN: before["token"] ?? "" }))
        .exit,
    ).toBe(1);

    decide = () => "pass";
    const order = proxy.requests.length;
    expect((await asRoot("vault", "create-write-token", "test", "-o", "token.yaml")).stderr).toContain(
      `Revoked the token with accessor ${before["accessor"]}\n`,
    );
    const posts = proxy.requests
      .slice(order)
      .flatMap(({ method, path }) => (method === "POST" && /create|revoke/.test(path) ? [path] : []));
    expect(posts).toEqual(["auth/token/create-orphan", "auth/token/revoke-accessor"]);
    expect((await stat(join(tree.root, "token.yaml"))).mode & 0o777).toBe(0o600);
    expect(yaml(await readFile(join(tree.root, "token.yaml"), "utf8"))).toMatchObject({
      display_name: "token-test",
      policies: ["default", "phalanx/test/write"],
    });
  });

  test("are not made by a token that may not look up the old ones, which would live on", async () => {
    const before = yaml((await asRoot("vault", "create-write-token", "test")).stdout);
    const policy = [
      'path "auth/token/accessors" { capabilities = ["list", "sudo"] }',
      'path "auth/token/create-orphan" { capabilities = ["update", "sudo"] }',
      'path "auth/token/revoke-accessor" { capabilities = ["update"] }',
      'path "sys/policies/acl/*" { capabilities = ["create", "update"] }',
    ].join("\n");
    await kv.call("PUT", "sys/policies/acl/half", { policy });
    const { body } = await kv.call("POST", "auth/token/create", { policies: ["half"] });
    const half = (body as { auth: { client_token: string } }).auth.client_token;
    const lacks = 'Permission denied: the Vault token lacks the capability "update" on auth/token/lookup-accessor';
    for (const more of [[], ["--dry-run"]]) {
      const refused = await run(["vault", "create-write-token", "test", ...more], { VAULT_TOKEN: half });
      expect(refused).toMatchObject({ exit: 2, stdout: "", stderr: expect.stringContaining(`Error: ${lacks}`) });
    }

    // A token that went between the list and this is gone, and no reason to stop.
    decide = ({ path, body: sent }) =>
      path === "auth/token/lookup-accessor" && sent.includes(before["accessor"] ?? "-")
        ? { status: 403, body: '{"errors":["bad token"]}' }
        : "pass";
    expect(await asRoot("vault", "create-write-token", "test")).toMatchObject({
      exit: 0,
      stderr: expect.not.stringContaining("Revoked"),
    });
  });

  /** Everything that Vault would take as a credential of the environment. */
  const valid = async (): Promise<{ tokens: number; secretIds: number }> => {
    const tokens = (await kv.call("GET", "auth/token/accessors?list=true")).body as { data: { keys: string[] } };
    const ids = (await kv.call("GET", "auth/approle/role/test/secret-id?list=true")).body as {
      data?: { keys: string[] };
    };
    return { tokens: tokens.data.keys.length, secretIds: ids.data?.keys.length ?? 0 };
  };

  test.each([
    ["create-write-token", "token"],
    ["create-read-approle", "SecretID"],
  ])("that cannot be handed over are ended again, and the old ones live on: %s", async (command, what) => {
    await asRoot("vault", command, "test");
    const before = await valid();
    for (const output of [
      ["-o", "/dev/full"],
      ["-o", "/dev/full", "--force"],
    ]) {
      expect(await asRoot("vault", command, "test", ...output)).toEqual({
        exit: 1,
        stdout: "",
        stderr: `Error: The new ${what} could not be written out: /dev/full cannot be written (ENOSPC)\nHint: It was revoked, and the old ones stay valid. Choose another destination, then run the command again.\n`,
      });
      expect((await stat("/dev/full")).isCharacterDevice()).toBe(true);
      expect(await valid()).toEqual(before);
    }
    // The reader has gone: a pipe is only known to be closed when it is written to.
    const child = startPhalanx(["vault", command, "test"], {
      cwd: tree.root,
      env: { VAULT_TOKEN: vault.rootToken, HOME: tree.root },
    });
    child.stdout.destroy();
    let said = "";
    child.stderr.on("data", (chunk) => (said += String(chunk)));
    const [exit] = (await once(child, "close")) as [number];
    expect({ exit, said }).toEqual({
      exit: 1,
      said: `Error: The new ${what} could not be written out: standard output cannot be written (EPIPE)\nHint: It was revoked, and the old ones stay valid. Choose another destination, then run the command again.\n`,
    });
    expect(await valid()).toEqual(before);

    decide = ({ path }) => (/revoke-accessor|accessor\/destroy/.test(path) ? { status: 500, body: "{}" } : "pass");
    const stuck = await asRoot("vault", command, "test", "-o", "/dev/full");
    expect(stuck).toMatchObject({ exit: 1, stdout: "" });
    expect(stuck.stderr).toMatch(new RegExp(`the new ${what} with accessor \\S+ may still be valid: `));
    expect(stuck.stderr).toContain("The old ones stay valid.");
  });

  test("are never made where their file exists already", async () => {
    await writeFile(join(tree.root, "taken.yaml"), "x");
    const before = yaml((await asRoot("vault", "create-write-token", "test")).stdout);
    expect(await asRoot("vault", "create-write-token", "test", "-o", "taken.yaml")).toMatchObject({
      exit: 2,
      stdout: "",
    });
    expect(
      (await run(["secrets", "audit", "test", "--secrets", "static.yaml"], { VAULT_TOKEN: before["token"] ?? "" }))
        .exit,
    ).toBe(1);
  });
});

describe("an export", () => {
  test("is private, whole, and null where a value is empty", async () => {
    await kv.put("app", { p: "é", empty: "", n: 5 });
    await kv.put("pull-secret", { ".dockerconfigjson": "{}" });
    expect(await asRoot("vault", "export-secrets", "test", "out")).toMatchObject({
      exit: 0,
      stdout: "",
      stderr: expect.stringMatching(/^Exported 2 Vault secrets from \S+ to out, in clear text\n$/),
    });
    expect(await readFile(join(tree.root, "out/app.json"), "utf8")).toBe(
      '{\n  "empty": null,\n  "n": 5,\n  "p": "é"\n}',
    );
    expect((await stat(join(tree.root, "out"))).mode & 0o777).toBe(0o700);
    expect((await stat(join(tree.root, "out/app.json"))).mode & 0o777).toBe(0o600);
    expect(await readdir(join(tree.root, "out"))).toEqual(["app.json", "pull-secret.json"]);
  });
});

describe("who we are to Vault", () => {
  const audit = (env: Record<string, string>, ...options: string[]) =>
    run(["secrets", "audit", "test", "--secrets", "static.yaml", ...options], env);
  const fine = {
    exit: 1,
    stdout: "Missing secrets:\n• app p\n• app s\n",
    stderr: "static secrets of test: from static.yaml\n",
  };

  test("VAULT_TOKEN comes before VAULT_TOKEN_FILE, and that before the token of the static secrets", async () => {
    await writeFile(join(tree.root, "token"), `${vault.rootToken}\n`);
    await writeFile(
      join(tree.root, "static.yaml"),
      "applications: {app: {s: {value: one}}}\nvault-write-token: wrong\n",
    );
    expect(await audit({ VAULT_TOKEN_FILE: "token" })).toMatchObject(fine);
    expect(await audit({ VAULT_TOKEN: "wrong", VAULT_TOKEN_FILE: "token" })).toMatchObject({ exit: 2 });
  });

  test("~/.vault-token is only used where VAULT_ADDR is this very server", async () => {
    await writeFile(join(tree.root, ".vault-token"), vault.rootToken);
    expect(await audit({})).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining(
        `~/.vault-token is used only if VAULT_ADDR names its server. If that is ${proxy.url}: export VAULT_ADDR=${proxy.url}\n`,
      ),
    });
    expect(await audit({ VAULT_ADDR: proxy.url })).toMatchObject(fine);
    expect(await audit({ VAULT_ADDR: `${proxy.url}/` })).toMatchObject(fine);
    expect(await audit({ VAULT_ADDR: "http://127.0.0.1:1" })).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining(
        `VAULT_ADDR is http://127.0.0.1:1, but the configuration says ${proxy.url}: no credential is sent there`,
      ),
    });
  });

  test("--vault-address overrides the configuration on purpose", async () => {
    const before = proxy.requests.length;
    expect(await audit({ VAULT_TOKEN: vault.rootToken }, "--vault-address", vault.url)).toMatchObject(fine);
    expect(proxy.requests.length).toBe(before);
  });

  test.each([
    ["nonsense", "--vault-address nonsense is not a URL"],
    ["http://user:pass@127.0.0.1:1", "--vault-address holds credentials"],
  ])("--vault-address %s is refused by every command, before anything is asked", async (address, message) => {
    for (const command of ["secrets audit", "vault audit", "vault preflight", "vault create-write-token"]) {
      const finished = await phalanx([...command.split(" "), "test", "--vault-address", address], {
        cwd: tree.root,
        env: { VAULT_TOKEN: "t" },
      });
      expect(finished).toMatchObject({ exit: 2, stdout: "", stderr: expect.stringContaining(`Error: ${message}\n`) });
      expect(finished.stderr).not.toContain("user:pass");
    }
  });

  test("a token that Vault does not know is told from one that may not see the mount", async () => {
    for (const command of ["secrets audit", "vault preflight", "vault audit", "vault create-write-token"]) {
      const { exit, stderr } = await phalanx([...command.split(" "), "test"], {
        cwd: tree.root,
        env: { VAULT_TOKEN: "unknown" },
      });
      expect([command, exit, stderr]).toEqual([command, 2, expect.stringContaining("does not accept the token")]);
    }
  });

  test("a token whose uses come to an end is told from one that lacks a capability", async () => {
    await asRoot("vault", "create-write-token", "test");
    const token = async (uses: number): Promise<string> => {
      const { body } = await kv.call("POST", "auth/token/create", { policies: ["phalanx/test/write"], num_uses: uses });
      return (body as { auth: { client_token: string } }).auth.client_token;
    };
    for (const uses of [1, 2]) {
      const args = ["secrets", "sync", "test", "--secrets", "static.yaml"];
      expect(await run(args, { VAULT_TOKEN: await token(uses) })).toMatchObject({
        exit: 2,
        stderr: expect.stringContaining("does not accept the token: it is not valid or has expired\n"),
      });
    }
    // Looking for the mount costs no use; the check of capabilities cannot be the last.
    const asked = async (uses: number, method: string, path: string, body?: unknown) => {
      const limited = openKv(vault.url, await token(uses), "secret/phalanx/test");
      const { status, text } = await limited.call(method, path, body);
      return [status, status === 200 ? "" : text.trim(), (await limited.call("GET", "auth/token/lookup-self")).status];
    };
    const paths = { paths: ["secret/data/phalanx/test/app"] };
    expect(await asked(1, "GET", "sys/internal/ui/mounts/secret/phalanx/test")).toEqual([200, "", 200]);
    expect(await asked(1, "GET", "auth/token/lookup-self")).toEqual([200, "", 403]);
    expect(await asked(2, "POST", "sys/capabilities-self", paths)).toEqual([200, "", 200]);
    expect(await asked(1, "POST", "sys/capabilities-self", paths)).toEqual([
      400,
      '{"errors":["1 error occurred:\\n\\t* invalid token\\n\\n"]}',
      403,
    ]);
  });

  test("a login's token is revoked at the end", async () => {
    const approle = yaml((await asRoot("vault", "create-read-approle", "test")).stdout);
    const before = proxy.requests.length;
    await audit(
      { VAULT_ROLE_ID: approle["role_id"] ?? "", VAULT_SECRET_ID: approle["secret_id"] ?? "" },
      "--auth",
      "approle",
    );
    const requests = proxy.requests.slice(before);
    expect(requests[0]).toMatchObject({ path: "auth/approle/login", token: undefined });
    expect(requests.at(-1)?.path).toBe("auth/token/revoke-self");
    const used = requests.at(-1)?.token ?? "";
    expect((await kv.call("POST", "auth/token/lookup", { token: used })).status).toBe(403);
  });

  test("a login's mount may be written with slashes around it", async () => {
    await kv.call("POST", "sys/auth/team/approle", { type: "approle" });
    await kv.call("POST", "auth/team/approle/role/ci", { token_policies: ["phalanx/test/write"] });
    await asRoot("vault", "create-write-token", "test");
    const given = async (method: string, path: string): Promise<Record<string, string>> =>
      ((await kv.call(method, `auth/team/approle/role/ci/${path}`)).body as { data: Record<string, string> }).data;
    const env = {
      VAULT_ROLE_ID: (await given("GET", "role-id"))["role_id"] ?? "",
      VAULT_SECRET_ID: (await given("POST", "secret-id"))["secret_id"] ?? "",
    };
    for (const mount of ["team/approle", "team/approle/", "/team/approle"])
      expect(await audit(env, "--auth", "approle", "--auth-mount", mount)).toMatchObject(fine);
  });

  test("a JWT login sends the role and the token of a file, at the given mount", async () => {
    const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
    const signed = `${part({ alg: "RS256", typ: "JWT" })}.${part({ sub: "repo:example/x", aud: "vault" })}`;
    await writeFile(
      join(tree.root, "jwt"),
      `${signed}.${createSign("RSA-SHA256").update(signed).sign(privateKey, "base64url")}\n`,
    );
    let body: { role?: string; jwt?: string } = {};
    decide = (request) => {
      if (request.path !== "auth/github/login") return "pass";
      body = JSON.parse(request.body) as typeof body;
      const [header, payload, signature = ""] = (body.jwt ?? "").split(".");
      const valid = createVerify("RSA-SHA256").update(`${header}.${payload}`).verify(publicKey, signature, "base64url");
      return valid && body.role === "ci"
        ? { status: 200, body: JSON.stringify({ auth: { client_token: vault.rootToken } }) }
        : { status: 400, body: '{"errors":["bad"]}' };
    };
    expect(
      await audit({}, "--auth", "jwt", "--role", "ci", "--jwt-file", "jwt", "--auth-mount", "github"),
    ).toMatchObject(fine);
    expect(
      await audit({}, "--auth", "jwt", "--role", "other", "--jwt-file", "jwt", "--auth-mount", "github"),
    ).toMatchObject({ exit: 2 });
    expect(await audit({}, "--auth", "jwt", "--jwt-file", "jwt")).toMatchObject({
      exit: 2,
      stderr: "Error: --auth jwt needs a role\nHint: Give it with --role ROLE.\n",
    });
    expect(await audit({}, "--auth", "jwt", "--role", "ci")).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining("--auth jwt has no token"),
    });
  });

  test("a Kubernetes login sends the service account's token", async () => {
    await writeFile(join(tree.root, "sa"), "service-account-token");
    decide = (request) =>
      request.path === "auth/kubernetes/login" && request.body === '{"role":"phalanx","jwt":"service-account-token"}'
        ? {
            status: 200,
            body: JSON.stringify({
              request_id: "",
              auth: { client_token: vault.rootToken, policies: ["default"], lease_duration: 3600 },
            }),
          }
        : "pass";
    expect(await audit({}, "--auth", "kubernetes", "--role", "phalanx", "--jwt-file", "sa")).toMatchObject(fine);
  });

  test("a namespace goes with every request", async () => {
    await audit({ VAULT_TOKEN: vault.rootToken, VAULT_NAMESPACE: "team" });
    expect(proxy.requests.every(({ namespace }) => namespace === "team")).toBe(true);
  });

  test.each([["secrets audit"], ["secrets sync"], ["vault preflight"], ["vault create-write-token"]])(
    "%s names a namespace that is not there",
    async (command) => {
      expect(
        await run([...command.split(" "), "test"], { VAULT_TOKEN: vault.rootToken, VAULT_NAMESPACE: "team/nowhere" }),
      ).toEqual({
        exit: 2,
        stdout: "",
        stderr: `Error: Vault at ${proxy.url} has no namespace "team/nowhere"\nHint: Check VAULT_NAMESPACE.\n`,
      });
    },
  );

  test.each([
    [{ VAULT_CLIENT_TIMEOUT: "soon" }, "VAULT_CLIENT_TIMEOUT"],
    [{ VAULT_CLIENT_TIMEOUT: "0" }, 'VAULT_CLIENT_TIMEOUT is "0", but must be greater than zero'],
    [{ VAULT_TOKEN_FILE: "nowhere" }, "nowhere cannot be read"],
  ])("%j is an error that names it", async (env, message) => {
    expect(await audit({ ...(env as Record<string, string>) })).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining(message),
    });
  });

  test("a time-out of years is one of weeks, and not of a moment", async () => {
    expect(await audit({ VAULT_TOKEN: vault.rootToken, VAULT_CLIENT_TIMEOUT: "99999h" })).toMatchObject(fine);
  });

  test("an unknown method suggests the right one", async () => {
    expect(await audit({}, "--auth", "aprole")).toMatchObject({
      exit: 2,
      stderr: 'Error: --auth aprole: unknown method\nHint: Did you mean "approle"?\n',
    });
  });
});
