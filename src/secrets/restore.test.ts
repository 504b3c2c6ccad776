import { describe, expect, test } from "vitest";
import {
  copy,
  day,
  environmentOf,
  hash,
  historyOf,
  password,
  ref,
  revealed,
  statically,
  template,
} from "../../test/support/model.js";
import type { ApplicationHistory, RestorePoint } from "../model/history.js";
import { refId, type Secret } from "../model/secret.js";
import { planRestore, type Restoration } from "./restore.js";

const VERSION_1: RestorePoint = { kind: "version", version: 1 };
const RUN: RestorePoint = { kind: "run", run: "r" };

function restored(
  histories: readonly ApplicationHistory[],
  {
    secrets = [],
    point = VERSION_1,
    chosen,
  }: { readonly secrets?: readonly Secret[]; readonly point?: RestorePoint; readonly chosen?: readonly string[] } = {},
): Restoration {
  // Chooses an application with all of its keys, `a/`, or a single key, `a/k`.
  const isChosen =
    chosen &&
    ((own: { application: string; key: string }) =>
      chosen.some((id) => id === refId(own) || id === `${own.application}/`));
  return planRestore({ environment: environmentOf(secrets), histories, point, chosen: isChosen });
}

/** Each write in short. */
const writesOf = ({ writes }: Restoration) =>
  writes.map((write) => {
    if (write.kind === "put") return { [write.application]: revealed(write.values), cas: write.cas };
    return `${write.kind} ${write.application} ${write.kind === "recover" ? `${write.from} over ${write.cas}` : write.version}`;
  });
const changesOf = ({ plan }: Restoration) =>
  plan.applications.flatMap(({ changes }) =>
    changes.map(({ application, key, action, cause }) =>
      [
        action,
        `${application}/${key}`,
        cause.kind,
        ...("version" in cause ? [cause.version] : []),
        ...("source" in cause ? [refId(cause.source)] : []),
      ].join(" "),
    ),
  );

describe("restoring", () => {
  test("writes the old values as a new version, and names what comes, changes and goes", () => {
    const history = historyOf("a", [
      { values: { k: "1", was: "1", same: "1" } },
      { values: { k: "2", same: "1", z: "2", new: "2" } },
    ]);
    const restoration = restored([history]);
    expect(writesOf(restoration)).toEqual([{ a: { k: "1", same: "1", was: "1" }, cas: 2 }]);
    expect(changesOf(restoration)).toEqual([
      "update a/k restored 1",
      "delete a/new not-there-then",
      "create a/was restored 1",
      "delete a/z not-there-then",
    ]);
    expect(restoration.plan).toMatchObject({
      environment: "test",
      applications: [
        {
          application: "a",
          action: "update",
          base: { kind: "present", version: 2, createdTime: day(2).toISOString() },
        },
      ],
      unknown: [],
      unresolved: [],
      blocked: [],
    });
    expect(restoration).toMatchObject({ lost: [], conflicts: [], stale: [] });
  });

  test("writes nothing where everything is as it was", () => {
    const restoration = restored([historyOf("a", [{ values: { k: "1" } }, { values: { k: "1" } }])]);
    expect(restoration.writes).toEqual([]);
    expect(
      revealed(
        restoration.after.get("a")?.kind === "present"
          ? historyOf("a", [{ values: { k: "1" } }]).versions[0]?.values
          : undefined,
      ),
    ).toEqual({ k: "1" });
  });

  test("leaves what has metadata and no version", () => {
    expect(restored([historyOf("a", [])], { point: { kind: "time", time: day(1) } })).toMatchObject({
      writes: [],
      lost: [],
    });
  });

  test("sorts applications, those that are written and those that come back whole", () => {
    const restoration = restored([
      historyOf("c", [{ values: { k: "1" } }, { values: { k: "2" } }]),
      historyOf("b", [{ deleted: 1 }]),
      historyOf("a", [{ values: { k: "1" } }, { values: { k: "2" } }]),
    ]);
    expect(restoration.writes.map(({ application }) => application)).toEqual(["a", "b", "c"]);
  });

  test("writes over a deleted or destroyed version what was there before it", () => {
    const [deleted, destroyed] = [{ deleted: 3 }, { destroyed: true }].map((last) =>
      restored([historyOf("a", [{ values: { k: "1" } }, last])]),
    );
    for (const restoration of [deleted, destroyed])
      expect(restoration && writesOf(restoration)).toEqual([{ a: { k: "1" }, cas: 2 }]);
    expect(deleted?.plan.applications).toMatchObject([{ action: "create", base: { kind: "deleted", version: 2 } }]);
    expect(destroyed?.plan.applications).toMatchObject([{ action: "create", base: { kind: "destroyed" } }]);
  });

  test("undeletes the latest version, recovers an older one, and deletes what was not there", () => {
    expect(writesOf(restored([historyOf("a", [{ deleted: 2 }])]))).toEqual(["undelete a 1"]);
    const recovered = restored([historyOf("a", [{ deleted: 2 }, { values: { k: "2" } }])]);
    expect(writesOf(recovered)).toEqual(["recover a 1 over 2"]);
    expect(recovered.plan.applications).toMatchObject([{ action: "recover", from: 1, changes: [] }]);
    const removed = restored([historyOf("a", [{ values: { z: "1", b: "1" } }])], {
      point: { kind: "time", time: day(1, 1) },
    });
    expect(writesOf(removed)).toEqual(["delete a 1"]);
    expect(changesOf(removed)).toEqual(["delete a/b not-there-then", "delete a/z not-there-then"]);
    expect(removed.plan.applications).toMatchObject([{ action: "delete" }]);
  });

  test("deletes an application all of whose keys go", () => {
    const created = historyOf("a", [{ values: { k: "1" }, run: "r" }]);
    const restoration = restored([created], { point: RUN });
    expect(writesOf(restoration)).toEqual(["delete a 1"]);
    expect(restoration.plan.applications).toMatchObject([
      { application: "a", action: "delete", base: { kind: "present", version: 1 }, changes: [{ key: "k" }] },
    ]);
  });

  test("says what is lost, and what has changed since, in order", () => {
    const touched = (application: string) =>
      historyOf(application, [
        { values: { k: "1", j: "1" } },
        { values: { k: "2", j: "2" }, run: "r" },
        { values: { k: "3", j: "3" } },
      ]);
    const restoration = restored(
      [touched("b"), touched("a"), historyOf("c", [{ destroyed: true }, { values: {}, run: "r" }])],
      { point: RUN },
    );
    expect(restoration.conflicts.map(refId)).toEqual(["a/j", "a/k", "b/j", "b/k"]);
    expect(restoration.lost).toEqual([{ application: "c", reason: { kind: "before-destroyed", version: 1 } }]);
    expect(restoration.writes).toEqual([]);
    // Keys that were not requested are not reported either.
    expect(restored([touched("a")], { point: RUN, chosen: ["a/k"] }).conflicts.map(refId)).toEqual(["a/k"]);
  });
});

