import { describe, expect, test } from "vitest";
import { day, historyOf, revealed, type TestVersion } from "../../test/support/model.js";
import type { DeletionEvent } from "../model/provenance.js";
import { lostText } from "../render/reason.js";
import { stateAt, undoRun, versionState, type Wanted } from "./restore-point.js";

const at = (date: number, kind: DeletionEvent["kind"], version: number, run = "r"): DeletionEvent => ({
  kind,
  version,
  run,
  time: day(date, 18).toISOString(),
});

/** A Wanted in short: its kind, and the values, the reason, or the version. */
function described(wanted: Wanted): unknown {
  switch (wanted.kind) {
    case "values":
      return {
        from: Math.min(...[...wanted.values.values()].map(({ version }) => version)),
        ...revealed(new Map([...wanted.values].map(([key, { value }]) => [key, value]))),
        ...(wanted.conflicts.length > 0 && { conflicts: wanted.conflicts.map(({ key }) => key) }),
      };
    case "recover":
      return `recover ${wanted.version}`;
    case "lost":
      return lostText(wanted.reason);
    default:
      return wanted.kind;
  }
}

describe("one version", () => {
  const three: TestVersion[] = [{ values: { a: "1" } }, { values: { a: "2", b: "2" } }, { values: { b: "3", c: "3" } }];
  test.each<[string, readonly TestVersion[], number, unknown]>([
    ["brings back its values, and takes away later keys", three, 1, { from: 1, a: "1", b: undefined, c: undefined }],
    ["that is the latest changes nothing", three, 3, { from: 3, b: "3", c: "3" }],
    ["that was never there", three, 4, "there is no version 4 (the latest is 3)"],
    ["that is destroyed", [{ destroyed: true }, { values: {} }], 1, "version 1 was destroyed"],
    ["that is destroyed after it was deleted", [{ destroyed: true, deleted: 2 }], 1, "version 1 was destroyed"],
    ["that is the latest and deleted is undeleted", [{ values: { a: "1" } }, { deleted: 3 }], 2, "undelete"],
    ["that is older and deleted is recovered", [{ deleted: 3 }, { values: { a: "2" } }], 1, "recover 1"],
    [
      "that will be deleted later is readable",
      [{ values: { a: "1" }, deleted: 21 }, { values: {} }],
      1,
      { from: 1, a: "1" },
    ],
    ["that is not deleted and could not be read", [{}, { values: {} }], 1, "version 1 cannot be read"],
    ["comes back over a deleted one", [{ values: { a: "1" } }, { deleted: 3 }], 1, { from: 1, a: "1" }],
  ])("%s", (_, versions, wanted, expected) => {
    expect(described(versionState(historyOf("x", versions), wanted))).toStrictEqual(expected);
  });

  test("that was pushed out of the history says how far that reaches", () => {
    expect(described(versionState(historyOf("x", three, { currentVersion: 9 }), 6))).toBe(
      "version 6 was pushed out of the history (the oldest is 7)",
    );
    expect(described(versionState(historyOf("x", [], { currentVersion: 9 }), 9))).toBe(
      "version 9 was pushed out of the history (the oldest is 0)",
    );
  });
});

