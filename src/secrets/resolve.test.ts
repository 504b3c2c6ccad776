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
import { ForeignValue, SecretValue } from "../model/secret-value.js";
import { refId, type Secret } from "../model/secret.js";
import { generatePending } from "./generate-pending.js";
import { countingPorts } from "../../test/support/memory-vault.js";
import { excludedSources, type Resolved, resolve, type ResolveInput } from "./resolve.js";

interface Options extends Partial<Omit<ResolveInput, "environment" | "current">> {
  readonly vault?: Parameters<typeof vaultHolds>[0];
  readonly notRequired?: Readonly<Record<string, "static">>;
}

function inputOf(secrets: readonly Secret[], { vault = {}, notRequired = {}, ...options }: Options): ResolveInput {
  return {
    environment: environmentOf(secrets, { notRequired }),
    current: vaultHolds(vault),
    staticSecrets: undefined,
    exclude: new Set(),
    regenerate: () => false,
    fresh: new Map(),
    ...options,
  };
}

/** By reference: the value, `pending ROOT`, or the reason. */
function described(resolved: Resolved): Record<string, string> {
  return Object.fromEntries(
    [...resolved].map(([id, { resolution }]) => {
      if (resolution.kind === "known") return [id, resolution.value.reveal()];
      if (resolution.kind === "pending") return [id, `pending ${refId(resolution.root)}`];
      const { reason } = resolution;
      if ("source" in reason) return [id, `${reason.kind} ${refId(reason.source)}`];
      return [id, "members" in reason ? `${reason.kind} ${reason.members.map(refId).join(" ")}` : reason.kind];
    }),
  );
}

const resolved = (secrets: readonly Secret[], options: Options = {}) => described(resolve(inputOf(secrets, options)));
const NUMBER = new ForeignValue("5");

describe("a static secret", () => {
  const staticSecrets = sourceOf({ "a/s": "from the source" });
  test.each<[string, Options, string]>([
    ["comes from its source", { staticSecrets, vault: { a: present({ s: "stored" }) } }, "from the source"],
    ["keeps what Vault holds where there is no source", { vault: { a: present({ s: "stored" }) } }, "stored"],
    [
      "keeps what Vault holds where the source lacks it",
      { staticSecrets: sourceOf({}), vault: { a: present({ s: "stored" }) } },
      "stored",
    ],
    [
      "keeps what Vault holds where the source is empty",
      { staticSecrets: sourceOf({ "a/s": "" }), vault: { a: present({ s: "stored" }) } },
      "stored",
    ],
    ["cannot be empty", { vault: { a: present({ s: "" }) } }, "no-static-value"],
    ["cannot be a number", { vault: { a: present({ s: NUMBER }) } }, "not-a-string"],
    ["replaces a number", { staticSecrets, vault: { a: present({ s: NUMBER }) } }, "from the source"],
  ])("%s", (_, options, expected) => {
    expect(resolved([statically("a/s")], options)).toEqual({ "a/s": expected });
  });

  test("without a value says where it was looked for, and which deleted version may have held it", () => {
    const reason = (options: Options) => resolve(inputOf([statically("a/s")], options)).get("a/s")?.resolution;
    expect(reason({})).toEqual({ kind: "unresolved", reason: { kind: "no-static-value", origin: "vault" } });
    expect(reason({ staticSecrets: sourceOf({}) })).toMatchObject({ reason: { origin: "file" } });
    expect(reason({ vault: { a: gone("deleted", 4) } })).toMatchObject({ reason: { deletedVersion: 4 } });
    expect(reason({ vault: { a: gone("destroyed", 4) } })).not.toHaveProperty("reason.deletedVersion");
  });
});

