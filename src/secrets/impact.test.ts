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
import type { ApplicationPlan, Change, Plan } from "../model/plan.js";
import { refId, type GenerateRule } from "../model/secret.js";
import { impactOf, restartsOf } from "./impact.js";
import { closure, dependentsOf, reachable } from "./dependents.js";
import { invalidation } from "./invalidation.js";
import { massDeletion } from "./mass-change.js";

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

  test("what only catches up with an earlier change refuses nobody who was not refused before", () => {
    const late: Change = { ...change("b/p"), cause: { kind: "copy-differs", source: ref("a/p") } };
    const after: Change = { ...change("c/url"), cause: { kind: "source-changes", source: ref("b/p") } };
    const effects = (...changes: Change[]) =>
      impactOf(planOf(...changes), environment).changes.map(({ invalidates }) => invalidates?.effect);
    expect(effects(late, after)).toEqual(["sources-unchanged", "sources-unchanged"]);
    expect(effects(change("a/p"), late)).toEqual(["old-password-refused", "old-value-refused"]);
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
    expect(changes.map(({ invalidates }) => invalidates?.effect)).toEqual([
      "old-login-refused",
      "old-password-refused",
      "old-value-refused",
    ]);
  });

  test("a hash alone leaves the password as it is, unless it is an earlier hash", () => {
    const effect = (change: Change) => impactOf(planOf(change), environment).changes[0]?.invalidates?.effect;
    expect(effect({ ...change("a/h"), cause: { kind: "regeneration-requested" } })).toBe("old-hash-refused");
    expect(effect({ ...change("a/h"), cause: { kind: "restored", version: 1 } })).toBe("hash-decides-login");
    expect(effect({ ...change("a/h"), cause: { kind: "other-prefix", prefix: "x" } })).toBe("hash-decides-login");
    expect(effect(change("a/h", "delete"))).toBe("readers-find-nothing");
    expect(effect(change("a/h", "create"))).toBeUndefined();
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

  test("restarts what was there before and gets other values, not what is only undeleted", () => {
    const planned = (application: string, action: ApplicationPlan["action"], kind: "absent" | "deleted") => ({
      application,
      action,
      base: kind === "absent" ? { kind } : { kind, version: 1, createdTime: "" },
      changes: action === "create" ? [change(`${application}/p`, "create")] : [],
    });
    const restarts = (...each: Parameters<typeof planned>) => restartsOf([planned(...each)], environment);
    expect(restarts("a", "create", "absent")).toEqual([]);
    expect(restarts("a", "create", "deleted")).toEqual(["a"]);
    expect(restarts("a", "recover", "deleted")).toEqual(["a"]);
    expect(restarts("a", "undelete", "deleted")).toEqual([]);
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
    ["gafaelfawr/session-secret", rule("fernet-key"), "sessions-and-redis-lost", true],
    ["gafaelfawr/bootstrap-token", rule("gafaelfawr-token"), "bootstrap-token-refused", false],
    ["gafaelfawr/signing-key", rule("rsa-private-key"), "oidc-tokens-invalid", false],
    ["argocd/server.secretkey", rule("password"), "argocd-logins-end", false],
    ["argocd/serverXsecretkey", rule("password"), "old-password-refused", false],
    ["argocd/my-server.secretkey", rule("password"), "old-password-refused", false],
    ["argocd/server.secretkey2", rule("password"), "old-password-refused", false],
    ["my-gafaelfawr/bootstrap-token", rule("gafaelfawr-token"), "old-token-refused", false],
    ["gafaelfawr2/bootstrap-token", rule("gafaelfawr-token"), "old-token-refused", false],
    ["my-gafaelfawr/session-secret", undefined, "sessions-end", false],
    ["gafaelfawr-2/session-secret", undefined, "sessions-end", false],
    ["gafaelfawr/my-session-secret", undefined, "sessions-end", false],
    ["gafaelfawr/session-secret-2", undefined, "sessions-end", false],
    ["gafaelfawr/old-bootstrap-token", rule("gafaelfawr-token"), "old-token-refused", false],
    ["gafaelfawr/bootstrap-token-2", rule("gafaelfawr-token"), "old-token-refused", false],
    ["my-gafaelfawr/signing-key", rule("rsa-private-key"), "signatures-invalid", false],
    ["gafaelfawr-2/signing-key", rule("rsa-private-key"), "signatures-invalid", false],
    ["gafaelfawr/old-signing-key", rule("rsa-private-key"), "signatures-invalid", false],
    ["gafaelfawr/signing-key-2", rule("rsa-private-key"), "signatures-invalid", false],
    ["my-argocd/server.secretkey", undefined, "issuer-decides", false],
    ["argocd-2/server.secretkey", undefined, "issuer-decides", false],
    ["a/encryption-key", undefined, "encrypted-data-unreadable", true],
    ["a/CIPHER", rule("password"), "encrypted-data-unreadable", true],
    ["a/signing.key", undefined, "signatures-invalid", false],
    ["a/signkey", undefined, "signatures-invalid", false],
    ["a/sign_key", undefined, "signatures-invalid", false],
    ["a/SESSION_KEY", undefined, "sessions-end", false],
    ["a/db-password", undefined, "database-clients-refused", false],
    ["a/my.postgresql.user.password", undefined, "database-clients-refused", false],
    ["a/postgres_passwd", undefined, "database-clients-refused", false],
    ["a/password-for-the-db", undefined, "database-clients-refused", false],
    ["a/databasepassword", undefined, "issuer-decides", false],
    ["a/dbx-password", undefined, "issuer-decides", false],
    ["postgres/root_password", undefined, "database-clients-refused", false],
    ["postgresql/root_password", undefined, "database-clients-refused", false],
    ["my-postgres/root_password", undefined, "issuer-decides", false],
    ["postgres-2/root_password", undefined, "issuer-decides", false],
    ["a/redis-password", rule("password"), "redis-clients-refused", false],
    ["a/tls.crt", undefined, "certificate-replaced", false],
    ["a/ca.pem", undefined, "certificate-replaced", false],
    ["a/Certificate", undefined, "certificate-replaced", false],
    ["a/tls.crt.old", undefined, "issuer-decides", false],
    ["a/tlsxcrt", undefined, "issuer-decides", false],
    ["a/redis-key", rule("fernet-key"), "encrypted-data-unreadable", true],
    ["a/k", rule("password"), "old-password-refused", false],
    ["a/k", random, "old-password-refused", false],
    ["a/redis-password", random, "redis-clients-refused", false],
    ["a/k", rule("gafaelfawr-token"), "old-token-refused", false],
    ["a/k", { type: "mtime", source: "p" }, "earlier-logins-end", false],
    ["a/k", { type: "bcrypt-password-hash", source: "p" }, "old-login-refused", false],
    ["a/k", { type: "oidc-clients" }, "oidc-clients-refused", false],
    ["a/k", undefined, "issuer-decides", false],
  ])("%s (%o): %s", (id, generate, effect, permanent) => {
    const secret = generate ? generated(id, generate) : statically(id);
    expect(invalidation(change(id), secret)).toEqual({ effect, permanent });
  });

  test("is nothing for something new, the pulling of images for the pull secret, and the reader of what is deleted", () => {
    expect(invalidation(change("a/k", "create"), password("a/k"))).toBeUndefined();
    expect(invalidation(change("pull-secret/.dockerconfigjson"), undefined)).toEqual({
      effect: "images-pulled-anew",
      permanent: false,
    });
    expect(invalidation(change("a/k", "delete"), undefined)).toEqual({
      effect: "readers-find-nothing",
      permanent: false,
    });
    expect(invalidation(change("a/session", "delete"), undefined)?.effect).toBe("readers-find-nothing");
    expect(invalidation(change("pull-secret/.dockerconfigjson", "delete"), undefined)?.effect).toBe(
      "readers-find-nothing",
    );
    expect(invalidation(change("a/tls.crt", "delete"), undefined)?.effect).toBe("readers-find-nothing");
  });
});

describe("a mass deletion", () => {
  const holding = (keys: number) =>
    vaultHolds({ a: present(Object.fromEntries(Array.from({ length: keys }, (_, i) => [`k${i}`, "v"]))) });
  const deleting = (keys: number) =>
    planOf(...Array.from({ length: keys }, (_, i) => change(`a/k${i}`, "delete")), change("a/x"));

  test("is more than a handful and more than a fifth of what there is", () => {
    expect(massDeletion(deleting(6), holding(29))).toEqual({ counts: "deletions", count: 6, existing: 29 });
    expect(massDeletion(deleting(6), holding(30))).toBeUndefined();
    expect(massDeletion(deleting(5), holding(5))).toBeUndefined();
    expect(massDeletion(deleting(6), holding(6))).toEqual({ counts: "deletions", count: 6, existing: 6 });
  });

  test("counts what can be read, in all applications", () => {
    const current = vaultHolds({
      ...Object.fromEntries(holding(20)),
      b: present({ k: "v" }),
      c: gone("deleted"),
    });
    expect(massDeletion(deleting(7), current)).toEqual({ counts: "deletions", count: 7, existing: 21 });
  });
});
