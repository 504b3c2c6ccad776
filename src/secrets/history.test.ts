import { describe, expect, test } from "vitest";
import { day, historyOf, storedValues } from "../../test/support/model.js";
import type { ApplicationHistory, HistoryEvent } from "../model/history.js";
import { alignByRun, compareVersions, lastRun } from "./history.js";

const described = (events: readonly HistoryEvent[]) =>
  events.map(({ time, writer, entries }) => [
    time.slice(8, 13),
    writer?.run,
    ...entries.map(({ application, version, kind }) => `${kind} ${application} ${version}`),
  ]);

describe("a history", () => {
  test("puts together what one run wrote, newest first, and leaves what nobody signed apart", () => {
    const events = alignByRun([
      historyOf("b", [
        { values: {}, run: "one" },
        { values: {}, run: "two" },
        { values: {}, run: "two" },
      ]),
      historyOf("a", [{ values: {}, run: "one" }, { values: {} }]),
    ]);
    expect(described(events)).toEqual([
      ["02T12", "two", "write b 2", "write b 3"],
      ["02T12", undefined, "write a 2"],
      ["01T12", "one", "write a 1", "write b 1"],
    ]);
  });

  test("puts the later of two versions first, even where they have the same time", () => {
    const history = historyOf("a", [{ values: {} }, { values: {} }, { values: {} }]);
    const versions = history.versions.map((version) => ({ ...version, createdTime: day(1).toISOString() }));
    expect(described(alignByRun([{ ...history, versions }])).map(([, , entry]) => entry)).toEqual([
      "write a 3",
      "write a 2",
      "write a 1",
    ]);
  });

  test("dates a run by its first write, wherever that was", () => {
    const late = historyOf("a", [{ values: {} }, { values: {} }, { values: {}, run: "r" }]);
    const early = historyOf("b", [{ values: {} }, { values: {}, run: "r" }]);
    for (const histories of [
      [late, early],
      [early, late],
    ])
      expect(described(alignByRun(histories))).toContainEqual(["02T12", "r", "write a 3", "write b 2"]);
  });

  test("tells of deletes and undeletes, by the run that made them", () => {
    const time = day(5, 18).toISOString();
    const events = [
      { kind: "delete" as const, version: 1, time, run: "deleter" },
      { kind: "undelete" as const, version: 1, time: day(6).toISOString(), run: "writer" },
    ];
    const found = alignByRun([
      historyOf("a", [{ values: {}, run: "writer" }], { events }),
      historyOf("b", [{ values: {}, run: "other" }]),
    ]);
    expect(described(found)).toEqual([
      ["05T18", "deleter", "delete a 1"],
      ["01T12", "other", "write b 1"],
      ["01T12", "writer", "write a 1", "undelete a 1"],
    ]);
    expect(found.map(({ until }) => until.slice(8, 13))).toEqual(["05T18", "01T12", "06T12"]);
    expect(found[0]).toEqual({
      time,
      until: time,
      writer: { run: "deleter", commit: "", tool: "", command: "", by: "", reason: "" },
      entries: [{ application: "a", version: 1, kind: "delete", changes: undefined, state: "live", deletionTime: "" }],
    });
  });

  test("knows the commit of a run that only deleted in the first application, and wrote in another", () => {
    const writer = { run: "r", commit: "650a0ef", tool: "1" };
    const event = { kind: "delete" as const, version: 1, time: day(1).toISOString(), run: "r" };
    const deleting = historyOf("a", [{ deleted: 1, run: "other" }], { events: [event] });
    const signed = historyOf("b", [{ values: {}, run: "r" }]);
    const writing = { ...signed, provenance: { ...signed.provenance, writers: new Map([[1, writer]]) } };
    for (const histories of [
      [deleting, writing],
      [writing, deleting],
    ])
      expect(alignByRun(histories).find((found) => found.writer?.run === "r")).toMatchObject({
        writer,
        entries: [
          { kind: "delete", application: "a" },
          { kind: "write", application: "b" },
        ],
      });
  });

  test("orders what one run did to one application by version", () => {
    const events = [{ kind: "undelete" as const, version: 1, time: day(3).toISOString(), run: "r" }];
    const versions = [
      { values: {}, run: "r" },
      { values: {}, run: "r" },
    ];
    expect(described(alignByRun([historyOf("a", versions, { events })]))).toEqual([
      ["01T12", "r", "write a 1", "undelete a 1", "write a 2"],
    ]);
  });

  test("says how each version is now, and when it was deleted", () => {
    const history = historyOf("a", [
      { values: {}, run: "r" },
      { deleted: 3, run: "r" },
      { destroyed: true, deleted: 4, run: "r" },
      { values: {}, deleted: 21, run: "r" },
      { deleted: 20, run: "r" },
    ]);
    const event = alignByRun([history]).find(({ writer }) => writer !== undefined);
    expect(event?.entries.map(({ state, deletionTime }) => [state, deletionTime.slice(8, 10)])).toEqual([
      ["live", ""],
      ["deleted", "03"],
      ["destroyed", "04"],
      ["live", ""],
      ["deleted", "20"],
    ]);
  });

  test("compares each version with the one before; the first with nothing, and what cannot be read not at all", () => {
    const changesOf = (...args: Parameters<typeof historyOf>) =>
      alignByRun([historyOf(...args)])
        .toReversed()
        .filter(({ entries }) => entries[0]?.kind === "write")
        .map(({ entries }) => entries[0]?.changes);
    const versions = [
      { values: { b: "1", a: "1" } },
      { values: { b: "2", a: "1" } },
      { deleted: 3 },
      { values: { a: "1" } },
    ];
    expect(changesOf("a", versions)).toEqual([
      { created: ["a", "b"], changed: [], deleted: [] },
      { created: [], changed: ["b"], deleted: [] },
      undefined,
      undefined,
    ]);
    expect(changesOf("a", [{ values: { a: "1" } }], { currentVersion: 7 })).toEqual([undefined]);
  });
});

