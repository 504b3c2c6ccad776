import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeProvenance, encodeProvenance, type Provenance } from "./provenance.js";

const word = fc.stringMatching(/^[\w.+-]{1,30}$/);
const provenance: fc.Arbitrary<Provenance> = fc.record({
  environment: fc.option(word, { nil: undefined }),
  writers: fc
    .uniqueArray(fc.integer({ min: 1, max: 999 }), { maxLength: 12 })
    .chain((versions) =>
      fc.tuple(
        ...versions.map((version) =>
          fc.tuple(fc.constant(version), fc.record({ run: word, commit: fc.constant("650a0ef"), tool: word })),
        ),
      ),
    )
    .map((entries) => new Map([...entries].sort(([a], [b]) => b - a))),
  events: fc.array(
    fc.record({
      kind: fc.constantFrom("delete" as const, "undelete" as const),
      version: fc.integer({ min: 1, max: 99 }),
      time: word,
      run: word,
    }),
    { maxLength: 5 },
  ),
  keys: fc
    .uniqueArray(fc.string({ minLength: 1, maxLength: 40, unit: "grapheme" }), { maxLength: 20 })
    .map((keys) => new Map(keys.map((key, i) => [key, { generator: "password", changedIn: i + 1 }]))),
});

describe("provenance in custom metadata", () => {
  test("comes back as it was written, beside what others put there", () => {
    fc.assert(
      fc.property(provenance, (original) => {
        const metadata = encodeProvenance({ note: "of somebody else", "phalanx.writers.3": "stale" }, original);
        expect(metadata["note"]).toBe("of somebody else");
        const decoded = decodeProvenance(metadata);
        expect(decoded).toEqual(original);
      }),
    );
  });

  test("stays within the server's limits, and forgets the oldest when there is no more room", () => {
    const long = "x".repeat(100);
    const metadata = encodeProvenance(
      {},
      {
        environment: "e",
        writers: new Map(Array.from({ length: 500 }, (_, i) => [i + 1, { run: long, commit: "c", tool: "t" }])),
        events: Array.from({ length: 500 }, () => ({ kind: "delete", version: 1, time: "t", run: long })),
        keys: new Map(Array.from({ length: 500 }, (_, i) => [`${long}${i}`, { generator: "password", changedIn: 1 }])),
      },
    );
    expect(Object.keys(metadata).length).toBeLessThanOrEqual(40);
    for (const [key, value] of Object.entries(metadata)) {
      expect(Buffer.byteLength(key)).toBeLessThanOrEqual(128);
      expect(Buffer.byteLength(value)).toBeLessThanOrEqual(512);
    }
    expect(decodeProvenance(metadata).writers.has(500)).toBe(true);
    expect(decodeProvenance(metadata).writers.has(1)).toBe(false);
  });

  test("reads as unknown where it is damaged", () => {
    const decoded = decodeProvenance({
      "phalanx.writers": "x|y 0|r|c|t |||",
      "phalanx.events": "eat|1|t|r",
      "phalanx.keys": "%|p|1 k|p|-1",
    });
    expect(decoded).toEqual({ environment: undefined, writers: new Map(), events: [], keys: new Map() });
  });
});
