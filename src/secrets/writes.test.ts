import { describe, expect, test } from "vitest";
import type { Deletion } from "../model/target.js";
import {
  environmentOf,
  EVERYTHING_UNKNOWN,
  fixed,
  gone,
  password,
  present,
  ref,
  revealed,
  sourceOf,
  vaultHolds,
} from "../../test/support/model.js";
import type { ApplicationState } from "../model/current-state.js";
import type { ApplicationPlan } from "../model/plan.js";
import { ForeignValue, SecretValue } from "../model/secret-value.js";
import type { Secret } from "../model/secret.js";
import { plan } from "./plan.js";
import { parseDockerConfig } from "./pull-secret.js";
import { resolve } from "./resolve.js";
import { toWrites } from "./writes.js";

function planned(
  secrets: readonly Secret[],
  vault: Readonly<Record<string, ApplicationState>>,
  {
    deletion,
    staticSecrets,
    sibling,
  }: { deletion?: Deletion; staticSecrets?: ReturnType<typeof sourceOf>; sibling?: readonly string[] } = {},
) {
  const input = {
    environment: environmentOf(secrets, sibling ? { sibling } : {}),
    current: vaultHolds(vault),
    staticSecrets,
    exclude: new Set<string>(),
    regenerate: () => false,
  };
  const resolved = resolve({ ...input, fresh: new Map() });
  const made = plan({
    ...input,
    resolved,
    declares: () => new Map(),
    deletion,
    only: undefined,
    generateAnew: () => false,
  });
  return { ...input, resolved, plan: made };
}

describe("the writes of a plan", () => {
  const inShort = (input: ReturnType<typeof planned>) =>
    toWrites(input).map((write) =>
      write.kind === "put"
        ? { [write.application]: revealed(write.values), cas: write.cas }
        : { ...write, planned: undefined },
    );

  test("carry over what is not ours, of whatever type, and the version that the plan saw", () => {
    const vault = {
      a: present({ theirs: "t", number: new ForeignValue("5"), k: "old" }, 3),
      c: gone("deleted", 4),
      d: gone("destroyed", 5),
    };
    const input = planned([fixed("a/k", "new"), fixed("b/k", "v"), fixed("c/k", "v"), fixed("d/k", "v")], vault);
    expect(inShort(input)).toEqual([
      { a: { theirs: "t", number: "5", k: "new" }, cas: 3 },
      { b: { k: "v" }, cas: 0 },
      { c: { k: "v" }, cas: 4 },
      { d: { k: "v" }, cas: 5 },
    ]);
    expect(toWrites(input).map((write) => write.planned)).toEqual(input.plan.applications);
  });

  test("leave out what is deleted; a whole application goes by its version", () => {
    const vault = { a: present({ k: "v", old: "o" }, 2), stranger: present({ x: "1" }, 3) };
    expect(inShort(planned([fixed("a/k", "v")], vault, { deletion: EVERYTHING_UNKNOWN }))).toEqual([
      { a: { k: "v" }, cas: 2 },
      { kind: "delete", application: "stranger", version: 3 },
    ]);
    expect(inShort(planned([fixed("a/k", "v")], vault, { deletion: { ...EVERYTHING_UNKNOWN, purge: true } }))).toEqual([
      { a: { k: "v" }, cas: 2 },
      { kind: "purge", application: "stranger", version: 3 },
    ]);
  });

  test("replace the pull secret whole", () => {
    const vault = { "pull-secret": present({ ".dockerconfigjson": "{}", more: "x" }) };
    expect(inShort(planned([], vault, { staticSecrets: sourceOf({}, { registries: ["r"] }) }))).toEqual([
      {
        "pull-secret": { ".dockerconfigjson": '{"auths": {"r": {"auth": "dTpw", "username": "u", "password": "p"}}}' },
        cas: 1,
      },
    ]);
  });

  test("are never made of a value that is still to be generated", () => {
    expect(() => toWrites(planned([password("a/p")], {}))).toThrow("no value for a/p");
    const input = planned([fixed("a/p", "v")], {});
    const stray: ApplicationPlan = {
      application: "a",
      action: "create",
      base: { kind: "absent" },
      changes: [{ ...ref("a/stray"), action: "create", cause: { kind: "missing" } }],
    };
    expect(() => toWrites({ ...input, plan: { ...input.plan, applications: [stray] } })).toThrow(
      "no value for a/stray",
    );
  });
});

describe("a stored pull secret", () => {
  const parsed = (text: string) => {
    const found = parseDockerConfig(new SecretValue(text));
    return found && [...found].map(([host, { username, password: secret }]) => [host, username, secret.reveal()]);
  };

  test("is read as it was written", () => {
    expect(parsed('{"auths": {"r": {"auth": "dTpw", "username": "u", "password": "p"}}}')).toEqual([["r", "u", "p"]]);
    expect(parsed('{"auths": {}}')).toEqual([]);
  });

  test.each([
    "",
    "no JSON",
    "{}",
    '{"auths": {"r": {"username": "u"}}}',
    '{"auths": {"r": {"password": "p"}}}',
    '{"auths": {"r": {"username": 1, "password": "p"}}}',
  ])("of another shape says nothing: %s", (text) => {
    expect(parsed(text)).toBeUndefined();
  });

  test("that is absent, or no text, says nothing", () => {
    expect(parseDockerConfig(undefined)).toBeUndefined();
    expect(parseDockerConfig(new ForeignValue('{"auths": {}}'))).toBeUndefined();
  });
});