describe("a generated secret", () => {
  const secrets = [password("a/p"), hash("a/h", "p")];
  test.each<[string, Options, Record<string, string>]>([
    ["is generated where there is none", {}, { "a/p": "pending a/p", "a/h": "pending a/h" }],
    ["is kept", { vault: { a: present({ p: "p", h: "h" }) } }, { "a/p": "p", "a/h": "h" }],
    [
      "is generated instead of an empty value",
      { vault: { a: present({ p: "", h: "h" }) } },
      { "a/p": "pending a/p", "a/h": "pending a/h" },
    ],
    [
      "is no number, which may be in use",
      { vault: { a: present({ p: NUMBER, h: "h" }) } },
      { "a/p": "not-a-string", "a/h": "source-unresolved a/p" },
    ],
    [
      "is generated instead of a number on request",
      { vault: { a: present({ p: NUMBER, h: "h" }) }, regenerate: ({ key }) => key === "p" },
      { "a/p": "pending a/p", "a/h": "pending a/h" },
    ],
    [
      "is generated anew on request, and what is made from it",
      { vault: { a: present({ p: "p", h: "h" }) }, regenerate: ({ key }) => key === "p" },
      { "a/p": "pending a/p", "a/h": "pending a/h" },
    ],
    [
      "made from another is generated anew on request alone",
      { vault: { a: present({ p: "p", h: "h" }) }, regenerate: ({ key }) => key === "h" },
      { "a/p": "p", "a/h": "pending a/h" },
    ],
  ])("%s", (_, options, expected) => {
    expect(resolved(secrets, options)).toEqual(expected);
  });

  test("that was generated earlier in the run is not generated again, unless its source is another one now", () => {
    const fresh = (source: string | undefined) =>
      new Map([
        ["a/h", { value: new SecretValue("made"), source: source === undefined ? undefined : new SecretValue(source) }],
      ]);
    const derived = [statically("a/s"), hash("a/h", "s")];
    const vault = { a: present({ s: "s" }) };
    expect(resolved(derived, { vault, fresh: fresh("s") })["a/h"]).toBe("made");
    expect(resolved(derived, { vault, fresh: fresh("t") })["a/h"]).toBe("pending a/h");
    expect(resolved(derived, { vault, fresh: fresh(undefined) })["a/h"]).toBe("pending a/h");
    expect(resolved([password("a/h")], { fresh: fresh(undefined) })).toEqual({ "a/h": "made" });
  });

  test("hash of what changes is made anew, whatever it was", () => {
    const vault = { a: present({ s: "old", h: "h" }) };
    expect(
      resolved([statically("a/s"), hash("a/h", "s")], { vault, staticSecrets: sourceOf({ "a/s": "new" }) }),
    ).toEqual({
      "a/s": "new",
      "a/h": "pending a/h",
    });
    expect(resolved([fixed("a/s", "5"), hash("a/h", "s")], { vault: { a: present({ s: NUMBER, h: "h" }) } })).toEqual({
      "a/s": "5",
      "a/h": "pending a/h",
    });
  });

  test("hash of what is still to be generated is made anew, whatever it was", () => {
    expect(resolved([password("a/p"), hash("a/h", "p")], { vault: { a: present({ h: "h" }) } })).toEqual({
      "a/p": "pending a/p",
      "a/h": "pending a/h",
    });
  });

  test("hash without its source has none either", () => {
    expect(resolved([statically("a/s"), hash("a/h", "s")], { vault: { a: present({ h: "h" }) } })["a/h"]).toBe(
      "source-unresolved a/s",
    );
    expect(resolved([hash("a/h", "s")])).toEqual({ "a/h": "source-undeclared a/s" });
  });

  test("list of OpenID Connect clients is the source's; without a source what Vault holds, or an empty one", () => {
    const clients = [generated("a/c", { type: "oidc-clients" })];
    const vault = { a: present({ c: "stored" }) };
    expect(resolved(clients, { vault, staticSecrets: sourceOf({}) })).toEqual({ "a/c": "[]" });
    expect(resolved(clients, { vault })).toEqual({ "a/c": "stored" });
    expect(resolved(clients)).toEqual({ "a/c": "[]" });
  });
});

