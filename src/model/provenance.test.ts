import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeProvenance, encodeProvenance, type Provenance } from "./provenance.js";
import { NOTE_LIMITS } from "./run-note.js";

const word = fc.stringMatching(/^[\w.+-]{1,30}$/);
const told = fc.record({
  command: word,
  by: fc.string({ maxLength: 60, unit: "grapheme" }),
  reason: fc.stringMatching(/^[ |%+a-z\u{1F511}]{0,200}$/u),
});
const withoutNotes: fc.Arbitrary<Omit<Provenance, "runs">> = fc.record({
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

/** The last run that wrote gave a reason; the notes of the others fit into the remaining space. */
const provenance: fc.Arbitrary<Provenance> = fc
  .tuple(withoutNotes, told, fc.option(word, { nil: undefined }))
  .map(([rest, note, other]) => {
    const [run] = [...rest.writers.values(), ...rest.events].map((wrote) => wrote.run);
    const environment = other ?? rest.environment;
    return { ...rest, runs: new Map(run === undefined ? [] : [[run, { ...note, environment }]]) };
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
        runs: new Map([[long, { command: "sync", by: "a", reason: "r" }]]),
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
    expect(decoded).toEqual({
      environment: undefined,
      writers: new Map(),
      events: [],
      runs: new Map(),
      keys: new Map(),
    });
    expect(decodeProvenance({ "phalanx.runs": "r|%|x%7Cy|  |||| s|c" }).runs).toEqual(
      new Map([["r", { command: "", by: "x|y", reason: "" }]]),
    );
  });

  describe("who started a run, and why", () => {
    const runs = (count: number, by: string): Provenance["runs"] =>
      new Map(Array.from({ length: count }, (_, i) => [`r${count - i}`, { command: "rotate", by, reason: by }]));
    const of = (count: number, by: string): Provenance => ({
      environment: "e",
      writers: new Map(
        Array.from({ length: count }, (_, i) => [count - i, { run: `r${count - i}`, commit: "", tool: "0" }]),
      ),
      events: [],
      runs: runs(count, by),
      keys: new Map(),
    });

    test("has room for the longest texts, and older ones make room", () => {
      const { by, reason } = NOTE_LIMITS;
      const texts = { by: "\u{1F511}".repeat(by), reason: "\u{1F511}".repeat(reason) };
      const longest = { command: "library", ...texts, environment: "x".repeat(63) };
      const one = { ...of(1, ""), runs: new Map([["r1", longest]]) };
      expect(decodeProvenance(encodeProvenance({}, one)).runs).toEqual(one.runs);
      const many = decodeProvenance(encodeProvenance({}, of(200, "x".repeat(80)))).runs;
      expect([...many.keys()].slice(0, 2)).toEqual(["r200", "r199"]);
      expect(many.size).toBeLessThan(40);
    });

    test("gives way to what other programs keep there, and to everything else that is noted", () => {
      const others = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`their-${i}`, "x"]));
      const metadata = encodeProvenance(others, of(20, "x".repeat(100)));
      expect(Object.keys(metadata).length).toBe(64);
      expect(decodeProvenance(metadata).writers.size).toBe(20);
      expect(decodeProvenance(metadata).runs.size).toBe(4);
    });

    test("is kept as long as something that the run wrote is", () => {
      const metadata = encodeProvenance({}, { ...of(1, "ada"), runs: runs(3, "ada") });
      expect([...decodeProvenance(metadata).runs.keys()]).toEqual(["r1"]);
    });

    test("names the environment of a run, even if another environment notes something later", () => {
      const first = encodeProvenance({}, of(1, "ada"));
      const adopted = encodeProvenance(first, { ...decodeProvenance(first), environment: "f" });
      expect(adopted["phalanx.runs"]).toBe("r1|rotate|ada|ada|e");
      expect(decodeProvenance(adopted).runs.get("r1")?.environment).toBe("e");
    });

    test("is beside what older versions read, who find the rest as they know it", () => {
      const { "phalanx.runs": note, ...rest } = encodeProvenance({}, of(2, "ada | b"));
      expect(note).toBe("r2|rotate|ada%20%7C%20b|ada%20%7C%20b r1|rotate|ada%20%7C%20b|ada%20%7C%20b");
      expect(rest).toEqual({ "phalanx.environment": "e", "phalanx.writers": "2|r2||0 1|r1||0" });
    });
  });
});