describe("restoring what was chosen", () => {
  const changed = (application: string) =>
    historyOf(application, [{ values: { k: "1", l: "1" } }, { values: { k: "2", l: "2" } }]);

  test("leaves other applications and other keys", () => {
    expect(writesOf(restored([changed("a"), changed("b")], { chosen: ["a/"] }))).toEqual([
      { a: { k: "1", l: "1" }, cas: 2 },
    ]);
    expect(writesOf(restored([changed("a"), changed("b")], { chosen: ["b/l"] }))).toEqual([
      { b: { k: "2", l: "1" }, cas: 2 },
    ]);
    expect(writesOf(restored([changed("a")], { chosen: ["a/absent"] }))).toEqual([]);
  });

  test("brings back, or takes away, an application that was chosen as a whole", () => {
    expect(writesOf(restored([historyOf("a", [{ deleted: 2 }])], { chosen: ["a/"] }))).toEqual(["undelete a 1"]);
    expect(writesOf(restored([historyOf("a", [{ deleted: 2 }])], { chosen: ["b/"] }))).toEqual([]);
    const point: RestorePoint = { kind: "time", time: day(1, 1) };
    expect(writesOf(restored([changed("a")], { chosen: ["a/"], point }))).toEqual(["delete a 2"]);
  });

  test("finds a key that only an older version held", () => {
    const history = historyOf("a", [{ values: { old: "1" } }, { values: {} }]);
    expect(changesOf(restored([history], { chosen: ["a/old"] }))).toEqual(["create a/old restored 1"]);
  });

  test("by key cannot bring back, or take away, a whole application", () => {
    const reason = (action: string, version?: number) => ({ kind: "whole-only", action, ...(version && { version }) });
    const deleted = historyOf("a", [{ values: { k: "1" } }, { deleted: 2 }]);
    const older = historyOf("a", [{ deleted: 1 }, { values: { k: "2" } }]);
    const created = historyOf("a", [{ values: { k: "1" } }]);
    const lost = (history: ApplicationHistory, point: RestorePoint) =>
      restored([history], { chosen: ["a/k"], point }).lost;
    expect(lost(deleted, { kind: "version", version: 2 })).toEqual([
      { application: "a", reason: reason("undelete", 2) },
    ]);
    expect(lost(older, VERSION_1)).toEqual([{ application: "a", reason: reason("recover", 1) }]);
    expect(lost(created, { kind: "time", time: day(1, 1) })).toEqual([{ application: "a", reason: reason("delete") }]);
    expect(lost(deleted, VERSION_1)).toEqual([]);
  });
});