describe("a moment", () => {
  const two: TestVersion[] = [{ values: { a: "1" } }, { values: { a: "2" } }];
  test.each<[string, readonly TestVersion[], Date, readonly DeletionEvent[], unknown]>([
    ["after a version was written is that version", two, day(1, 13), [], { from: 1, a: "1" }],
    ["at which a version was written is that version", two, day(2), [], { from: 2, a: "2" }],
    ["just before is the version before", two, new Date(day(2).getTime() - 1), [], { from: 1, a: "1" }],
    ["before everything takes away what is there", two, day(1, 11), [], "delete"],
    ["before everything leaves what is deleted", [{ deleted: 3 }], day(1, 11), [], "nothing"],
    ["before everything leaves what is destroyed", [{ destroyed: true }], day(1, 11), [], "nothing"],
    ["before everything, of something without versions", [], day(1, 11), [], "nothing"],
    [
      "before everything takes away what is deleted only later",
      [{ values: {}, deleted: 21 }],
      day(1, 11),
      [],
      "delete",
    ],
    [
      "while it was deleted takes away what is there",
      [{ deleted: 1 }, { values: { a: "2" } }],
      day(1, 19),
      [],
      "delete",
    ],
    ["at which it was deleted, too", [{ deleted: 1 }, { values: { a: "2" } }], day(1, 18), [], "delete"],
    ["before it was deleted brings it back", [{ deleted: 1 }, { values: { a: "2" } }], day(1, 17), [], "recover 1"],
    ["before the latest was deleted undeletes it", [{ deleted: 3 }], day(2), [], "undelete"],
    [
      "between a delete and an undelete of ours takes away what is there",
      [{ values: { a: "1" } }],
      day(3, 19),
      [at(3, "delete", 1), at(5, "undelete", 1)],
      "delete",
    ],
    [
      "at which we deleted it, too",
      [{ values: { a: "1" } }],
      day(3, 18),
      [at(3, "delete", 1), at(5, "undelete", 1)],
      "delete",
    ],
    [
      "after an undelete of ours is that version",
      [{ values: { a: "1" } }],
      day(6),
      [at(3, "delete", 1), at(5, "undelete", 1)],
      { from: 1, a: "1" },
    ],
    [
      "at which we undeleted it, too",
      [{ values: { a: "1" } }],
      day(5, 18),
      [at(3, "delete", 1), at(5, "undelete", 1)],
      { from: 1, a: "1" },
    ],
    [
      "between an undelete and a delete, both of ours",
      [{ deleted: 7 }],
      day(6),
      [at(3, "delete", 1), at(5, "undelete", 1), at(7, "delete", 1)],
      "undelete",
    ],
    [
      "after an undelete of ours and a delete of somebody else",
      [{ deleted: 6 }],
      day(8),
      [at(3, "delete", 1), at(5, "undelete", 1)],
      "nothing",
    ],
    [
      "after a delete of ours that somebody else has undone",
      [{ values: { a: "1" } }],
      day(4),
      [at(3, "delete", 1)],
      "delete",
    ],
    [
      "after a delete of somebody else between two notes of ours, the last of which changed nothing",
      [{ deleted: 6 }],
      day(7),
      [at(3, "delete", 1), at(5, "undelete", 1), at(8, "delete", 1)],
      "nothing",
    ],
    [
      "before any note of ours, by what KV knows",
      [{ deleted: 2 }, { values: { a: "2" } }],
      day(1, 19),
      [at(3, "delete", 1)],
      "recover 1",
    ],
    [
      "is not told by notes of other versions",
      [{ values: { a: "1" } }, { values: { a: "2" } }],
      day(4),
      [at(3, "delete", 1)],
      { from: 2, a: "2" },
    ],
    [
      "is not told by later notes of other versions",
      [{ deleted: 4 }, { values: { a: "2" } }],
      day(1, 19),
      [at(1, "undelete", 1), at(5, "delete", 2)],
      "recover 1",
    ],
  ])("%s", (_, versions, time, events, expected) => {
    expect(described(stateAt(historyOf("x", versions, { events }), time))).toStrictEqual(expected);
  });

  test("whose versions were pushed out is lost", () => {
    expect(described(stateAt(historyOf("x", two, { currentVersion: 8 }), day(1)))).toBe(
      "the versions of that time were pushed out (the oldest is 7)",
    );
  });
});