describe("a copy", () => {
  test.each<[string, Secret[], Options, string]>([
    ["has the value of its source", [copy("a/c", "b/s"), fixed("b/s", "v")], {}, "v"],
    [
      "waits for a source that is generated",
      [copy("a/c", "b/s"), copy("b/s", "b/p"), password("b/p")],
      {},
      "pending b/p",
    ],
    ["of what has no value names it", [copy("a/c", "b/s"), statically("b/s")], {}, "source-unresolved b/s"],
    ["of an application that is not enabled", [copy("a/c", "b/s")], {}, "source-application-not-enabled b/s"],
    ["of a key that nobody declares", [copy("a/c", "b/s"), password("b/p")], {}, "source-undeclared b/s"],
    [
      "of a key whose condition is false",
      [copy("a/c", "b/s")],
      { notRequired: { "b/s": "static" } },
      "source-condition-false b/s",
    ],
    ["of the pull secret", [copy("a/c", "pull-secret/s")], {}, "source-undeclared pull-secret/s"],
    [
      "of an excluded application takes what Vault holds",
      [copy("a/c", "b/s"), fixed("b/s", "v")],
      { exclude: new Set(["b"]), vault: { b: present({ s: "stored" }) } },
      "stored",
    ],
    [
      "of an excluded application that Vault lacks",
      [copy("a/c", "b/s"), fixed("b/s", "v")],
      { exclude: new Set(["b"]) },
      "source-excluded b/s",
    ],
    [
      "of a copy of an excluded one names the excluded one",
      [copy("a/c", "a/d"), copy("a/d", "b/s"), fixed("b/s", "v")],
      { exclude: new Set(["b"]) },
      "source-excluded b/s",
    ],
  ])("%s", (_, secrets, options, expected) => {
    expect(resolved(secrets, options)["a/c"]).toBe(expected);
  });

  test("of itself, by whatever way, is on a cycle; what hangs on that is not", () => {
    expect(resolved([copy("a/x", "a/y"), copy("a/y", "a/x"), copy("a/z", "a/y"), fixed("a/f", "v")])).toEqual({
      "a/f": "v",
      "a/x": "cycle a/x a/y",
      "a/y": "cycle a/x a/y",
      "a/z": "source-unresolved a/y",
    });
  });

  test("in an excluded application is neither planned nor looked at", () => {
    expect(resolved([copy("a/x", "b/x"), copy("b/x", "a/x")], { exclude: new Set(["a", "b"]) })).toEqual({});
  });
});

describe("a template", () => {
  const secrets = (from: Secret) => [template("a/t", "x://", ref("b/s"), "/", ref("b/s")), from];
  test.each<[string, Secret, string]>([
    ["is put together from its parts", fixed("b/s", "v"), "x://v/v"],
    ["waits for a part that is generated", password("b/s"), "pending b/s"],
    ["is nothing without one of its parts", statically("b/s"), "source-unresolved b/s"],
  ])("%s", (_, from, expected) => {
    expect(resolved(secrets(from))["a/t"]).toBe(expected);
  });

  test("tells of a missing part although another is still to be generated", () => {
    expect(resolved([template("a/t", ref("a/p"), ref("a/s")), password("a/p"), statically("a/s")])["a/t"]).toBe(
      "source-unresolved a/s",
    );
  });

  test("waits for the first of several that are generated", () => {
    expect(resolved([template("a/t", ref("a/p"), ref("a/q")), password("a/p"), password("a/q")])["a/t"]).toBe(
      "pending a/p",
    );
  });
});

