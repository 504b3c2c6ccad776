import { describe, expect, test } from "vitest";
import {
  copy,
  environmentOf,
  fixed,
  generated,
  gone,
  hash,
  password,
  present,
  ref,
  sourceOf,
  statically,
  template,
  vaultHolds,
} from "../../test/support/model.js";
import type { ApplicationState } from "../model/current-state.js";
import { ForeignValue } from "../model/secret-value.js";
import { refId, type Secret } from "../model/secret.js";
import { originalDifferences } from "./original-differences.js";
import { plan } from "./plan.js";
import { resolve } from "./resolve.js";

interface Options {
  readonly staticSecrets?: ReturnType<typeof sourceOf>;
  readonly sibling?: readonly string[];
  readonly exclude?: readonly string[];
  readonly folders?: readonly string[];
}

/** Each difference as `KIND APP/KEY BECAUSE...`. */
function differences(
  secrets: readonly Secret[],
  vault: Readonly<Record<string, ApplicationState>>,
  { staticSecrets, sibling, exclude = [], folders = [] }: Options = {},
): string[] {
  const input = {
    environment: environmentOf(secrets, sibling ? { sibling } : {}),
    current: vaultHolds(vault),
    staticSecrets,
    exclude: new Set(exclude),
    regenerate: () => false,
  };
  const resolved = resolve({ ...input, fresh: new Map() });
  const planned = plan({
    ...input,
    resolved,
    declares: () => new Map(),
    deletion: undefined,
    only: undefined,
    generateAnew: () => false,
  });
  return originalDifferences({ ...input, resolved, plan: planned, folders }).map((difference) =>
    [difference.kind, refId(difference), ...(difference.because ?? [])].join(" "),
  );
}

const clients = (id: string) => generated(id, { type: "oidc-clients" });

