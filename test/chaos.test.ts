import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { type Arena, openArena } from "./chaos/arena.js";
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