describe("taking back a run", () => {
  test.each<[string, readonly TestVersion[], readonly DeletionEvent[], unknown]>([
    ["that did nothing here", [{ values: { a: "1" }, run: "other" }], [], "nothing"],
    [
      "that created an application takes its keys away",
      [{ values: { a: "1" }, run: "r" }],
      [],
      { from: 0, a: undefined },
    ],
    [
      "gives the old values back",
      [{ values: { a: "1", b: "1" } }, { values: { a: "2", b: "1", c: "2" }, run: "r" }],
      [],
      { from: 1, a: "1", c: undefined },
    ],
    [
      "gives deleted keys back",
      [{ values: { a: "1", b: "1" } }, { values: { b: "1" }, run: "r" }],
      [],
      { from: 1, a: "1" },
    ],
    [
      "that wrote twice goes back to before its first version",
      [{ values: { a: "1" } }, { values: { a: "2" }, run: "r" }, { values: { a: "3" }, run: "r" }],
      [],
      { from: 1, a: "1" },
    ],
    [
      "takes back each of its writes, and leaves what somebody wrote in between",
      [
        { values: { a: "1", b: "1" } },
        { values: { a: "2", b: "1" }, run: "r" },
        { values: { a: "2", b: "2", theirs: "2" } },
        { values: { a: "3", b: "2", theirs: "2" }, run: "r" },
      ],
      [],
      { from: 1, a: "1" },
    ],
    [
      "goes back to what somebody wrote between two of its writes, and says what stays",
      [
        { values: { a: "1" } },
        { values: { a: "2" }, run: "r" },
        { values: { a: "theirs" } },
        { values: { a: "3" }, run: "r" },
      ],
      [],
      { from: 3, a: "theirs", conflicts: ["a"] },
    ],
    [
      "leaves what has changed since, and says so",
      [{ values: { a: "1", b: "1" } }, { values: { a: "2", b: "2" }, run: "r" }, { values: { a: "3", b: "2" } }],
      [],
      { from: 1, b: "1", conflicts: ["a"] },
    ],
    [
      "has no conflict over what was given back already",
      [{ values: { a: "1", b: "1" } }, { values: { a: "2", b: "2" }, run: "r" }, { values: { a: "1", b: "2" } }],
      [],
      { from: 1, b: "1" },
    ],
    [
      "over a deleted version takes its keys away",
      [{ deleted: 1 }, { values: { a: "2" }, run: "r" }],
      [],
      { from: 1, a: undefined },
    ],
    [
      "over a version that was deleted since",
      [{ deleted: 3 }, { values: { a: "2" }, run: "r" }],
      [],
      "version 1, from before the run, was soft-deleted after it",
    ],
    [
      "over a version that was destroyed since",
      [{ destroyed: true }, { values: { a: "2" }, run: "r" }],
      [],
      "version 1, from before the run, was destroyed",
    ],
    [
      "whose own version was deleted since",
      [{ values: { a: "1" } }, { deleted: 3, run: "r" }],
      [],
      "version 2 was soft-deleted after the run",
    ],
    [
      "whose own version was deleted, with another after it",
      [{ values: { a: "1" } }, { deleted: 2, run: "r" }, { values: { a: "3" } }],
      [],
      "version 2 was soft-deleted after the run",
    ],
    [
      "after which all was deleted",
      [{ values: { a: "1" } }, { values: { a: "2" }, run: "r" }, { deleted: 3 }],
      [],
      "version 3 was soft-deleted after the run",
    ],
    [
      "whose own version was destroyed since",
      [{ values: { a: "1" } }, { deleted: 2, destroyed: true, run: "r" }, { values: { a: "3" } }],
      [],
      "version 2 was destroyed after the run",
    ],
    ["that deleted undeletes", [{ deleted: 1 }], [at(1, "delete", 1)], "undelete"],
    ["that deleted what is there again", [{ values: { a: "1" } }], [at(1, "delete", 1)], "nothing"],
    ["that undeleted deletes", [{ values: { a: "1" } }], [at(1, "undelete", 1)], "delete"],
    ["that undeleted what is deleted again", [{ deleted: 2 }], [at(1, "undelete", 1)], "nothing"],
    [
      "that deleted what was written since",
      [{ deleted: 1 }, { values: { a: "2" } }],
      [at(1, "delete", 1)],
      "it has been written again since (version 2)",
    ],
    [
      "that deleted what was destroyed since",
      [{ deleted: 1, destroyed: true }],
      [at(1, "delete", 1)],
      "version 1 was destroyed",
    ],
    [
      "takes back the last of its deletes and undeletes",
      [{ values: { a: "1" } }],
      [at(1, "delete", 1), at(2, "undelete", 1)],
      "delete",
    ],
    ["is not told by notes of other runs", [{ deleted: 1 }], [at(1, "delete", 1, "other")], "nothing"],
  ])("%s", (_, versions, events, expected) => {
    expect(described(undoRun(historyOf("x", versions, { events }), "r"))).toStrictEqual(expected);
  });

  test("is not possible where what was before was pushed out of the history", () => {
    const versions: TestVersion[] = [{ values: { a: "2" }, run: "r" }];
    expect(described(undoRun(historyOf("x", versions, { currentVersion: 5 }), "r"))).toBe(
      "version 4, from before the run, was pushed out of the history",
    );
  });
});
