import { describe, expect, test } from "vitest";
import type { Deletion } from "../model/target.js";
import {
  copy,
  environmentOf,
  EVERYTHING_UNKNOWN,
  type EnvironmentOptions,
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
import type { Plan } from "../model/plan.js";
import { ForeignValue } from "../model/secret-value.js";
import type { Secret } from "../model/secret.js";
import { plan } from "./plan.js";
import { type PlanInput, resolve } from "./resolve.js";

type Vault = Readonly<Record<string, ApplicationState>>;
type Options = Partial<Omit<PlanInput, "environment" | "current" | "resolved">> & EnvironmentOptions;

function planOf(
  secrets: readonly Secret[],
  vault: Vault,
  { notRequired, disabled, sibling, ...options }: Options = {},
): Plan {
  const environment = environmentOf(secrets, {
    ...(notRequired && { notRequired }),
    ...(disabled && { disabled }),
    ...(sibling && { sibling }),
  });
  const input = {
    environment,
    current: vaultHolds(vault),
    staticSecrets: undefined,
    exclude: new Set<string>(),
    declares: () => new Map(),
    deletion: undefined,
    only: undefined,
    regenerate: () => false,
    generateAnew: () => false,
    ...options,
  };
  return plan({ ...input, resolved: resolve({ ...input, fresh: new Map() }) });
}

const changesOf = ({ applications }: Plan) => applications.flatMap(({ changes }) => changes);
const actionsOf = ({ applications }: Plan) => applications.map(({ application, action }) => `${action} ${application}`);
const NUMBER = new ForeignValue("5");
const URL_OF = template("a/url", "x://", ref("a/user"), "@", ref("b/host"));

describe("the cause of a change", () => {
  test.each<[string, readonly Secret[], Vault, Options, object]>([
    ["a key that is not there", [password("a/p")], {}, {}, { action: "create", cause: { kind: "missing" } }],
    [
      "a key that is not there, in an application that is",
      [password("a/p")],
      { a: present({ other: "1" }) },
      {},
      { action: "create", cause: { kind: "missing" } },
    ],
    [
      "an empty value",
      [password("a/p")],
      { a: present({ p: "" }) },
      {},
      { action: "update", cause: { kind: "empty" } },
    ],
    [
      "a number in place of a text",
      [fixed("a/p", "5")],
      { a: present({ p: NUMBER }) },
      {},
      { action: "update", cause: { kind: "not-a-string" } },
    ],
    [
      "another static value",
      [statically("a/p")],
      { a: present({ p: "old" }) },
      { staticSecrets: sourceOf({ "a/p": "new" }) },
      { action: "update", cause: { kind: "static-value-changed" } },
    ],
    [
      "another fixed value",
      [fixed("a/p", "new")],
      { a: present({ p: "old" }) },
      {},
      { action: "update", cause: { kind: "fixed-value-changed" } },
    ],
    [
      "other OpenID Connect clients",
      [generated("a/p", { type: "oidc-clients" })],
      { a: present({ p: "[]" }) },
      { staticSecrets: sourceOf({}, { clients: ["c"] }) },
      { action: "update", cause: { kind: "clients-changed" } },
    ],
    [
      "a new value on request",
      [password("a/p")],
      { a: present({ p: "old" }) },
      { regenerate: () => true },
      { action: "update", cause: { kind: "regeneration-requested" } },
    ],
    [
      "a copy that is not what its source is",
      [copy("a/p", "b/p"), statically("b/p")],
      { a: present({ p: "old" }), b: present({ p: "new" }) },
      {},
      { action: "update", cause: { kind: "copy-differs", source: ref("b/p") } },
    ],
    [
      "a hash on request, whose source stays",
      [statically("a/s"), hash("a/h", "s")],
      { a: present({ s: "s", h: "h" }) },
      { regenerate: () => true },
      { key: "h", action: "update", cause: { kind: "regeneration-requested" } },
    ],
  ])("%s", (_, secrets, vault, options, expected) => {
    expect(changesOf(planOf(secrets, vault, options))).toMatchObject([expected]);
  });

  test("a copy and a hash that were right change because their source does", () => {
    const { applications } = planOf(
      [statically("a/s"), hash("a/h", "s"), copy("b/s", "a/s")],
      { a: present({ s: "old", h: "h" }), b: present({ s: "old" }) },
      { staticSecrets: sourceOf({ "a/s": "new" }) },
    );
    const because = { action: "update", cause: { kind: "source-changes", source: ref("a/s") } };
    expect(applications).toMatchObject([
      {
        application: "a",
        changes: [
          { key: "h", ...because },
          { key: "s", cause: { kind: "static-value-changed" } },
        ],
      },
      { application: "b", changes: [{ key: "s", ...because }] },
    ]);
  });

  test("a template names the first part that changes, and none that does not", () => {
    const secrets = [statically("a/user"), statically("b/host"), URL_OF];
    const vault = { a: present({ user: "u", url: "x://u@h" }), b: present({ host: "h" }) };
    const moved = planOf(secrets, vault, { staticSecrets: sourceOf({ "a/user": "u", "b/host": "h2" }) });
    expect(changesOf(moved)).toMatchObject([
      { key: "url", cause: { kind: "source-changes", source: ref("b/host") } },
      { key: "host" },
    ]);
    const reworded = planOf(secrets, { ...vault, a: present({ user: "u", url: "y://u@h" }) });
    expect(changesOf(reworded)).toMatchObject([{ key: "url", cause: { kind: "template-differs" } }]);
    // The application of a part may be left out.
    const excluded = planOf(
      secrets,
      { ...vault, a: present({ user: "u", url: "y://u@h" }) },
      { exclude: new Set(["b"]) },
    );
    expect(changesOf(excluded)).toMatchObject([{ key: "url", cause: { kind: "template-differs" } }]);
  });

  test("a template without a part of another secret is the configuration's own", () => {
    expect(changesOf(planOf([template("a/t", "new")], { a: present({ t: "old" }) }))).toMatchObject([
      { key: "t", action: "update", cause: { kind: "fixed-value-changed" } },
    ]);
  });

  test("nothing changes where Vault holds what it should", () => {
    const secrets = [
      statically("a/user"),
      statically("b/host"),
      URL_OF,
      password("a/p"),
      copy("b/p", "a/p"),
      hash("a/h", "p"),
    ];
    const vault = { a: present({ user: "u", url: "x://u@h", p: "p", h: "h" }), b: present({ host: "h", p: "p" }) };
    expect(planOf(secrets, vault)).toEqual({
      environment: "test",
      applications: [],
      unknown: [],
      unresolved: [],
      blocked: [],
    });
  });
});

describe("what is in a plan", () => {
  test("everything unresolved, sorted, and nothing of it among the changes", () => {
    const { unresolved, applications } = planOf(
      [statically("b/s"), statically("a/t"), statically("a/s"), password("a/p")],
      {},
    );
    expect(unresolved.map(({ application, key, reason }) => `${application}/${key} ${reason.kind}`)).toEqual([
      "a/s no-static-value",
      "a/t no-static-value",
      "b/s no-static-value",
    ]);
    expect(applications.map(({ changes }) => changes.map(({ key }) => key))).toEqual([["p"]]);
  });

  test("applications and keys by code point, whatever the order of the configuration", () => {
    const { applications } = planOf([password("b/z"), password("b/a"), password("a/k")], {});
    expect(applications.map(({ changes }) => changes.map(({ application, key }) => `${application}/${key}`))).toEqual([
      ["a/k"],
      ["b/a", "b/z"],
    ]);
  });

  test("what each application was when the plan was made", () => {
    const secrets = [
      fixed("absent/k", "v"),
      fixed("deleted/k", "v"),
      fixed("destroyed/k", "v"),
      fixed("present/k", "v"),
    ];
    const vault = { deleted: gone("deleted", 2), destroyed: gone("destroyed", 3), present: present({}, 4) };
    const createdTime = "2026-01-01T00:00:00Z";
    expect(planOf(secrets, vault).applications).toMatchObject([
      { action: "create", base: { kind: "absent" } },
      { action: "create", base: { kind: "deleted", version: 2, createdTime } },
      { action: "create", base: { kind: "destroyed", version: 3, createdTime } },
      { action: "update", base: { kind: "present", version: 4, createdTime } },
    ]);
  });

  test("only the wanted keys, where it is limited: no others, nothing unknown, nothing unresolved", () => {
    const secrets = [password("a/p"), password("a/q"), statically("b/s")];
    const staticSecrets = sourceOf({}, { registries: ["r"] });
    const limited = planOf(
      secrets,
      { stranger: present({ k: "v" }) },
      { only: { keys: new Set(["a/q"]), named: new Set(["a/q"]) }, staticSecrets },
    );
    expect(changesOf(limited)).toMatchObject([{ application: "a", key: "q" }]);
    expect(limited).toMatchObject({ unknown: [], unresolved: [] });
    const pulled = planOf(
      secrets,
      {},
      {
        only: { keys: new Set(["pull-secret/.dockerconfigjson"]), named: new Set(["pull-secret/.dockerconfigjson"]) },
        staticSecrets,
      },
    );
    expect(changesOf(pulled)).toMatchObject([{ application: "pull-secret" }]);
  });
});

describe("the pull secret", () => {
  const staticSecrets = sourceOf({}, { registries: ["r"] });
  const [key, right] = [".dockerconfigjson", '{"auths": {"r": {"auth": "dTpw", "username": "u", "password": "p"}}}'];
  test.each<[string, Vault, object[]]>([
    ["is created", {}, [{ action: "create", key, cause: { kind: "missing" } }]],
    [
      "is created over a deleted one",
      { "pull-secret": gone("deleted") },
      [{ action: "create", cause: { kind: "missing" } }],
    ],
    [
      "is updated",
      { "pull-secret": present({ [key]: "{}" }) },
      [{ action: "update", cause: { kind: "registries-changed" } }],
    ],
    ["is replaced whole", { "pull-secret": present({ [key]: right, more: "x" }) }, [{ action: "update" }]],
    ["is left where it is right", { "pull-secret": present({ [key]: right }) }, []],
  ])("%s", (_, vault, expected) => {
    const planned = planOf([], vault, { staticSecrets });
    expect(changesOf(planned)).toMatchObject(expected);
    expect(planned.unknown).toEqual([]);
  });

  test("is left alone where it is excluded, or the source has no registries", () => {
    const vault = { "pull-secret": present({ [key]: "{}" }) };
    expect(planOf([], vault, { staticSecrets, exclude: new Set(["pull-secret"]) }).applications).toEqual([]);
    expect(planOf([], vault, { staticSecrets: sourceOf({}) }).applications).toEqual([]);
    expect(planOf([], vault).applications).toEqual([]);
  });
});

describe("deleting what nobody requires", () => {
  const vault = { a: present({ p: "p", old: "o" }), stranger: present({ x: "1", y: "2" }) };

  test("shows unknown keys, and deletes none unless it is asked to", () => {
    const { applications, unknown } = planOf([password("a/p")], vault);
    expect(applications).toEqual([]);
    expect(unknown.map(({ application, key }) => `${application}/${key}`)).toEqual([
      "a/old",
      "stranger/x",
      "stranger/y",
    ]);
  });

  test("takes a key out of an application, and an application that has no other key as a whole", () => {
    const planned = planOf([password("a/p")], vault, { deletion: EVERYTHING_UNKNOWN });
    expect(actionsOf(planned)).toEqual(["update a", "delete stranger"]);
    expect(changesOf(planned)).toMatchObject(
      ["old", "x", "y"].map((key) => ({ key, action: "delete", cause: { kind: "unknown", class: "undeclared" } })),
    );
  });

  test("destroys only what goes as a whole, where it is to purge", () => {
    const planned = planOf([password("a/p")], vault, { deletion: { ...EVERYTHING_UNKNOWN, purge: true } });
    expect(actionsOf(planned)).toEqual(["update a", "purge stranger"]);
  });

  test("keeps what is protected, and of the classes that were not chosen", () => {
    const kept = { ...EVERYTHING_UNKNOWN, keep: ({ key }: { key: string }) => key === "x" };
    expect(actionsOf(planOf([password("a/p")], vault, { deletion: kept }))).toEqual(["update a", "update stranger"]);
    const disabled = { ...EVERYTHING_UNKNOWN, classes: new Set(["disabled"] as const) };
    expect(actionsOf(planOf([password("a/p")], vault, { deletion: disabled }))).toEqual([]);
  });

  test("writes an application all of whose keys go but that gets a new one", () => {
    const planned = planOf([password("a/p")], { a: present({ old: "o" }) }, { deletion: EVERYTHING_UNKNOWN });
    expect(actionsOf(planned)).toEqual(["update a"]);
    expect(changesOf(planned).map(({ key, action }) => `${action} ${key}`)).toEqual(["delete old", "create p"]);
  });

  test.each<[string, readonly Secret[], Vault, Options, string[]]>([
    ["goes", [], { left: present({}) }, { deletion: EVERYTHING_UNKNOWN }, ["delete left"]],
    [
      "goes beside what goes for another reason",
      [],
      { left: present({}), b: present({ k: "v" }) },
      { deletion: EVERYTHING_UNKNOWN },
      ["delete b", "delete left"],
    ],
    ["is destroyed", [], { left: present({}) }, { deletion: { ...EVERYTHING_UNKNOWN, purge: true } }, ["purge left"]],
    ["stays unless asked", [], { left: present({}) }, {}, []],
    ["stays where it is deleted already", [], { left: gone("deleted") }, { deletion: EVERYTHING_UNKNOWN }, []],
    [
      "stays where it is protected",
      [],
      { left: present({}) },
      { deletion: { ...EVERYTHING_UNKNOWN, keep: ({ application }) => application === "left" } },
      [],
    ],
    [
      "stays where it is excluded",
      [],
      { left: present({}) },
      { deletion: EVERYTHING_UNKNOWN, exclude: new Set(["left"]) },
      [],
    ],
    [
      "stays where a sibling requires it",
      [],
      { left: present({}) },
      { deletion: EVERYTHING_UNKNOWN, sibling: ["left/k"] },
      [],
    ],
    [
      "goes where a sibling requires another",
      [],
      { left: present({}) },
      { deletion: EVERYTHING_UNKNOWN, sibling: ["other/k"] },
      ["delete left"],
    ],
    [
      "stays where a secret of it cannot be resolved",
      [statically("left/s")],
      { left: present({}) },
      { deletion: EVERYTHING_UNKNOWN },
      [],
    ],
    [
      "stays as a pull secret, without a static source",
      [],
      { "pull-secret": present({}) },
      { deletion: EVERYTHING_UNKNOWN },
      [],
    ],
    [
      "goes as a pull secret, if the source has no registries",
      [],
      { "pull-secret": present({}) },
      { deletion: EVERYTHING_UNKNOWN, staticSecrets: sourceOf({}) },
      ["delete pull-secret"],
    ],
    [
      "is written as a pull secret, if the source has some",
      [],
      { "pull-secret": present({}) },
      { deletion: EVERYTHING_UNKNOWN, staticSecrets: sourceOf({}, { registries: ["r"] }) },
      ["update pull-secret"],
    ],
  ])("a secret without a single key %s", (_, secrets, current, options, expected) => {
    expect(actionsOf(planOf(secrets, current, options))).toEqual(expected);
  });

  test("the whole of it has no changes, only the version that goes", () => {
    expect(planOf([], { left: present({}, 7) }, { deletion: EVERYTHING_UNKNOWN }).applications).toEqual([
      {
        application: "left",
        action: "delete",
        base: { kind: "present", version: 7, createdTime: "2026-01-01T00:00:00Z" },
        changes: [],
      },
    ]);
  });
});

describe("unknown keys", () => {
  const secrets = [password("a/p")];
  const described = ({ unknown }: Plan) =>
    unknown.map(
      ({ application, key, class: of, unsourced }) => `${application}/${key} ${of}${unsourced ? " unsourced" : ""}`,
    );

  test.each<[string, Vault, Options, string[]]>([
    ["of an enabled application", { a: present({ k: "v" }) }, {}, ["a/k undeclared unsourced"]],
    ["whose condition is false", { a: present({ k: "v" }) }, { notRequired: { "a/k": "generate" } }, ["a/k condition"]],
    [
      "whose condition is false, static",
      { a: present({ k: "v" }) },
      { notRequired: { "a/k": "static" } },
      ["a/k condition unsourced"],
    ],
    [
      "that the static source has",
      { a: present({ k: "v" }) },
      { staticSecrets: sourceOf({ "a/k": "v" }) },
      ["a/k undeclared"],
    ],
    ["of a disabled application", { b: present({ k: "v" }) }, { disabled: ["b"] }, ["b/k disabled unsourced"]],
    [
      "of an application that declares it and is not enabled",
      { b: present({ k: "v" }) },
      { declares: (name) => new Map([["b", new Map([["k", "copy"]])]]).get(name) ?? new Map() },
      ["b/k disabled"],
    ],
    [
      "of an application that declares nothing",
      { b: present({ k: "v" }) },
      { declares: (name) => new Map([["b", new Map()]]).get(name) ?? new Map() },
      ["b/k undeclared unsourced"],
    ],
    [
      "that a sibling requires",
      { b: present({ k: "v", l: "v" }), c: present({ k: "v" }) },
      { sibling: ["b/k"] },
      ["b/l undeclared unsourced", "c/k undeclared unsourced"],
    ],
    ["of an excluded application", { b: present({ k: "v" }) }, { exclude: new Set(["b"]) }, []],
    ["of a deleted application", { b: gone("deleted") }, {}, []],
    ["that are required", { a: present({ p: "v" }) }, {}, []],
    ["of a pull secret, without a static source", { "pull-secret": present({ k: "v" }) }, {}, []],
    [
      "of a pull secret, with a source without registries",
      { "pull-secret": present({ k: "v" }) },
      { staticSecrets: sourceOf({ "pull-secret/k": "v" }) },
      ["pull-secret/k undeclared unsourced"],
    ],
    [
      "of a pull secret that may be a sibling's",
      { "pull-secret": present({ k: "v" }) },
      { staticSecrets: sourceOf({}), sibling: ["b/k"] },
      [],
    ],
  ])("%s", (_, vault, options, expected) => {
    expect(described(planOf(secrets, vault, options))).toEqual(expected);
  });

  test("are sorted", () => {
    const vault = { b: present({ z: "1", a: "1" }), a: present({ z: "1" }) };
    expect(described(planOf([], vault)).map((text) => text.split(" ")[0])).toEqual(["a/z", "b/a", "b/z"]);
  });

  test("go without a known source only where that was allowed", () => {
    const vault = { a: present({ p: "p", sourced: "1", unsourced: "1" }) };
    const options = { staticSecrets: sourceOf({ "a/sourced": "1" }) };
    const deleted = (deletion: Deletion) =>
      changesOf(planOf(secrets, vault, { ...options, deletion })).map(({ key }) => key);
    expect(deleted({ ...EVERYTHING_UNKNOWN, includeUnsourced: false })).toEqual(["sourced"]);
    expect(deleted(EVERYTHING_UNKNOWN)).toEqual(["sourced", "unsourced"]);
  });
});

describe("a plan refuses", () => {
  test.each(["deleted", "destroyed"] as const)("to generate over a %s version, and names the keys", (kind) => {
    const secrets = [
      password("a/z"),
      password("a/b"),
      hash("a/h", "z"),
      statically("a/s"),
      fixed("b/f", "v"),
      password("c/p"),
    ];
    const { blocked } = planOf(secrets, { a: gone(kind, 3), b: gone(kind), c: present({}) });
    expect(blocked).toEqual([
      {
        kind,
        application: "a",
        version: 3,
        deletionTime: kind === "deleted" ? "2026-01-01T00:00:00Z" : "",
        keys: ["b", "z"],
      },
    ]);
  });

  test("not where that was asked for, or the plan is about other keys", () => {
    const vault = { a: gone("deleted"), b: gone("deleted") };
    const secrets = [password("a/p"), password("b/p")];
    const named = (options: Options) => planOf(secrets, vault, options).blocked.map(({ application }) => application);
    expect(named({ generateAnew: ({ application }) => application === "a" })).toEqual(["b"]);
    expect(named({ only: { keys: new Set(["a/p"]), named: new Set(["a/p"]) } })).toEqual(["a"]);
    expect(named({})).toEqual(["a", "b"]);
  });

  test("to carry over a number that the server may have rounded", () => {
    const rounded = new ForeignValue("9007199254740993");
    const vault = { a: present({ n: rounded, exact: NUMBER, m: rounded, text: "9007199254740993" }, 2) };
    expect(planOf([password("a/p")], vault).blocked).toEqual([
      { kind: "inexact", application: "a", version: 2, keys: ["m", "n"] },
    ]);
  });

  test("not where such a number is replaced, goes with everything else, or is not touched", () => {
    const rounded = new ForeignValue("9007199254740993");
    expect(planOf([fixed("a/n", "v")], { a: present({ n: rounded }) }).blocked).toEqual([]);
    expect(planOf([], { a: present({ n: rounded }) }).blocked).toEqual([]);
    expect(planOf([], { a: present({ n: rounded, text: "t" }) }, { deletion: EVERYTHING_UNKNOWN }).blocked).toEqual([]);
  });

  test("names the refused applications in order, whatever the reason", () => {
    const rounded = new ForeignValue("9007199254740993");
    const secrets = [password("c/p"), password("b/p"), password("a/p")];
    const vault = { c: gone("deleted"), b: present({ n: rounded }), a: gone("deleted") };
    expect(planOf(secrets, vault).blocked.map(({ application }) => application)).toEqual(["a", "b", "c"]);
  });
});