describe("what the original would do otherwise", () => {
  test("is nothing where both do the same", () => {
    const secrets = [password("a/p"), copy("b/p", "a/p"), fixed("b/f", "v")];
    expect(differences(secrets, { a: present({ p: "p", stray: "s" }), b: present({ p: "old" }) })).toEqual([]);
    expect(differences(secrets, { a: present({ p: "" }), b: present({ p: "old" }) })).toEqual([]);
  });

  test("leaves a hash of a changed source, and what is copied from it", () => {
    const secrets = [statically("a/s"), hash("a/h", "s"), copy("b/h", "a/h")];
    const vault = { a: present({ s: "old", h: "h" }), b: present({ h: "h" }) };
    const staticSecrets = sourceOf({ "a/s": "new" });
    expect(differences(secrets, vault, { staticSecrets })).toEqual(["stale-hash a/h a/s", "stale-hash b/h a/h"]);
    expect(differences(secrets, { ...vault, a: present({ h: "h" }) }, { staticSecrets })).toHaveLength(2);
    // Both programs create a missing hash.
    expect(differences(secrets, { a: present({ s: "s" }) })).toEqual([]);
  });

  test("writes a copy of a changed source, as phalanx does", () => {
    const secrets = [statically("a/s"), copy("b/s", "a/s"), fixed("a/f", "new"), copy("b/f", "a/f")];
    const vault = { a: present({ s: "old", f: "old" }), b: present({ s: "old", f: "old" }) };
    expect(differences(secrets, vault, { staticSecrets: sourceOf({ "a/s": "new" }) })).toEqual([]);
  });

  test("refuses what is an extension", () => {
    const random = generated("a/r", { type: "random", length: 3, charset: "abc", minimum: {} });
    const secrets = [template("a/t", "x", ref("a/r")), random, password("a/p"), copy("b/t", "a/t"), copy("b/r", "a/r")];
    expect(differences(secrets, {})).toEqual(["extension a/r", "extension a/t", "extension b/t a/t"]);
  });

  test("empties the clients without a static source, if there are any", () => {
    const secrets = [clients("a/c"), clients("a/d"), password("a/p"), copy("b/c", "a/c")];
    const vault = { a: present({ c: "[1]", d: "[]", p: "p" }), b: present({ c: "[1]" }) };
    expect(differences(secrets, vault)).toEqual(["clients-kept a/c", "clients-kept b/c a/c"]);
    expect(differences(secrets, vault, { staticSecrets: sourceOf({}) })).toEqual([]);
    expect(differences(secrets, {})).toEqual([]);
    expect(differences([clients("a/c"), clients("a/d")], { a: present({ c: "[]", d: "" }) })).toEqual([]);
    expect(differences(secrets, { a: gone("deleted") })).toEqual(["deleted-kept a/p"]);
  });

  test("generates over a deleted version", () => {
    const vault = { b: gone("deleted"), c: gone("destroyed") };
    expect(differences([password("b/z"), password("b/a"), password("c/p"), fixed("b/f", "v")], vault)).toEqual([
      "deleted-kept b/a",
      "deleted-kept b/z",
      "deleted-kept c/p",
    ]);
  });

  test("writes beside a rounded number, which phalanx refuses", () => {
    const vault = { a: present({ n: new ForeignValue("9007199254740993") }) };
    expect(differences([password("a/p")], vault)).toEqual(["rounded-kept a/p n"]);
    expect(differences([fixed("b/f", "v")], vault)).toEqual([]);
  });

  test("keeps what is no string, or stops over it, where phalanx wants a value", () => {
    const [list, empty] = [new ForeignValue("[1]"), new ForeignValue("{ }")];
    const secrets = [password("a/p"), statically("a/s"), copy("b/p", "a/p"), copy("b/s", "a/s")];
    const vault = { a: present({ p: list, s: list }), b: present({ p: "p", s: "s" }) };
    expect(differences(secrets, vault)).toEqual([
      "not-a-string a/p",
      "not-a-string a/s",
      "not-a-string b/p a/p",
      "not-a-string b/s a/s",
    ]);
    // Both write if the value is known from elsewhere, or the stored one counts as empty.
    const staticSecrets = sourceOf({ "a/s": "s" });
    expect(differences(secrets, { a: present({ p: empty, s: list }) }, { staticSecrets })).toEqual([]);
    expect(differences([fixed("a/p", "v"), clients("a/s")], vault, { staticSecrets })).toEqual([]);
  });

  test("is nothing where both stop, for want of a value", () => {
    const secrets = [statically("a/s"), hash("a/h", "s"), copy("b/s", "a/s"), copy("b/x", "c/x")];
    expect(differences(secrets, { a: present({ h: "h" }) })).toEqual([]);
    const long = [fixed("a/s", "x".repeat(73)), hash("a/h", "s"), copy("b/h", "a/h")];
    expect(differences(long, {})).toEqual([]);
  });

  test("cannot copy from an excluded application, and writes an excluded pull secret", () => {
    const secrets = [password("a/p"), copy("b/p", "a/p")];
    const exclude = ["a", "pull-secret"];
    const staticSecrets = sourceOf({}, { registries: ["r"] });
    expect(differences(secrets, { a: present({ p: "p" }) }, { exclude, staticSecrets })).toEqual([
      "excluded-source b/p a/p",
      "pull-secret-excluded pull-secret/.dockerconfigjson",
    ]);
    expect(differences(secrets, {}, { exclude, staticSecrets: sourceOf({}) })).toEqual([]);
  });

  test("deletes what an environment under the same prefix requires", () => {
    const vault = { a: present({ own: "v", shared: "v", stray: "v" }), b: present({ k: "v" }), c: gone("deleted") };
    const sibling = ["a/own", "a/shared", "b/k", "c/k"];
    expect(differences([fixed("a/own", "v")], vault, { sibling })).toEqual([
      "sibling-kept a/shared sibling",
      "sibling-kept b/k sibling",
    ]);
    expect(differences([fixed("a/own", "v")], vault)).toEqual([]);
  });

  test("takes a folder for the secret of its name", () => {
    const vault = { a: present({ p: "p" }), c: gone("deleted") };
    expect(differences([password("a/p")], vault, { folders: ["a", "b", "c"] })).toEqual(["folder-kept a/"]);
  });
});
