import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Finished } from "../support/cli.js";
import { type Lab, openLab } from "../support/lab.js";

const MOUNTS = ["approle", "team/approle", "jwt", "ci/github"];
const AUDIENCE = "https://vault.example.org";
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
const stranger = generateKeyPairSync("rsa", { modulusLength: 2048 });

let lab: Lab;
beforeAll(async () => {
  lab = await openLab();
  await lab.asRoot("vault", "create-write-token", "test");
  const token_policies = ["phalanx/test/write"];
  for (const mount of MOUNTS) {
    const type = mount.endsWith("approle") ? "approle" : "jwt";
    await lab.must({ method: "POST", path: `sys/auth/${mount}`, body: { type } });
    if (type === "approle") {
      await lab.must({
        method: "POST",
        path: `auth/${mount}/role/sync`,
        body: { token_policies, secret_id_num_uses: 1 },
      });
      continue;
    }
    const keys = [rsa, ec].map(({ publicKey }) => publicKey.export({ type: "spki", format: "pem" }));
    await lab.must({ method: "POST", path: `auth/${mount}/config`, body: { jwt_validation_pubkeys: keys } });
    const role = {
      role_type: "jwt",
      user_claim: "sub",
      bound_audiences: [AUDIENCE],
      bound_claims: { repository: "example/configuration" },
      token_policies,
      token_ttl: "10m",
    };
    // Without leeway, a second counts.
    const strict = { clock_skew_leeway: -1, expiration_leeway: -1, not_before_leeway: -1 };
    await lab.must({ method: "POST", path: `auth/${mount}/role/sync`, body: { ...role, ...strict } });
  }
});
afterAll(() => lab.close());

const AUDIT = ["secrets", "audit", "test", "--secrets", "one.yaml"];
const FINE = {
  exit: 1,
  stdout: "Missing secrets:\n• a p\n• a s\n• b c\n",
  stderr: "static secrets of test: from one.yaml\n",
};
const refusal = (login: string, why: string) => ({
  exit: 2,
  stdout: "",
  stderr: `Error: Login with ${login} failed at ${lab.proxy.url}: status ${why}\nHint: Check the credentials, the role, and --auth-mount.\n`,
});
/** Both logins revoke their token at the end, and it is the only one that they used. */
async function revoked(earlier: number): Promise<void> {
  const requests = lab.proxy.requests.slice(earlier);
  const tokens = new Set(requests.flatMap(({ token }) => token ?? []));
  expect([tokens.size, requests.at(-1)?.path]).toEqual([1, "auth/token/revoke-self"]);
  for (const token of tokens) {
    const headers = { "x-vault-token": token };
    expect((await fetch(`${lab.vault.url}/v1/auth/token/lookup-self`, { headers })).status).toBe(403);
  }
}

