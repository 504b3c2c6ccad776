import { describe, expect, test } from "vitest";
import {
  copy,
  environmentOf,
  fixed,
  generated,
  hash,
  password,
  ref,
  statically,
  template,
} from "../../test/support/model.js";
import type { Change } from "../model/plan.js";
import type { StaticSecrets } from "../model/static-secrets.js";
import { originOf } from "./origin.js";

const none = { applications: new Map(), oidcClients: new Map(), registries: new Map(), vaultWriteToken: undefined };
const file: StaticSecrets = { ...none, origin: "file", files: ["static.yaml"] };
const environment = environmentOf([
  statically("a/static"),
  password("a/password"),
  hash("a/hash", "password"),
  copy("a/copy", "b/key"),
  template("a/text", ref("a/static")),
  fixed("a/fixed", "user"),
  generated("a/clients", { type: "oidc-clients" }),
]);

const change = (id: string, own: Partial<Change> = {}): Change => ({
  ...ref(id),
  action: "create",
  cause: { kind: "missing" },
  ...own,
});

describe("where a new value comes from", () => {
  test.each([
    ["a/static", file, { kind: "file", files: ["static.yaml"] }],
    ["a/static", { ...none, origin: "file" }, { kind: "input" }],
    ["a/static", { ...none, origin: "onepassword" }, { kind: "onepassword", item: "a" }],
    ["a/password", file, { kind: "generated", generator: "password" }],
    ["a/hash", file, { kind: "made", by: "bcrypt-password-hash", sources: [ref("a/password")] }],
    ["a/copy", file, { kind: "copied", sources: [ref("b/key")] }],
    ["a/text", file, { kind: "made", by: "template", sources: [ref("a/static")] }],
    ["a/fixed", file, { kind: "fixed", file: "applications/a/secrets.yaml" }],
    ["a/clients", { ...none, origin: "onepassword" }, { kind: "onepassword", item: "oidc-clients" }],
    ["a/clients", undefined, { kind: "no-clients" }],
    ["pull-secret/.dockerconfigjson", file, { kind: "file", files: ["static.yaml"] }],
    ["stranger/x", file, undefined],
  ] as const)("%s, %j", (id, staticSecrets, origin) => {
    expect(originOf(change(id), { environment, staticSecrets })).toEqual(origin);
  });

  test("is a version where one comes back, another prefix where it is copied, and nothing where a key goes", () => {
    const sources = { environment, staticSecrets: file };
    const back = change("a/copy", { cause: { kind: "restored", version: 3 } });
    expect(originOf(back, sources)).toEqual({ kind: "version", version: 3 });
    const over = change("a/copy", { cause: { kind: "other-prefix", prefix: "secret/old" } });
    expect(originOf(over, sources)).toEqual({ kind: "prefix", prefix: "secret/old" });
    expect(originOf(change("a/copy", { action: "delete" }), sources)).toBeUndefined();
  });
});