describe("what is made from a restored value", () => {
  const source = historyOf("a", [{ values: { p: "1" } }, { values: { p: "2" }, run: "r" }]);
  const secrets = [password("a/p"), copy("b/p", "a/p"), copy("c/p", "b/p")];
  const holding = (application: string, p: string) => historyOf(application, [{ values: { p, own: "o" } }]);

  test("follows if it is a copy, and copies of copies do", () => {
    const restoration = restored([source, holding("b", "2"), holding("c", "2")], { secrets, point: RUN });
    expect(writesOf(restoration)).toEqual([
      { a: { p: "1" }, cas: 2 },
      { b: { p: "1", own: "o" }, cas: 1 },
      { c: { p: "1", own: "o" }, cas: 1 },
    ]);
    expect(changesOf(restoration)).toEqual([
      "update a/p restored 1",
      "update b/p source-changes a/p",
      "update c/p source-changes b/p",
    ]);
    expect(restoration.stale).toEqual([]);
  });

  test("follows over a copy that is right already", () => {
    const restoration = restored([source, holding("b", "1"), holding("c", "2")], { secrets, point: RUN });
    expect(writesOf(restoration)).toEqual([
      { a: { p: "1" }, cas: 2 },
      { c: { p: "1", own: "o" }, cas: 1 },
    ]);
  });

  test("follows over what somebody has written since, which then does not keep its value", () => {
    const since = historyOf("b", [{ values: { p: "1" } }, { values: { p: "2" }, run: "r" }, { values: { p: "3" } }]);
    const restoration = restored([source, since], { secrets, point: RUN });
    expect(changesOf(restoration)).toEqual(["update a/p restored 1", "update b/p source-changes a/p"]);
    expect(restoration.conflicts).toEqual([]);
  });

  test("stays where its source was not chosen, is not as it was, or goes", () => {
    const two = historyOf("a", [{ values: { p: "1", q: "1" } }, { values: { p: "2", q: "2" } }]);
    const copies = [password("a/p"), password("a/q"), copy("b/q", "a/q")];
    const other = historyOf("b", [{ values: { q: "3" } }]);
    expect(writesOf(restored([two, other], { secrets: copies, chosen: ["a/p"] }))).toEqual([
      { a: { p: "1", q: "2" }, cas: 2 },
    ]);
    const created = historyOf("a", [{ values: { p: "1" } }, { values: { p: "1", q: "2" }, run: "r" }]);
    const gone = restored([created, other], { secrets: copies, point: RUN });
    expect(changesOf(gone)).toEqual(["delete a/q not-there-then"]);
    expect(gone.stale).toEqual([]);
  });

  test("is created where the copy was missing", () => {
    const restoration = restored([source, historyOf("b", [{ values: {} }])], { secrets, point: RUN });
    expect(changesOf(restoration)).toEqual(["update a/p restored 1", "create b/p source-changes a/p"]);
  });

  test("follows although the source was restored before, by a run that was interrupted", () => {
    const before = historyOf("a", [{ values: { p: "1" } }, { values: { p: "2" } }, { values: { p: "1" } }]);
    const restoration = restored([before, holding("b", "2")], { secrets, chosen: ["a/"] });
    expect(writesOf(restoration)).toEqual([{ b: { p: "1", own: "o" }, cas: 1 }]);
    expect(changesOf(restoration)).toEqual(["update b/p copy-differs a/p"]);
  });

  test("stays where its application has no readable version, or is not known", () => {
    const restoration = restored([source, historyOf("b", [{ deleted: 1 }])], { secrets, point: RUN });
    expect(writesOf(restoration)).toEqual([{ a: { p: "1" }, cas: 2 }]);
  });

  test("stays where the application comes back as a whole", () => {
    const both = [
      historyOf("a", [{ values: { p: "1" } }, { values: { p: "2" } }]),
      historyOf("b", [{ deleted: 1 }, { values: { p: "2" } }]),
    ];
    expect(writesOf(restored(both, { secrets }))).toEqual([{ a: { p: "1" }, cas: 2 }, "recover b 1 over 2"]);
  });

  test("comes from a version of its own if it is no copy", () => {
    const histories = [
      historyOf("a", [{ values: { p: "1" } }, { values: { p: "2" }, run: "r" }]),
      historyOf("b", [
        { values: { own: "o" } },
        { values: { own: "o", url: "1" } },
        { values: { own: "o", url: "2" }, run: "r" },
      ]),
    ];
    const own = [password("a/p"), template("b/url", ref("a/p"))];
    expect(changesOf(restored(histories, { secrets: own, point: RUN, chosen: ["a/p", "b/own"] }))).toEqual([
      "update a/p restored 1",
      "update b/url restored 2",
    ]);
  });

  test("is stale where only a generator could make it, and no value of that time is there", () => {
    const derived = [password("a/p"), hash("a/h", "p"), template("b/url", ref("a/p")), hash("a/absent", "p")];
    const histories = [
      historyOf("a", [{ values: { p: "1", h: "h" } }, { values: { p: "2", h: "h" }, run: "r" }]),
      historyOf("b", [{ values: { url: "2" } }]),
    ];
    const restoration = restored(histories, { secrets: derived, point: RUN });
    expect(restoration.stale.map(refId)).toEqual(["a/h", "b/url"]);
    expect(writesOf(restoration)).toEqual([{ a: { p: "1", h: "h" }, cas: 2 }]);
  });

  test("is stale once, however many of its sources come back, and not where none of them changes", () => {
    const derived = [password("a/p"), password("a/q"), template("b/url", ref("a/p"), ":", ref("a/q"))];
    const values = [1, 2].map((i) => ({ values: { p: `${i}`, q: `${i}` } }));
    const made = historyOf("b", [{ values: { url: "2:2" } }]);
    const options = { secrets: derived, chosen: ["a/"] };
    expect(restored([historyOf("a", values), made], options).stale.map(refId)).toEqual(["b/url"]);
    const before = historyOf("a", [...values, ...values.slice(0, 1)]);
    expect(restored([before, made], options)).toMatchObject({ stale: [], writes: [] });
  });

  test("is named in order where it is stale", () => {
    const derived = [password("a/p"), password("a/q"), template("z/url", ref("a/p")), hash("a/h", "q")];
    const history = historyOf("a", [{ values: { p: "1", q: "1" } }, { values: { p: "2", q: "2", h: "2" } }]);
    const { stale } = restored([history, historyOf("z", [{ values: { url: "2" } }])], {
      secrets: derived,
      chosen: ["a/p", "a/q"],
    });
    expect(stale.map(refId)).toEqual(["a/h", "z/url"]);
  });

  test("comes back with its source where both are restored", () => {
    const derived = [password("a/p"), hash("a/h", "p"), hash("a/same", "p")];
    const history = historyOf("a", [
      { values: { p: "1", h: "h1", same: "s" } },
      { values: { p: "2", h: "h2", same: "s" } },
    ]);
    const whole = restored([history], { secrets: derived });
    expect(writesOf(whole)).toEqual([{ a: { p: "1", h: "h1", same: "s" }, cas: 2 }]);
    expect(whole.stale).toEqual([]);
    // Only the password was chosen: its hash from that time exists too, and is restored with it.
    const chosen = restored([history], { secrets: derived, chosen: ["a/p"] });
    expect(writesOf(chosen)).toEqual([{ a: { p: "1", h: "h1", same: "s" }, cas: 2 }]);
    expect(changesOf(chosen)).toEqual(["update a/h restored 1", "update a/p restored 1"]);
  });

  test("is left alone where its source does not change", () => {
    const derived = [statically("a/s"), hash("a/h", "s")];
    const history = historyOf("a", [{ values: { s: "1", h: "h1" } }, { values: { s: "1", h: "h2" } }]);
    const restoration = restored([history], { secrets: derived, chosen: ["a/s"] });
    expect(restoration.writes).toEqual([]);
    expect(restoration.stale).toEqual([]);
  });
});

describe("what Vault holds afterwards", () => {
  const afterwards = (restoration: Restoration) =>
    Object.fromEntries(
      [...restoration.after].map(([name, state]) => [
        name,
        state.kind === "present" ? revealed(state.values) : state.kind,
      ]),
    );

  test("is what is written, and what stays; nothing is said of what comes or goes as a whole", () => {
    const restoration = restored([
      historyOf("written", [{ values: { k: "1" } }, { values: { k: "2" } }]),
      historyOf("same", [{ values: { k: "1" } }]),
      historyOf("undeleted", [{ deleted: 1 }]),
      historyOf("lost", [{ destroyed: true }]),
    ]);
    expect(afterwards(restoration)).toEqual({ written: { k: "1" }, same: { k: "1" } });
    expect(restoration.after.get("written")).toMatchObject({
      kind: "present",
      version: 2,
      createdTime: day(2).toISOString(),
    });
  });
});
