import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { type Arena, openArena } from "./chaos/arena.js";
import { attribute } from "./chaos/attribution.js";
import { changesNothing } from "./chaos/checker.js";
import { LIES } from "./chaos/lies.js";
import { randomFrom } from "./faults/matrix.js";
import { SEED } from "./support/size.js";

/** What `npm run chaos` holds runs against has to see a program that lies: each of these is one. */
beforeAll(() => void process.stdout.write(`Lies of the seed ${SEED}; again with PHALANX_TEST_SEED=${SEED}\n`));

let arena: Arena | undefined;
afterEach(() => arena?.close());

describe.each(LIES.map((lie) => [lie.name, lie] as const))("%s", (_, { story, plant, caught }) => {
  test("and the checker sees it", async () => {
    arena = await openArena(["one", "two"]);
    const wrong = await story(arena, randomFrom(SEED), plant);
    expect(wrong.filter((text) => caught.test(text))).not.toEqual([]);
  });

  test("or not, and it has nothing to say", async () => {
    arena = await openArena(["one", "two"]);
    expect(await story(arena, randomFrom(SEED), {})).toEqual([]);
  });
});

test("a write over a deleted version counts as a change, even if that version is undeleted meanwhile", () => {
  const values = { k: "v" };
  const common = { token: "t", application: "app", values, certain: true };
  const put = { ...common, kind: "put", version: 2 } as const;
  const version = { values, destroyed: false };
  const versions = new Map([1, 2].map((number) => [number, version]));
  const history = new Map([["app", { versions, latest: 2, customMetadata: {} }]]);
  expect(changesNothing(put, [put], history)).toBe(true);
  expect(changesNothing(put, [put, { ...common, kind: "delete", version: 1 }], history)).toBe(false);
});

test("a write without an answer belongs to whoever sent it, even if its version was deleted since", () => {
  const asked = { token: "t", path: "secret/data/x/app", deletes: false, done: undefined };
  const trail = [{ ...asked, data: { data: { k: "v" }, options: { cas: 0 } } }];
  const versions = new Map([[1, { values: undefined, destroyed: false }]]);
  const history = new Map([["app", { versions, latest: 1, customMetadata: {} }]]);
  expect(attribute(trail, history, "secret/x")).toMatchObject([{ token: "t", kind: "put", version: 1 }]);
  expect(attribute(trail, new Map(), "secret/x")).toEqual([]);
});