test("a deletion that nobody signed is an event, unless it hid nothing any more", () => {
  const versions = [{ values: {} }, { deleted: 2 }, { deleted: 9 }, { values: {} }, { deleted: 6 }];
  const found = alignByRun([historyOf("a", versions)]).filter(({ entries }) => entries[0]?.kind === "delete");
  expect(described(found)).toEqual([
    ["06T18", undefined, "delete a 5"],
    ["02T18", undefined, "delete a 2"],
  ]);
  const events = [{ kind: "delete" as const, version: 1, time: day(1, 18).toISOString(), run: "r" }];
  expect(described(alignByRun([historyOf("a", [{ deleted: 1, run: "r" }], { events })]))).toEqual([
    ["01T12", "r", "write a 1", "delete a 1"],
  ]);
});

test("keys that come, change and go between two versions are sorted", () => {
  const before = storedValues({ z: "1", y: "1", d: "1", c: "1", same: "1" });
  const after = storedValues({ z: "2", y: "2", b: "1", a: "1", same: "1" });
  expect(compareVersions(before, after)).toEqual({ created: ["a", "b"], changed: ["y", "z"], deleted: ["c", "d"] });
  expect(compareVersions(before, undefined)).toBeUndefined();
  expect(compareVersions(undefined, after)).toBeUndefined();
});

describe("the last run", () => {
  const [EARLY, LATE] = ["20261128T224229Z-87058b", "20261128T224229Z-10f76e"];
  const at = (ms: number): string => `2026-11-28T22:42:29.${String(ms).padStart(3, "0")}Z`;
  const written = (application: string, ms: number, run: string): ApplicationHistory => {
    const history = historyOf(application, [{ values: {}, run }]);
    return { ...history, versions: history.versions.map((version) => ({ ...version, createdTime: at(ms) })) };
  };

  test("is the one that wrote last, even if another one started in the same second", () => {
    for (const histories of [
      [written("a", 100, EARLY), written("b", 600, LATE)],
      [written("b", 600, LATE), written("a", 100, EARLY)],
    ])
      expect(lastRun(histories, "e")?.writer?.run).toBe(LATE);
  });

  test("is an undelete after a delete in the same application, whatever the clocks say", () => {
    const history = {
      ...written("a", 0, "20261128T224200Z-000000"),
      provenance: {
        ...written("a", 0, "20261128T224200Z-000000").provenance,
        events: [
          { kind: "delete" as const, version: 1, time: at(500), run: LATE },
          { kind: "undelete" as const, version: 1, time: at(0), run: EARLY },
        ],
      },
    };
    expect(described(alignByRun([history])).map(([, run]) => run)).toEqual([EARLY, LATE, "20261128T224200Z-000000"]);
    expect(lastRun([history], "e")?.writer?.run).toBe(EARLY);
  });
});
