import { expect, test } from "vitest";
import { day, historyOf } from "../../test/support/model.js";
import { encodeProvenance, type DeletionEvent } from "../model/provenance.js";
import { takenBackIn, takenBackLatest } from "./taken-back.js";

const DELETED = day(9, 18).toISOString();

function event(kind: DeletionEvent["kind"], version: number, run: string, time = DELETED): DeletionEvent {
  return { kind, version, time, run };
}

/** Notes of versions by the runs `sync`, `sync2`, ...; the command of a run is its name without digits. */
function notes(
  writers: Readonly<Record<number, string>>,
  events: readonly DeletionEvent[],
  changedIn: readonly number[] = [],
) {
  const runs = [...new Set([...Object.values(writers), ...events.map(({ run }) => run)])];
  return encodeProvenance(
    {},
    {
      environment: "test",
      writers: new Map(Object.entries(writers).map(([version, run]) => [+version, { run, commit: "", tool: "" }])),
      events,
      runs: new Map(runs.map((run) => [run, { command: run.replace(/\d+$/, ""), by: "ada", reason: "" }])),
      keys: new Map(changedIn.map((version, i) => [`k${i}`, { generator: "password", changedIn: version }])),
    },
  );
}

const TWO = { 1: "sync", 2: "sync2" };

test.each<[string, number, ReturnType<typeof notes>, unknown]>([
  ["somebody else deleted it", 2, notes(TWO, []), undefined],
  ["a sync deleted it", 2, notes(TWO, [event("delete", 2, "sync3")]), undefined],
  ["a restore took it back", 2, notes(TWO, [event("delete", 2, "restore")]), { before: 1 }],
  ["the run wrote several", 3, notes({ ...TWO, 3: "sync2" }, [event("delete", 3, "restore")]), { before: 1 }],
  [
    "the one before was taken back, too",
    3,
    notes({ ...TWO, 3: "sync3" }, [
      event("delete", 2, "restore", "2026-01-01T00:00:00.000Z"),
      event("delete", 3, "restore2"),
    ]),
    { before: 1 },
  ],
  ["it is the only version", 1, notes({ 1: "sync" }, [event("delete", 1, "restore")]), undefined],
  [
    "an undelete of it was undone",
    2,
    notes(TWO, [event("undelete", 2, "restore"), event("delete", 2, "restore2")]),
    undefined,
  ],
  ["somebody has deleted it since", 2, notes(TWO, [event("delete", 2, "restore", "2026-01-01T00:00:00.000Z")]), {}],
  ["it is not noted who wrote it", 2, notes({ 1: "sync" }, [event("delete", 2, "restore")]), {}],
  ["it is not noted which command deleted it", 2, notes(TWO, [event("delete", 2, "1")]), {}],
  ["it carried over older values", 2, notes(TWO, [event("delete", 2, "restore")], [1, 2]), {}],
])("if %s", (_, version, customMetadata, expected) => {
  expect(takenBackLatest({ version, deletionTime: DELETED, customMetadata })).toEqual(expected);
});

test("a version that Vault no longer has is not named", () => {
  const history = historyOf("a", [{ destroyed: true }, { deleted: 9 }]);
  const customMetadata = notes(TWO, [event("delete", 2, "restore")]);
  expect(takenBackIn({ ...history, metadata: { ...history.metadata, customMetadata } })).toEqual({});
});