describe("a hash of more than 72 bytes", () => {
  const source = (text: string) => [fixed("a/s", text), hash("a/h", "s")];
  test.each<[string, readonly Secret[], string]>([
    ["text of 72 bytes", source("x".repeat(72)), "pending a/h"],
    ["text of 73 bytes", source("x".repeat(73)), "source-too-long a/s"],
    ["letters of two bytes", source("é".repeat(37)), "source-too-long a/s"],
    ["password", [password("a/s"), hash("a/h", "s")], "pending a/h"],
    ["token", [generated("a/s", { type: "gafaelfawr-token" }), hash("a/h", "s")], "pending a/h"],
    ["Fernet key", [generated("a/s", { type: "fernet-key" }), hash("a/h", "s")], "pending a/h"],
    ["RSA key", [generated("a/s", { type: "rsa-private-key" }), hash("a/h", "s")], "source-too-long a/s"],
    [
      "random letters of two bytes",
      [generated("a/s", { type: "random", length: 37, charset: "äö", minimum: {} }), hash("a/h", "s")],
      "source-too-long a/s",
    ],
    [
      "random text of 72",
      [generated("a/s", { type: "random", length: 72, charset: "a", minimum: {} }), hash("a/h", "s")],
      "pending a/h",
    ],
    [
      "random text of 73",
      [generated("a/s", { type: "random", length: 73, charset: "a", minimum: {} }), hash("a/h", "s")],
      "source-too-long a/s",
    ],
    [
      "copy of an RSA key",
      [copy("a/s", "b/k"), generated("b/k", { type: "rsa-private-key" }), hash("a/h", "s")],
      "source-too-long a/s",
    ],
    [
      "template that is 72 with its password",
      [template("a/s", "12345678", ref("a/p")), password("a/p"), hash("a/h", "s")],
      "pending a/h",
    ],
    [
      "template that is 73 with its password",
      [template("a/s", "123456789", ref("a/p")), password("a/p"), hash("a/h", "s")],
      "source-too-long a/s",
    ],
    [
      "template of 73 bytes in 72 letters",
      [template("a/s", "1234567é", ref("a/p")), password("a/p"), hash("a/h", "s")],
      "source-too-long a/s",
    ],
    [
      "template with a token and a Fernet key",
      [
        template("a/s", ref("a/p"), ref("a/f")),
        generated("a/p", { type: "gafaelfawr-token" }),
        generated("a/f", { type: "fernet-key" }),
        hash("a/h", "s"),
      ],
      "source-too-long a/s",
    ],
    [
      "template of a hash and 12 bytes",
      [
        template("a/s", "123456789012", ref("b/c")),
        copy("b/c", "b/h"),
        fixed("b/f", "f"),
        hash("b/h", "f"),
        hash("a/h", "s"),
      ],
      "pending a/h",
    ],
    [
      "template of a hash and 13 bytes",
      [
        template("a/s", "1234567890123", ref("b/c")),
        copy("b/c", "b/h"),
        fixed("b/f", "f"),
        hash("b/h", "f"),
        hash("a/h", "s"),
      ],
      "source-too-long a/s",
    ],
    [
      "template of two tokens' length less 24",
      [template("a/s", ref("a/p"), "x".repeat(24)), generated("a/p", { type: "gafaelfawr-token" }), hash("a/h", "s")],
      "pending a/h",
    ],
    [
      "template of a token and 25 bytes",
      [template("a/s", ref("a/p"), "x".repeat(25)), generated("a/p", { type: "gafaelfawr-token" }), hash("a/h", "s")],
      "source-too-long a/s",
    ],
    [
      "template of a Fernet key and 28 bytes",
      [template("a/s", ref("a/p"), "x".repeat(28)), generated("a/p", { type: "fernet-key" }), hash("a/h", "s")],
      "pending a/h",
    ],
    [
      "template of a Fernet key and 29 bytes",
      [template("a/s", ref("a/p"), "x".repeat(29)), generated("a/p", { type: "fernet-key" }), hash("a/h", "s")],
      "source-too-long a/s",
    ],
    [
      "template of a time and 52 bytes",
      [
        template("a/s", ref("b/m"), "x".repeat(52)),
        fixed("b/f", "f"),
        generated("b/m", { type: "mtime", source: "f" }),
        hash("a/h", "s"),
      ],
      "pending a/h",
    ],
    [
      "template of a time and 53 bytes",
      [
        template("a/s", ref("b/m"), "x".repeat(53)),
        fixed("b/f", "f"),
        generated("b/m", { type: "mtime", source: "f" }),
        hash("a/h", "s"),
      ],
      "source-too-long a/s",
    ],
  ])("is refused before anything is generated: %s", (_, secrets, expected) => {
    expect(resolved(secrets)["a/h"]).toBe(expected);
  });

  test("is counted quickly, however often templates double it", () => {
    const doubled = Array.from({ length: 40 }, (_, i) => template(`a/t${i + 1}`, ref(`a/t${i}`), ref(`a/t${i}`)));
    const secrets = [password("a/t0"), ...doubled, hash("a/h", "t40")];
    expect(resolved(secrets)["a/h"]).toBe("source-unresolved a/t40");
  });

  test("is kept where it is there, and a time may be made from any length", () => {
    const vault = { a: present({ s: "x".repeat(73), h: "h" }) };
    expect(resolved(source("x".repeat(73)), { vault })["a/h"]).toBe("h");
    const time = generated("a/m", { type: "mtime", source: "s" });
    expect(resolved([fixed("a/s", "x".repeat(73)), time])["a/m"]).toBe("pending a/m");
  });
});

