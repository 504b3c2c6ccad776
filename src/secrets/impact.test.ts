import { describe, expect, test } from "vitest";
import {
  copy,
  environmentOf,
  generated,
  gone,
  hash,
  password,
  present,
  ref,
  statically,
  template,
  vaultHolds,
} from "../../test/support/model.js";
import type { Change, Plan } from "../model/plan.js";
import { refId, type GenerateRule } from "../model/secret.js";
import { closure, dependentsOf, impactOf, reachable } from "./impact.js";
import { invalidation } from "./invalidation.js";
import { massDeletion } from "./mass-deletion.js";

const change = (id: string, action: Change["action"] = "update"): Change => ({
  ...ref(id),
  action,
  cause: { kind: "missing" },
});

function planOf(...changes: Change[]): Plan {
  const names = [...new Set(changes.map(({ application }) => application))];
  return {
    environment: "test",
    applications: names.map((application) => ({
      application,
      action: "update",
      base: { kind: "absent" },
      changes: changes.filter((own) => own.application === application),
    })),
    unknown: [],
    unresolved: [],
    blocked: [],
  };
}

describe("the impact of a plan", () => {
  const environment = environmentOf([
    password("a/p"),
    hash("a/h", "p"),
    copy("b/p", "a/p"),
    template("c/url", "x://", ref("b/p"), "@", ref("b/p")),
    password("c/other"),
  ]);

  test("names what follows a change, and what should and does not", () => {
    const { changes } = impactOf(planOf(change("a/p"), change("b/p")), environment);
    expect(changes.map(({ followers, leftBehind }) => [followers.map(refId), leftBehind.map(refId)])).toEqual([
      [["b/p"], ["a/h", "c/url"]],
      [[], ["c/url"]],
    ]);
  });

  test("leaves nothing behind where the value is new", () => {
    const { changes } = impactOf(planOf(change("a/p", "create"), change("a/h", "create")), environment);
    expect(changes.map(({ followers, leftBehind }) => [followers.map(refId), leftBehind])).toEqual([
      [["a/h"], []],
      [[], []],
    ]);
  });

  test("says what a change breaks, by what the secret is", () => {
    const { changes } = impactOf(planOf(change("a/h"), change("a/p"), change("a/gone")), environment);
    expect(changes.map(({ invalidates }) => invalidates?.text)).toEqual([
      "the old password no longer logs in",
      "whatever still holds the old password is refused",
      "whatever still holds the old value is refused",
    ]);
  });

  test("sorts what follows, however it is reached", () => {
    const fan = environmentOf([copy("z/p", "b/p"), copy("a/p", "z/p"), copy("m/p", "b/p"), password("b/p")]);
    const { changes } = impactOf(planOf(change("b/p")), fan);
    expect(changes[0]?.leftBehind.map(refId)).toEqual(["a/p", "m/p", "z/p"]);
  });

  test("restarts the enabled applications that hold something old, each once, sorted", () => {
    const plan = planOf(
      change("c/url"),
      change("b/p", "delete"),
      change("b/q"),
      change("a/p", "create"),
      change("stranger/x"),
    );
    expect(impactOf(plan, environment).restart).toEqual(["b", "c"]);
  });

  test("reaches everything that depends on a secret, over cycles too, and not the secret itself", () => {
    const around = environmentOf([copy("a/x", "a/y"), copy("a/y", "a/x"), copy("a/z", "a/x")]);
    expect([...closure(around, [ref("a/x")])]).toEqual(["a/x", "a/y", "a/z"]);
    expect(reachable("a/x", dependentsOf(around)).map(refId)).toEqual(["a/y", "a/z"]);
    expect([...closure(environment, [ref("a/p"), ref("c/other")])].sort()).toEqual([
      "a/h",
      "a/p",
      "b/p",
      "c/other",
      "c/url",
    ]);
  });
});