describe("with JWT", () => {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const seconds = (): number => Math.floor(Date.now() / 1000);
  /** A token as GitHub gives it to a job. */
  function jwt(claims: Readonly<Record<string, unknown>> = {}, key: KeyObject = rsa.privateKey, alg = "RS256"): string {
    const now = seconds();
    const all = {
      sub: "repo:x",
      aud: AUDIENCE,
      iat: now,
      nbf: now,
      exp: now + 300,
      repository: "example/configuration",
    };
    const signed = `${part({ alg, typ: "JWT" })}.${part({ ...all, ...claims })}`;
    return `${signed}.${sign("sha256", Buffer.from(signed), { key, dsaEncoding: "ieee-p1363" }).toString("base64url")}`;
  }
  async function login(token: string, ...more: readonly string[]): Promise<Finished> {
    await lab.tree.write("jwt", `${token}\n`);
    const options = ["--auth", "jwt", "--jwt-file", "jwt", ...(more.includes("--role") ? [] : ["--role", "sync"])];
    const finished = await lab.run([...AUDIT, ...options, ...more]);
    expect(finished.stderr).not.toContain(token === "" ? "\0" : token);
    return finished;
  }

  test.each([
    ["RSA", () => jwt(), []],
    ["an elliptic curve", () => jwt({}, ec.privateKey, "ES256"), []],
    ["several audiences", () => jwt({ aud: ["https://other.example.org", AUDIENCE] }), []],
    ["a mount of another path", () => jwt(), ["--auth-mount", "ci/github"]],
  ])("%s is accepted, and the token revoked", async (_, token, more) => {
    const earlier = lab.proxy.requests.length;
    expect(await login(token(), ...more)).toEqual(FINE);
    await revoked(earlier);
  });

  const INVALID = "400: error validating token: ";
  const SIGNATURE = `${INVALID}error verifying token signature: `;
  test.each<[string, () => string, string]>([
    [
      "another audience",
      () => jwt({ aud: "https://other.example.org" }),
      `${INVALID}invalid audience (aud) claim: audience claim does not match any expected audience`,
    ],
    [
      "no audience",
      () => jwt({ aud: undefined }),
      `${INVALID}invalid audience (aud) claim: audience claim does not match any expected audience`,
    ],
    [
      "an expired token",
      () => jwt({ iat: seconds() - 9, nbf: seconds() - 9, exp: seconds() - 5 }),
      `${INVALID}invalid expiration time (exp) claim: token is expired`,
    ],
    [
      "a token of the future",
      () => jwt({ nbf: seconds() + 60 }),
      `${INVALID}invalid not before (nbf) claim: token not yet valid`,
    ],
    [
      "one issued in the future",
      () => jwt({ iat: seconds() + 60 }),
      `${INVALID}invalid issued at (iat) claim: token issued in the future`,
    ],
    [
      "another repository",
      () => jwt({ repository: "example/fork" }),
      '400: error validating claims: claim "repository" does not match any associated bound claim values',
    ],
    ["no subject", () => jwt({ sub: undefined }), '400: claim "sub" not found in token'],
    [
      "another key",
      () => jwt({}, stranger.privateKey),
      `${SIGNATURE}no known key successfully validated the token signature`,
    ],
    [
      "no signature",
      () => `${part({ alg: "none" })}.${part({ sub: "x" })}.`,
      `${SIGNATURE}no known key successfully validated the token signature`,
    ],
    ["no JWT", () => "nonsense", `${SIGNATURE}go-jose/go-jose: compact JWS format must have three parts`],
    ["an empty file", () => "", "400: missing token"],
  ])("%s is refused in the server's words", async (_, token, why) => {
    expect(await login(token())).toEqual(refusal("jwt (auth/jwt)", why));
  });

  test("an unknown role and an unknown mount are named", async () => {
    expect(await login(jwt(), "--role", "other")).toEqual(
      refusal("jwt (auth/jwt)", '400: role "other" could not be found'),
    );
    expect(await login(jwt(), "--auth-mount", "nowhere")).toEqual(
      refusal("jwt (auth/nowhere)", "403: permission denied"),
    );
  });

  test("the role's policies are all that it may do", async () => {
    await lab.tree.write("jwt", jwt());
    const options = ["--auth", "jwt", "--role", "sync", "--jwt-file", "jwt"];
    expect(await lab.run(["vault", "preflight", "test", ...options])).toMatchObject({ exit: 0 });
    expect(await lab.run(["vault", "audit", "test", ...options])).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining("Permission denied: the Vault token lacks the capability"),
    });
  });
});

describe("with AppRole", () => {
  async function credentials(mount: string, body: object = {}): Promise<Record<string, string>> {
    const get = async (method: string, path: string, sent?: object): Promise<Record<string, string>> => {
      const { data } = await lab.must({ method, path: `auth/${mount}/role/sync/${path}`, body: sent });
      return data as unknown as Record<string, string>;
    };
    const [role, secret] = [await get("GET", "role-id"), await get("POST", "secret-id", body)];
    return { VAULT_ROLE_ID: role["role_id"] ?? "", VAULT_SECRET_ID: secret["secret_id"] ?? "" };
  }
  async function login(env: Record<string, string>, ...more: readonly string[]): Promise<Finished> {
    const finished = await lab.run([...AUDIT, "--auth", "approle", ...more], env);
    expect(finished.stderr).not.toContain(env["VAULT_SECRET_ID"]);
    return finished;
  }
  const WRONG = "400: invalid role or secret ID";

  test.each([
    ["approle", []],
    ["team/approle", ["--auth-mount", "team/approle"]],
  ])("a SecretID of %s is good once, and the token revoked", async (mount, more) => {
    const earlier = lab.proxy.requests.length;
    const env = await credentials(mount);
    expect(await login(env, ...more)).toEqual(FINE);
    await revoked(earlier);
    expect(await login(env, ...more)).toEqual(refusal(`approle (auth/${mount})`, WRONG));
  });

  test("what does not belong together is refused, without either", async () => {
    const right = await credentials("approle");
    expect(await login({ ...right, VAULT_SECRET_ID: "nonsense" })).toEqual(refusal("approle (auth/approle)", WRONG));
    expect(await login({ ...right, VAULT_ROLE_ID: "nonsense" })).toEqual(refusal("approle (auth/approle)", WRONG));
    expect(await login(await credentials("team/approle"))).toEqual(refusal("approle (auth/approle)", WRONG));
  });

  test("a SecretID for another network says so", async () => {
    expect((await login(await credentials("approle", { cidr_list: ["10.0.0.0/8"] }))).stderr).toContain(
      'status 400: source address "127.0.0.1" unauthorized by CIDR restrictions on the secret ID',
    );
  });
});