describe("generating what is pending", () => {
  test("makes each value once, sources first, and what is made from them", async () => {
    const secrets = [
      password("a/p"),
      hash("a/h", "p"),
      copy("b/p", "a/p"),
      hash("b/h", "p"),
      statically("b/s"),
      generated("c/o", { type: "oidc-clients" }),
      password("c/kept"),
    ];
    const input = inputOf(secrets, { vault: { c: present({ kept: "kept" }) } });
    const { resolved: after, fresh } = await generatePending(input, countingPorts());
    expect([...fresh.keys()]).toEqual(["a/p", "a/h", "b/h"]);
    const values = described(after);
    expect(values["a/p"]).toMatch(/^[0-9a-f]{64}$/);
    expect(values).toMatchObject({
      "a/h": "hash of 64 at 15, number 2",
      "b/p": values["a/p"],
      "b/h": "hash of 64 at 15, number 3",
      "b/s": "no-static-value",
      "c/o": "[]",
      "c/kept": "kept",
    });
    expect(fresh.get("a/h")?.source?.reveal()).toBe(values["a/p"]);
  });

  test("keeps what the run has generated before", async () => {
    const fresh = new Map([["a/p", { value: new SecretValue("made"), source: undefined }]]);
    const after = await generatePending(inputOf([password("a/p"), password("a/q")], { fresh }), countingPorts());
    expect(described(after.resolved)["a/p"]).toBe("made");
    expect([...after.fresh.keys()]).toEqual(["a/p", "a/q"]);
    expect([...fresh.keys()]).toEqual(["a/p"]);
  });
});

test("of the excluded applications, those have to be read that something else is made from", () => {
  const secrets = [copy("a/x", "b/x"), copy("b/y", "c/x"), password("c/x"), template("a/t", ref("d/x"), ref("a/x"))];
  const needed = (...exclude: string[]) => [...excludedSources(environmentOf(secrets), new Set(exclude))];
  expect(needed("b")).toEqual(["b"]);
  expect(needed("b", "c")).toEqual(["b"]);
  expect(needed("c")).toEqual(["c"]);
  expect(needed("d", "b").sort()).toEqual(["b", "d"]);
  expect(needed()).toEqual([]);
});

test("generating ends between two values when somebody asks for it", async () => {
  const secrets = [password("a/s"), ...Array.from({ length: 40 }, (_, i) => hash(`a/h${i}`, "s"))];
  let hashes = 0;
  const ports = {
    ...countingPorts(),
    bcryptHash: () => {
      hashes += 1;
      return Promise.resolve("a hash");
    },
  };
  const proceed = (): void => {
    if (hashes >= 3) throw new Error("asked to stop");
  };
  await expect(generatePending(inputOf(secrets, {}), ports, proceed)).rejects.toThrow("asked to stop");
  expect(hashes).toBeLessThanOrEqual(4);
});