describe("what a change breaks", () => {
  const rule = (type: "password" | "fernet-key" | "gafaelfawr-token" | "rsa-private-key"): GenerateRule => ({ type });
  const random: GenerateRule = { type: "random", length: 9, charset: "ab", minimum: {} };
  test.each<[string, GenerateRule | undefined, string, boolean]>([
    [
      "gafaelfawr/session-secret",
      rule("fernet-key"),
      "all user sessions and cookies end, and what Redis holds can no longer be read",
      true,
    ],
    ["gafaelfawr/bootstrap-token", rule("gafaelfawr-token"), "the old bootstrap token stops working", false],
    [
      "gafaelfawr/signing-key",
      rule("rsa-private-key"),
      "all OpenID Connect tokens that were issued stop being valid",
      false,
    ],
    ["argocd/server.secretkey", rule("password"), "all Argo CD logins end", false],
    ["argocd/serverXsecretkey", rule("password"), "whatever still holds the old password is refused", false],
    ["argocd/my-server.secretkey", rule("password"), "whatever still holds the old password is refused", false],
    ["argocd/server.secretkey2", rule("password"), "whatever still holds the old password is refused", false],
    ["my-gafaelfawr/bootstrap-token", rule("gafaelfawr-token"), "the old token stops working", false],
    ["gafaelfawr2/bootstrap-token", rule("gafaelfawr-token"), "the old token stops working", false],
    ["my-gafaelfawr/session-secret", undefined, "all sessions that rely on it end", false],
    ["gafaelfawr-2/session-secret", undefined, "all sessions that rely on it end", false],
    ["gafaelfawr/my-session-secret", undefined, "all sessions that rely on it end", false],
    ["gafaelfawr/session-secret-2", undefined, "all sessions that rely on it end", false],
    ["gafaelfawr/old-bootstrap-token", rule("gafaelfawr-token"), "the old token stops working", false],
    ["gafaelfawr/bootstrap-token-2", rule("gafaelfawr-token"), "the old token stops working", false],
    [
      "my-gafaelfawr/signing-key",
      rule("rsa-private-key"),
      "tokens and signatures made with the old key stop being valid",
      false,
    ],
    [
      "gafaelfawr-2/signing-key",
      rule("rsa-private-key"),
      "tokens and signatures made with the old key stop being valid",
      false,
    ],
    [
      "gafaelfawr/old-signing-key",
      rule("rsa-private-key"),
      "tokens and signatures made with the old key stop being valid",
      false,
    ],
    [
      "gafaelfawr/signing-key-2",
      rule("rsa-private-key"),
      "tokens and signatures made with the old key stop being valid",
      false,
    ],
    ["my-argocd/server.secretkey", undefined, "whatever still holds the old value is refused", false],
    ["argocd-2/server.secretkey", undefined, "whatever still holds the old value is refused", false],
    ["a/encryption-key", undefined, "data that was encrypted with the old key can no longer be read", true],
    ["a/CIPHER", rule("password"), "data that was encrypted with the old key can no longer be read", true],
    ["a/signing.key", undefined, "tokens and signatures made with the old key stop being valid", false],
    ["a/signkey", undefined, "tokens and signatures made with the old key stop being valid", false],
    ["a/sign_key", undefined, "tokens and signatures made with the old key stop being valid", false],
    ["a/SESSION_KEY", undefined, "all sessions that rely on it end", false],
    ["a/db-password", undefined, "clients that still hold the old database password are refused", false],
    [
      "a/my.postgresql.user.password",
      undefined,
      "clients that still hold the old database password are refused",
      false,
    ],
    ["a/postgres_passwd", undefined, "clients that still hold the old database password are refused", false],
    ["a/password-for-the-db", undefined, "clients that still hold the old database password are refused", false],
    ["a/databasepassword", undefined, "whatever still holds the old value is refused", false],
    ["a/dbx-password", undefined, "whatever still holds the old value is refused", false],
    ["postgres/root_password", undefined, "clients that still hold the old database password are refused", false],
    ["postgresql/root_password", undefined, "clients that still hold the old database password are refused", false],
    ["my-postgres/root_password", undefined, "whatever still holds the old value is refused", false],
    ["postgres-2/root_password", undefined, "whatever still holds the old value is refused", false],
    ["a/redis-password", rule("password"), "clients that still hold the old Redis password are refused", false],
    ["a/tls.crt", undefined, "connections get the new certificate after a restart", false],
    ["a/ca.pem", undefined, "connections get the new certificate after a restart", false],
    ["a/Certificate", undefined, "connections get the new certificate after a restart", false],
    ["a/tls.crt.old", undefined, "whatever still holds the old value is refused", false],
    ["a/tlsxcrt", undefined, "whatever still holds the old value is refused", false],
    ["a/redis-key", rule("fernet-key"), "data that was encrypted with the old key can no longer be read", true],
    ["a/k", rule("password"), "whatever still holds the old password is refused", false],
    ["a/k", random, "whatever still holds the old password is refused", false],
    ["a/redis-password", random, "clients that still hold the old Redis password are refused", false],
    ["a/k", rule("gafaelfawr-token"), "the old token stops working", false],
    ["a/k", { type: "mtime", source: "p" }, "logins from before the change end", false],
    ["a/k", { type: "bcrypt-password-hash", source: "p" }, "the old password no longer logs in", false],
    [
      "a/k",
      { type: "oidc-clients" },
      "OpenID Connect clients that were changed or removed can no longer log users in",
      false,
    ],
    ["a/k", undefined, "whatever still holds the old value is refused", false],
  ])("%s (%o): %s", (id, generate, text, permanent) => {
    const secret = generate ? generated(id, generate) : statically(id);
    expect(invalidation(change(id), secret)).toEqual({ text, permanent });
  });

  test("is nothing for something new, the pulling of images for the pull secret, and the reader of what is deleted", () => {
    expect(invalidation(change("a/k", "create"), password("a/k"))).toBeUndefined();
    expect(invalidation(change("pull-secret/.dockerconfigjson"), undefined)).toEqual({
      text: "images are pulled with the new credentials",
      permanent: false,
    });
    expect(invalidation(change("a/k", "delete"), undefined)).toEqual({
      text: "whatever still reads it no longer finds it",
      permanent: false,
    });
    expect(invalidation(change("a/session", "delete"), undefined)?.text).toBe("all sessions that rely on it end");
  });
});

describe("a mass deletion", () => {
  const holding = (keys: number) =>
    vaultHolds({ a: present(Object.fromEntries(Array.from({ length: keys }, (_, i) => [`k${i}`, "v"]))) });
  const deleting = (keys: number) =>
    planOf(...Array.from({ length: keys }, (_, i) => change(`a/k${i}`, "delete")), change("a/x"));

  test("is more than a handful and more than a fifth of what there is", () => {
    expect(massDeletion(deleting(6), holding(29))).toEqual({ deleted: 6, existing: 29 });
    expect(massDeletion(deleting(6), holding(30))).toBeUndefined();
    expect(massDeletion(deleting(5), holding(5))).toBeUndefined();
    expect(massDeletion(deleting(6), holding(6))).toEqual({ deleted: 6, existing: 6 });
  });

  test("counts what can be read, in all applications", () => {
    const current = vaultHolds({
      ...Object.fromEntries(holding(20)),
      b: present({ k: "v" }),
      c: gone("deleted"),
    });
    expect(massDeletion(deleting(7), current)).toEqual({ deleted: 7, existing: 21 });
  });
});
