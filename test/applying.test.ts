import { diagnostic } from "../src/model/diagnostics/index.js";
import { describe, expect, test } from "vitest";
import type { Target } from "../src/model/target.js";
import { PhalanxError } from "../src/errors.js";
import { decodeProvenance } from "../src/model/provenance.js";
import { InterruptedRun } from "../src/operations/converge.js";
import type { AppliedWrite } from "../src/operations/apply-plan.js";
import { adopt, describeKey, recordWrite } from "../src/operations/record.js";
import { prepareRestoration } from "../src/operations/restore.js";
import type { RestoreTarget } from "../src/secrets/restore.js";
import { closure } from "../src/secrets/dependents.js";
import {
  EVERYTHING_UNKNOWN,
  copy,
  environmentOf,
  generated,
  hash,
  password as passwordSecret,
  sourceOf,
  statically,
} from "./support/model.js";
import { countingPorts } from "./support/memory-vault.js";
import type { Fate, ProxiedRequest } from "./support/proxy.js";
import { denying, applyRestoration, HOOKS, type Scene, targetOf, sync, type SyncHooks } from "./support/scene.js";
import { password, scenesForEach, TWO } from "./support/scenes.js";

const open = scenesForEach();
const posts =
  (application: string) =>
  ({ method, path }: ProxiedRequest): boolean =>
    method === "POST" && path === `secret/data/phalanx/test/${application}`;
/** Something that somebody else does right before the first matching request, and what then becomes of that one. */
const before = (
  matches: (request: ProxiedRequest) => boolean,
  act: (request: ProxiedRequest) => Promise<unknown>,
  fate: Fate = "pass",
) => {
  let done = false;
  return async (request: ProxiedRequest): Promise<Fate> => {
    if (!done && matches(request)) {
      done = true;
      await act(request);
      return fate;
    }
    return "pass";
  };
};
const run = (scene: Scene, target: Partial<Target> = {}, hooks: Partial<SyncHooks> = {}) =>
  sync(scene.session, targetOf(scene.environment, target), countingPorts(), { ...HOOKS, ...hooks });
const failed = async (work: Promise<unknown>): Promise<InterruptedRun> => {
  const error: unknown = await work.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  expect(error).toBeInstanceOf(InterruptedRun);
  return error as InterruptedRun;
};

describe("a plan that was approved", () => {
  test("does not grow: a key that somebody takes away meanwhile is not written, and named", async () => {
    const scene: Scene = await open({
      applications: TWO,
      decide: before(posts("copier"), async () => {
        await scene.kv.put("copier", { theirs: "1" });
        await scene.kv.unset("origin", "q");
      }),
    });
    await scene.kv.put("origin", { p: "p", q: "q" });
    const error = await failed(run(scene));
    expect(error).toMatchObject({
      message: "Vault changed during the run, and more would have to change than was planned: origin/q",
      hint: "Run an audit or a plan to see it, then run the command again.",
      exitCode: 2,
      applied: [],
    });
    expect(await scene.kv.get("origin")).toEqual({ p: "p" });
  });

  test("allows its copies to follow, in applications that needed no write", async () => {
    const applications = {
      origin: { secrets: "s: {description: x}\n" },
      copier: { secrets: "s: {copy: {application: origin, key: s}}\n" },
    };
    const scene: Scene = await open({
      applications,
      decide: before(posts("origin"), () => scene.kv.put("copier", { s: "theirs" })),
    });
    await scene.kv.put("origin", { s: "old" });
    await scene.kv.put("copier", { s: "new" });
    const applied = await run(scene, { staticSecrets: sourceOf({ "origin/s": "new" }) });
    expect(applied.map(({ write }) => write.application)).toEqual(["origin", "copier"]);
    expect(await scene.kv.get("copier")).toEqual({ s: "new" });
  });

  test("looks at copies again that an earlier plan of the run has written, when it writes their source once more", async () => {
    const applications = {
      origin: { secrets: "s: {description: x}\n" },
      copier: { secrets: "s: {copy: {application: origin, key: s}}\n" },
    };
    const posted: string[] = [];
    let crossed = false;
    const scene: Scene = await open({
      applications,
      decide: async (request): Promise<Fate> => {
        const name = ["origin", "copier"].find((application) => posts(application)(request));
        if (name !== undefined) posted.push(name);
        if (name === undefined && posted.join() === "origin,copier" && !crossed) {
          crossed = true;
          await scene.kv.put("origin", { s: "theirs" });
        }
        if (name === "origin" && posted.length === 3) await scene.kv.put("copier", { s: "theirs" });
        return "pass";
      },
    });
    await scene.kv.put("origin", { s: "old" });
    await scene.kv.put("copier", { s: "old" });
    await run(scene, { staticSecrets: sourceOf({ "origin/s": "new" }) });
    expect([await scene.kv.get("origin"), await scene.kv.get("copier")]).toEqual([{ s: "new" }, { s: "new" }]);
  });

  test.each([
    ["another key that nobody requires", { x: "1" }, "stranger/x"],
    ["a secret without a key", {}, "stranger"],
  ])("deletes what it said, and no more: %s", async (_, data, named) => {
    const scene: Scene = await open({
      applications: { origin: TWO.origin },
      decide: before(posts("origin"), async () => {
        await scene.kv.put("origin", { p: "theirs", old: "o" });
        await scene.kv.put("stranger", data);
      }),
    });
    await scene.kv.put("origin", { p: "p", old: "o" });
    await scene.kv.put("empty", {});
    const error = await failed(run(scene, { deletion: EVERYTHING_UNKNOWN }));
    expect(error.message).toBe(
      `Vault changed during the run, and more would have to change than was planned: ${named}`,
    );
    expect(await scene.kv.get("stranger")).toEqual(data);
  });

  test("may shrink, and still deletes what it said", async () => {
    const scene: Scene = await open({
      applications: { origin: TWO.origin },
      decide: before(posts("origin"), () => scene.kv.put("origin", { p: "theirs", q: "theirs", old: "o" })),
    });
    await scene.kv.put("origin", { p: "p", old: "o", older: "o" });
    await run(scene, { deletion: EVERYTHING_UNKNOWN });
    expect(await scene.kv.get("origin")).toEqual({ p: "theirs", q: "theirs" });
  });

  test("is not made again where that was not wanted", async () => {
    const scene: Scene = await open({
      applications: TWO,
      decide: before(posts("origin"), () => scene.kv.put("origin", { theirs: "1" })),
    });
    expect(await failed(run(scene, {}, { replan: false }))).toMatchObject({
      message: "Vault changed during the run: origin",
      hint: "Make a new plan and review it.",
      exitCode: 2,
    });
    expect(await scene.kv.get("origin")).toEqual({ theirs: "1" });
  });

  test("that must not be made again names an application only once, even if its source changed, too", async () => {
    const scene: Scene = await open({
      applications: TWO,
      decide: before(posts("copier"), async () => {
        await scene.kv.put("copier", { theirs: "1" });
        await scene.kv.set("origin", "p", "theirs");
      }),
    });
    expect((await failed(run(scene, {}, { replan: false }))).message).toBe("Vault changed during the run: copier");
  });

  test("that must not be made again names everything that has moved", async () => {
    const conflict = { status: 400, body: '{"errors":["check-and-set parameter did not match the current version"]}' };
    const single = { secrets: password("p") };
    const scene = await open({
      applications: { b: single, a: single },
      decide: ({ method }) => (method === "POST" ? conflict : "pass"),
    });
    expect((await failed(run(scene, {}, { replan: false }))).message).toBe("Vault changed during the run: a, b");
  });

  test("is applied if only the run itself wrote, whether copies have to follow or already match", async () => {
    const scene = await open({ applications: TWO });
    expect(await run(scene, {}, { replan: false })).toHaveLength(2);
    const applications = {
      origin: { secrets: "s: {description: x}\n" },
      copier: { secrets: "s: {copy: {application: origin, key: s}}\n" },
    };
    const right = await open({ applications });
    await right.kv.put("origin", { s: "old" });
    await right.kv.put("copier", { s: "new" });
    const staticSecrets = sourceOf({ "origin/s": "new" });
    expect(await run(right, { staticSecrets }, { replan: false })).toMatchObject([
      { write: { application: "origin" } },
    ]);
  });

  test("is asked for once, with what was read, before anything is generated; a refusal leaves everything", async () => {
    const scene: Scene = await open({
      applications: TWO,
      decide: before(posts("copier"), () => scene.kv.put("copier", { theirs: "1" })),
    });
    const asked: [string[], string[]][] = [];
    const approve: SyncHooks["approve"] = (plan, current) => {
      asked.push([plan.applications.map(({ application }) => application), [...current.keys()]]);
      return Promise.resolve();
    };
    await scene.kv.put("stranger", { x: "1" });
    await run(scene, {}, { approve });
    await run(scene, {}, { approve });
    expect(asked).toEqual([
      [["copier", "origin"], ["stranger"]],
      [[], ["copier", "origin", "stranger"]],
    ]);
    await scene.kv.unset("origin", "p");
    const refused = new PhalanxError(diagnostic("not-confirmed", {}));
    await expect(run(scene, {}, { approve: () => Promise.reject(refused) })).rejects.toMatchObject({
      diagnostic: { code: "not-confirmed" },
      cause: refused,
    });
    expect(await scene.kv.version("origin")).toBe(2);
  });
});

describe("a run that cannot go on", () => {
  test("says everything that is unresolved or blocked, and writes nothing", async () => {
    const scene = await open({ applications: { ...TWO, fixed: { secrets: "s: {description: x}\n" } } });
    await scene.kv.put("origin", { p: "p" });
    await scene.kv.softDelete("origin");
    const error = await failed(run(scene));
    expect(error).toMatchObject({ diagnostic: { code: "plan-unresolved" }, exitCode: 2, applied: [] });
    expect(error.problems).toMatchObject([
      { code: "secret-unresolved", subject: { application: "fixed", key: "s" } },
      { code: "application-blocked", subject: { application: "origin" } },
    ]);
    expect(await scene.kv.version("copier")).toBe(0);
  });

  test("because somebody took a static value away meanwhile says so", async () => {
    const scene: Scene = await open({
      applications: { origin: { secrets: password("p") + "s: {description: x}\n" } },
      decide: before(posts("origin"), () => scene.kv.put("origin", { theirs: "1" })),
    });
    await scene.kv.put("origin", { s: "s" });
    expect(await failed(run(scene))).toMatchObject({
      message: "Vault changed during the run, and some secrets can no longer be written",
      hint: "Run an audit to see which.",
    });
  });

  test("keeps what went wrong, its hint and its problems; with something written its exit status is 1", async () => {
    const scene = await open({
      applications: { ...TWO, third: { secrets: "p: {copy: {application: origin, key: q}}\n" } },
      decide: denying((request) => posts("copier")(request) || posts("third")(request)),
    });
    const error = await failed(run(scene));
    expect(error).toMatchObject({ message: "2 writes failed", exitCode: 1, applied: [{ version: 1 }] });
    expect(error.problems).toMatchObject([
      { code: "permission-denied", details: { capability: "create", path: "secret/data/phalanx/test/copier" } },
      { code: "permission-denied", details: { capability: "create", path: "secret/data/phalanx/test/third" } },
    ]);
    const alone = await open({ applications: TWO, decide: denying((request) => posts("origin")(request)) });
    const single = await failed(run(alone));
    expect(single).toMatchObject({ exitCode: 2, applied: [], message: expect.stringMatching(/Permission denied/) });
    expect(single.hint).toBe((single.cause as PhalanxError).hint);
    expect(single.hint).toBeDefined();
  });

  test("with one of several writes in doubt does not say that nothing was written", async () => {
    let lost = false;
    const scene = await open({
      applications: { a: { secrets: password("p") }, b: { secrets: password("p") } },
      decide: ({ method, path }) => {
        if (method === "POST" && path.endsWith("/a")) return { status: 403, body: '{"errors":["permission denied"]}' };
        if (!/\/b(\?|$)/.test(path)) return "pass";
        if (lost) return { status: 500, body: '{"errors":["down"]}' };
        lost = method === "POST";
        return lost ? "reset-after" : "pass";
      },
    });
    expect(await failed(run(scene))).toMatchObject({ message: "2 writes failed", exitCode: 1, applied: [] });
  });

  test("because of a mistake of ours shows that mistake", async () => {
    const scene = await open({ applications: TWO });
    const mistake = new TypeError("a mistake");
    await expect(run(scene, {}, { onApplied: () => Promise.reject(mistake) })).rejects.toBe(mistake);
  });

  test("because of a mistake of ours shows it although a server refuses something, too", async () => {
    const scene = await open({
      applications: { a: { secrets: password("p") }, b: { secrets: password("p") }, c: { secrets: password("p") } },
      decide: (request) =>
        posts("b")(request) ? "pass" : request.method === "POST" ? { status: 403, body: '{"errors":["no"]}' } : "pass",
    });
    const mistake = new TypeError("a mistake");
    await expect(run(scene, {}, { onApplied: () => Promise.reject(mistake) })).rejects.toBe(mistake);
  });

  test("because an application never rests names it, and what to do", async () => {
    let count = 0;
    const scene: Scene = await open({
      applications: { origin: TWO.origin },
      decide: async (request): Promise<Fate> => {
        if (posts("origin")(request)) await scene.kv.put("origin", { theirs: `${(count += 1)}` });
        return "pass";
      },
    });
    expect(await failed(run(scene))).toMatchObject({
      message: "origin keeps changing in Vault: it was planned again 50 times and not overwritten",
      hint: "Something else is writing to it. Find out what, then run the command again.",
    });
  });
});

describe("an operator who interrupts", () => {
  test("is told what is left, and how to go on", async () => {
    const stop = new AbortController();
    const third = { secrets: "p: {copy: {application: copier, key: own}}\n" };
    const scene = await open({ applications: { ...TWO, third } });
    const hooks = { signal: stop.signal, onApplied: () => Promise.resolve(stop.abort()) };
    expect(await failed(run(scene, {}, hooks))).toMatchObject({
      message: "Interrupted. Not written: copier, third",
      hint: "To make the other changes, or to undo what was done, use the commands above.",
      exitCode: 1,
    });
    const nothing = await failed(run(scene, {}, { signal: AbortSignal.abort() }));
    expect(nothing).toMatchObject({
      message: "Interrupted: nothing was written",
      hint: "Run it again when you are ready.",
    });
  });

  test.each<[string, Fate, number]>([
    ["a lost connection", "reset-before", 1],
    ["a server that asks to wait", { status: 503, body: "", headers: { "retry-after": "30" } }, 1],
    ["a quota", { status: 429, body: '{"errors":["too many"]}', headers: { "retry-after": "30" } }, 2],
  ])("has a write looked for, and not sent again: %s", async (_, fate, exitCode) => {
    const stop = new AbortController();
    const { signal } = stop;
    const scene = await open({
      applications: { origin: TWO.origin },
      decide: (request) => {
        if (!posts("origin")(request)) return "pass";
        stop.abort();
        return fate;
      },
    });
    const interrupted = { ...scene, session: { ...scene.session, signal } };
    expect(await failed(run(interrupted, {}, { signal }))).toMatchObject({ exitCode });
    expect(scene.proxy.requests.filter(posts("origin"))).toHaveLength(1);
    expect(scene.proxy.requests.at(-1)).toMatchObject({ method: "GET" });
    expect(Math.max(...scene.waits)).toBeLessThan(1000);
  });

  test("after the last write is ignored", async () => {
    const stop = new AbortController();
    let written = 0;
    const scene = await open({ applications: TWO });
    const onApplied = (): Promise<void> => {
      written += 1;
      if (written === 2) stop.abort();
      return Promise.resolve();
    };
    const hooks = { signal: stop.signal, onApplied };
    expect(await run(scene, {}, hooks)).toHaveLength(2);
  });
});

describe("a plan that is made again", () => {
  test.each([
    ["nothing at all", undefined, 0],
    ["an older version", { theirs: "0" }, 1],
  ])("does not believe a reading that lacks what the conflict showed: %s", async (_, data, version) => {
    let stale = 0;
    let before: Fate = { status: 404, body: '{"errors":[]}' };
    const scene: Scene = await open({
      applications: { origin: TWO.origin },
      decide: async (request): Promise<Fate> => {
        if (posts("origin")(request) && stale === 0) {
          await scene.kv.put("origin", { theirs: "1" });
          stale = 1;
        } else if (stale > 0 && stale < 3 && request.method === "GET" && request.path.endsWith("/origin")) {
          stale += 1;
          return before;
        }
        return "pass";
      },
    });
    if (data) {
      await scene.kv.put("origin", data);
      const { status, body } = await scene.kv.call("GET", "secret/data/phalanx/test/origin");
      before = { status, body: JSON.stringify(body) };
    }
    await run(scene);
    // The one that met the conflict, and the one that was right.
    expect(scene.proxy.requests.filter(posts("origin"))).toHaveLength(2);
    expect(await scene.kv.get("origin")).toMatchObject({ theirs: "1" });
    expect(await scene.kv.version("origin")).toBe(version + 2);
  });

  test.each([
    ["that was there", { p: "old", q: "q" }],
    ["that was missing", { q: "q" }],
  ])("gives no second new value to what it has rotated (%s), whoever has changed it since", async (_, data) => {
    const scene: Scene = await open({
      applications: TWO,
      decide: before(posts("copier"), () => scene.kv.set("origin", "p", "theirs")),
    });
    await scene.kv.put("origin", data);
    await scene.kv.put("copier", { p: "old", own: "o" });
    const p = { application: "origin", key: "p" };
    await run(scene, {
      only: { keys: closure(scene.environment, [p]), named: new Set(["origin/p"]) },
      regenerate: ({ application, key }) => application === "origin" && key === "p",
    });
    expect((await scene.kv.get("origin"))?.["p"]).toBe("theirs");
    expect((await scene.kv.get("copier"))?.["p"]).toBe("theirs");
  });

  test("keeps what was generated before", async () => {
    const scene: Scene = await open({
      applications: TWO,
      decide: before(posts("origin"), () => scene.kv.put("origin", { theirs: "1" })),
    });
    let made = 0;
    const ports = countingPorts();
    const counted = { ...ports, randomBytes: (size: number) => ((made += 1), ports.randomBytes(size)) };
    await sync(scene.session, targetOf(scene.environment), counted, HOOKS);
    expect(made).toBe(3);
  });

  test("generates nothing where nothing changes", async () => {
    const scene = await open({ applications: TWO });
    await scene.kv.put("origin", { p: "p" });
    const never = { ...countingPorts(), randomBytes: () => expect.fail("generated") };
    const target = targetOf(scene.environment, { only: { keys: new Set(["origin/p"]), named: new Set(["origin/p"]) } });
    expect(await sync(scene.session, target, never, HOOKS)).toEqual([]);
  });
});

describe("restoring", () => {
  const targetFor = (scene: Scene, version: number): RestoreTarget => ({
    environment: scene.environment,
    point: { kind: "version", version },
    chosen: undefined,
  });
  const restore = async (scene: Scene, version: number, hooks: Partial<SyncHooks> = {}) => {
    const target = targetFor(scene, version);
    return applyRestoration(scene.session, await prepareRestoration(scene.session, target), {
      ...HOOKS,
      ...hooks,
    });
  };
  /** Version 1 is deleted, version 2 is there. */
  const deletedBelow = async (scene: Scene): Promise<void> => {
    await scene.kv.put("origin", { p: "1" });
    await scene.kv.softDelete("origin");
    await scene.kv.put("origin", { p: "2" });
  };
  const isDeleted = async (scene: Scene): Promise<boolean> =>
    (await scene.kv.call("GET", "secret/data/phalanx/test/origin?version=1")).status === 404;

  test("writes an older version as a new one", async () => {
    const scene = await open({ applications: TWO });
    await scene.kv.put("origin", { p: "1" });
    await scene.kv.put("origin", { p: "2" });
    expect(await restore(scene, 1)).toMatchObject([{ version: 3 }]);
    expect(await scene.kv.get("origin")).toEqual({ p: "1" });
  });

  test("is planned again from what is there then", async () => {
    const scene: Scene = await open({
      applications: TWO,
      decide: before(posts("origin"), () => scene.kv.put("origin", { p: "2" })),
    });
    await scene.kv.put("origin", { p: "1" });
    await scene.kv.put("origin", { p: "2" });
    expect(await restore(scene, 1)).toMatchObject([{ version: 4 }]);
  });

  test("overwrites no value that somebody has written meanwhile", async () => {
    const scene: Scene = await open({
      applications: TWO,
      decide: before(posts("origin"), () => scene.kv.put("origin", { p: "3" })),
    });
    await scene.kv.put("origin", { p: "1" });
    await scene.kv.put("origin", { p: "2" });
    expect(await failed(restore(scene, 1))).toMatchObject({
      message: "Changed by somebody else in the meantime, so not overwritten: origin/p (version 3)",
      exitCode: 2,
    });
    expect(await scene.kv.get("origin")).toEqual({ p: "3" });
  });

  test("reads a deleted version by undeleting it, and deletes it again", async () => {
    const scene = await open({ applications: TWO });
    await deletedBelow(scene);
    expect(await restore(scene, 1)).toMatchObject([{ version: 3, write: { kind: "recover" } }]);
    expect(await scene.kv.get("origin")).toEqual({ p: "1" });
    expect(await isDeleted(scene)).toBe(true);
  });

  test("undeletes the latest version", async () => {
    const scene = await open({ applications: TWO });
    await scene.kv.put("origin", { p: "1" });
    await scene.kv.softDelete("origin");
    expect(await restore(scene, 1)).toMatchObject([{ version: 1, write: { kind: "undelete" } }]);
    expect(await scene.kv.get("origin")).toEqual({ p: "1" });
  });

  test("deletes the version again where writing it fails, or somebody was faster", async () => {
    let fate: Fate = { status: 400, body: '{"errors":["no room"]}' };
    const scene = await open({ applications: TWO, decide: (request) => (posts("origin")(request) ? fate : "pass") });
    await deletedBelow(scene);
    expect((await failed(restore(scene, 1))).message).toMatch(/status 400: no room/);
    expect(await isDeleted(scene)).toBe(true);
    fate = { status: 400, body: '{"errors":["check-and-set parameter did not match the current version"]}' };
    expect((await failed(restore(scene, 1))).message).toMatch(/origin keeps changing/);
    expect(await isDeleted(scene)).toBe(true);
  });

  test("of a version of which there is no trace any more says so", async () => {
    let undeleted = false;
    const scene = await open({
      applications: TWO,
      decide: ({ method, path }) => {
        undeleted ||= path.includes("/undelete/");
        const gone = undeleted && method === "GET" && path.endsWith("/origin?version=1");
        return gone ? { status: 404, body: '{"errors":[]}' } : "pass";
      },
    });
    await deletedBelow(scene);
    expect((await failed(restore(scene, 1))).message).toBe(
      "Version 1 of origin cannot be read although it was undeleted",
    );
    expect(await isDeleted(scene)).toBe(true);
  });

  test("shows a mistake of ours, though it may leave the old version readable", async () => {
    const scene = await open({ applications: TWO });
    await deletedBelow(scene);
    const mistake = new TypeError("a mistake");
    const { transport } = scene.session;
    const session: Scene["session"] = {
      ...scene.session,
      transport: (request) => (request.path.includes("/delete/") ? Promise.reject(mistake) : transport(request)),
    };
    await expect(restore({ ...scene, session }, 1)).rejects.toBe(mistake);
  });

  test("of a version that was destroyed meanwhile says so", async () => {
    const scene: Scene = await open({
      applications: TWO,
      decide: before(
        ({ path }) => path.endsWith("/undelete/phalanx/test/origin"),
        () => scene.kv.destroy("origin", 1),
      ),
    });
    await deletedBelow(scene);
    expect(await failed(restore(scene, 1))).toMatchObject({
      message: "Version 1 of origin cannot be read although it was undeleted",
      hint: "It may have been destroyed in the meantime.",
      exitCode: 1,
    });
  });

  test.each<[string, Fate, object[]]>([
    ["although it was written", "pass", [{ version: 3 }]],
    ["and was not written either", { status: 400, body: '{"errors":["no room"]}' }, []],
    [
      "and somebody was faster",
      { status: 400, body: '{"errors":["check-and-set parameter did not match the current version"]}' },
      [],
    ],
  ])("that leaves the old version readable (%s) says how to delete it", async (_, fate, applied) => {
    const refused = denying(({ path }) => path.endsWith("/delete/phalanx/test/origin"));
    const scene = await open({
      applications: TWO,
      decide: (request) => (posts("origin")(request) ? fate : refused(request)),
    });
    await deletedBelow(scene);
    const noted: AppliedWrite[] = [];
    const error = await failed(restore(scene, 1, { onApplied: (done) => Promise.resolve(void noted.push(done)) }));
    expect(error).toMatchObject({
      message: "Version 1 of origin, undeleted to be read, could not be deleted again",
      hint: "It can be read now. To delete it: vault kv delete -versions=1 secret/phalanx/test/origin",
      exitCode: 1,
      applied,
      problems: [
        {
          code: "permission-denied",
          details: { capability: "update", path: "secret/delete/phalanx/test/origin" },
        },
      ],
    });
    expect(noted).toMatchObject(applied);
    expect(await isDeleted(scene)).toBe(false);
  });
});

describe("one write", () => {
  const put = async (fate: Fate, data?: Record<string, string>): Promise<InterruptedRun> => {
    const scene = await open({
      applications: { origin: TWO.origin },
      decide: (request) => (posts("origin")(request) ? fate : "pass"),
    });
    if (data) await scene.kv.put("origin", data);
    return failed(run(scene));
  };

  test.each<[string, Fate, RegExp, number]>([
    [
      "another refusal than a conflict",
      { status: 400, body: '{"errors":["missing client token"]}' },
      /Writing secret\/data\/phalanx\/test\/origin.*status 400: missing client token/,
      2,
    ],
    [
      "a conflict that is none",
      { status: 404, body: '{"errors":["check-and-set parameter did not match the current version"]}' },
      /status 404/,
      2,
    ],
    [
      "a mount of version 1",
      { status: 204, body: "" },
      /^The mount "secret" of Vault at .* is not KV version 2; whether origin was written is unknown$/,
      1,
    ],
    [
      "success in other words",
      { status: 200, body: '{"data":{}}' },
      /status 200.*; whether origin was written is unknown$/,
      1,
    ],
    [
      "success with another number",
      { status: 201, body: '{"data":{"version":1}}' },
      /status 201.*; whether origin was written is unknown$/,
      1,
    ],
    ["success without a word", { status: 200, body: "{}" }, /; whether origin was written is unknown$/, 1],
  ])("whose answer is %s", async (_, fate, message, exitCode) => {
    const error = await put(fate);
    expect(error).toMatchObject({ message: expect.stringMatching(message), exitCode });
    if (exitCode === 2) expect(error.message).not.toMatch(/unknown/);
  });

  test("whose answer was lost is not repeated where nobody can say what became of it", async () => {
    let lost = false;
    const scene = await open({
      applications: { origin: TWO.origin },
      decide: (request) => {
        if (lost) return { status: 500, body: '{"errors":["down"]}' };
        lost = posts("origin")(request);
        return lost ? "reset-after" : "pass";
      },
    });
    expect(await failed(run(scene))).toMatchObject({
      message: expect.stringMatching(/^Reading secret\/data\/.*; whether origin was written is unknown$/),
      hint: expect.stringMatching(/the same command again: it looks at what is there before it writes\.$/),
      exitCode: 1,
    });
    expect(scene.proxy.requests.filter(posts("origin"))).toHaveLength(1);
  });

  test("that no server can have seen is known not to have been carried out", async () => {
    const scene = await open({
      applications: { origin: TWO.origin },
      decide: ({ path }) => (path.endsWith("/data/phalanx/test/origin") ? "pass-then-refuse" : "pass"),
    });
    await scene.kv.put("origin", { p: "p" });
    const error = await failed(run(scene));
    expect(error).toMatchObject({ exitCode: 2, applied: [] });
    expect(error.message).not.toMatch(/unknown/);
  });

  test("is known to be a conflict by one of several errors", async () => {
    const errors = '{"errors":["first","check-and-set parameter did not match the current version"]}';
    const scene = await open({
      applications: { origin: TWO.origin },
      decide: (request) => (posts("origin")(request) ? { status: 400, body: errors } : "pass"),
    });
    const error = await failed(run(scene, {}, { replan: false }));
    expect(error.message).toBe("Vault changed during the run: origin");
  });

  test("over a version that is there needs another capability than a first one", async () => {
    const denied = { status: 403, body: '{"errors":["1 error occurred:\\n\\t* permission denied\\n\\n"]}' };
    expect((await put(denied)).message).toMatch(/"create" on secret\/data\/phalanx\/test\/origin/);
    expect((await put(denied, { p: "p" })).message).toMatch(/"update" on secret\/data\/phalanx\/test\/origin/);
  });

  test.each([
    ["the latest", undefined, 1],
    ["below somebody else's", { theirs: "1" }, 2],
  ])("whose answer was lost is found again as %s", async (_, theirs, version) => {
    let [lost, overwritten] = [false, false];
    const scene: Scene = await open({
      applications: { origin: TWO.origin },
      decide: async (request): Promise<Fate> => {
        if (!lost && posts("origin")(request)) {
          lost = true;
          return "reset-after";
        }
        // Before it is looked at.
        if (lost && !overwritten && theirs) {
          overwritten = true;
          await scene.kv.put("origin", theirs);
        }
        return "pass";
      },
    });
    expect(await run(scene)).toMatchObject([{ version: 1, write: { application: "origin" } }]);
    expect(await scene.kv.version("origin")).toBe(version);
  });

  test.each<[string, (scene: Scene, ours: Record<string, string>) => Promise<void>]>([
    ["more keys", (scene, ours) => scene.kv.put("origin", { ...ours, more: "1" })],
    ["fewer keys", (scene, ours) => scene.kv.put("origin", { p: ours["p"] ?? "" })],
    ["other keys", (scene, ours) => scene.kv.put("origin", { p: ours["p"] ?? "", other: ours["q"] ?? "" })],
    ["another value", (scene, ours) => scene.kv.put("origin", { ...ours, q: "q" })],
    ["nothing any more", async (scene) => (await scene.kv.put("origin", {}), scene.kv.softDelete("origin"))],
  ])("of somebody else, with %s, is not taken for ours after a lost answer", async (_, act) => {
    const scene: Scene = await open({
      applications: { origin: TWO.origin },
      decide: before(
        posts("origin"),
        ({ body }) => act(scene, (JSON.parse(body) as { data: Record<string, string> }).data),
        "reset-before",
      ),
    });
    expect((await failed(run(scene, {}, { replan: false }))).message).toBe("Vault changed during the run: origin");
  });

  test("to a secret that somebody destroyed meanwhile is not made again after a lost answer", async () => {
    const scene: Scene = await open({
      applications: { origin: TWO.origin },
      decide: before(
        posts("origin"),
        () => scene.kv.call("DELETE", "secret/metadata/phalanx/test/origin"),
        "reset-before",
      ),
    });
    await scene.kv.put("origin", { p: "p" });
    expect((await failed(run(scene, {}, { replan: false }))).message).toBe("Vault changed during the run: origin");
    expect(await scene.kv.version("origin")).toBe(0);
  });

  test("is tried four times where it never comes through", async () => {
    const scene = await open({
      applications: { origin: TWO.origin },
      decide: (request) => (posts("origin")(request) ? { status: 500, body: '{"errors":["down"]}' } : "pass"),
    });
    const error = await failed(run(scene));
    expect(error).toMatchObject({
      message: expect.stringMatching(/down.*; whether origin was written is unknown/),
      exitCode: 1,
    });
    expect(scene.proxy.requests.filter(posts("origin"))).toHaveLength(4);
    // Between the requests, and between the looks after the last of them.
    expect(scene.waits).toEqual([200, 400, 800, 100, 200, 400, 800]);
  });
});

describe("the notes of a run", () => {
  const info = { id: "r1", environment: "test", commit: "650a0ef", tool: "0", command: "sync", by: "ada", reason: "" };
  const notesOf = async (scene: Scene, application: string) => {
    const { body } = await scene.kv.call("GET", `secret/metadata/phalanx/test/${application}`);
    return decodeProvenance(
      (body as { data: { custom_metadata: Record<string, string> | null } }).data.custom_metadata ?? {},
    );
  };
  const recording = (scene: Scene, id = "r1") => ({
    onApplied: (done: AppliedWrite) => recordWrite(scene.session, scene.environment, { ...info, id }, done),
  });

  test("tell of deletes and undeletes, each once, beside who wrote what", async () => {
    const scene = await open({ applications: { origin: TWO.origin } });
    await scene.kv.put("stranger", { x: "1" });
    const applied: AppliedWrite[] = [];
    const hooks = {
      onApplied: async (done: AppliedWrite) => {
        applied.push(done);
        await recording(scene).onApplied(done);
      },
    };
    await run(scene, { deletion: EVERYTHING_UNKNOWN }, hooks);
    const deletion = applied.find(({ write }) => write.kind === "delete");
    const { body } = await scene.kv.call("GET", "secret/metadata/phalanx/test/stranger");
    const { deletion_time: deleted = "" } =
      (body as { data: { versions: Record<string, { deletion_time: string }> } }).data.versions["1"] ?? {};
    // As the server dates it, and not this machine.
    const event = { kind: "delete", version: 1, time: new Date(deleted).toISOString(), run: "r1" };
    expect(await notesOf(scene, "stranger")).toMatchObject({ environment: "test", events: [event] });
    // The answer was lost, so that it is noted again; another run's is another one, and so is an undelete.
    if (deletion) {
      await recording(scene).onApplied(deletion);
      await recording(scene, "r2").onApplied(deletion);
      await recording(scene).onApplied({ ...deletion, version: 2 });
      await recording(scene).onApplied({
        version: 1,
        write: { kind: "undelete", application: "stranger", version: 1, planned: deletion.write.planned },
      });
    }
    expect((await notesOf(scene, "stranger")).events).toEqual([
      event,
      { ...event, run: "r2" },
      { ...event, version: 2, time: expect.any(String) },
      { ...event, kind: "undelete", time: expect.any(String) },
    ]);
    expect((await notesOf(scene, "origin")).writers).toEqual(
      new Map([[1, { run: "r1", commit: "650a0ef", tool: "0" }]]),
    );
  });

  test("forget versions that were pushed out of the history, and keys that are gone", async () => {
    const scene = await open({ applications: { origin: { secrets: password("p") + "s: {description: x}\n" } } });
    await scene.kv.call("POST", "secret/metadata/phalanx/test/origin", {
      max_versions: 2,
      custom_metadata: { "phalanx.keys": "old|password|1 kept|password|1" },
    });
    await scene.kv.put("origin", { old: "o" });
    const sync1 = (value: string) =>
      run(
        scene,
        { staticSecrets: sourceOf({ "origin/s": value }), deletion: EVERYTHING_UNKNOWN },
        recording(scene, value),
      );
    for (const value of ["a", "b", "c"]) await sync1(value);
    const { writers, keys, events } = await notesOf(scene, "origin");
    expect([...writers].map(([version, { run: id }]) => [version, id])).toEqual([
      [4, "c"],
      [3, "b"],
    ]);
    expect(Object.fromEntries(keys)).toEqual({
      kept: { generator: "password", changedIn: 1 },
      p: { generator: "password", changedIn: 2 },
    });
    expect(events).toEqual([]);
  });

  test("describe generated keys, and those that something is generated from", () => {
    const secrets = [
      passwordSecret("a/p"),
      statically("a/s"),
      hash("a/h", "s"),
      statically("a/plain"),
      copy("b/s", "a/p"),
      generated("b/m", { type: "mtime", source: "s" }),
      statically("c/s"),
      statically("d/only"),
    ];
    const environment = environmentOf(secrets);
    const described = (application: string, key: string) => describeKey(environment, application, key, 7);
    expect(described("a", "p")).toEqual({ generator: "password", changedIn: 7 });
    expect(described("a", "h")).toEqual({ generator: "bcrypt-password-hash", changedIn: 7 });
    expect(described("a", "s")).toEqual({ generator: "static", changedIn: 7 });
    expect(described("b", "s")).toEqual({ generator: "copy", changedIn: 7 });
    for (const [application, key] of [
      ["a", "plain"],
      ["c", "s"],
      ["a", "absent"],
      ["stranger", "p"],
      ["d", "only"],
    ] as const)
      expect(described(application, key), `${application}/${key}`).toBeUndefined();
  });

  test("of another environment become those of this one, and nothing else is touched", async () => {
    const scene = await open({ applications: { origin: TWO.origin } });
    const noted = { origin: "phalanx.environment", theirs: "note" };
    for (const [application, key] of Object.entries(noted)) {
      await scene.kv.put(application, { x: "1" });
      await scene.kv.call("POST", `secret/metadata/phalanx/test/${application}`, {
        custom_metadata: { [key]: "other", "phalanx.writers": "1|r1||0" },
      });
    }
    await run(scene, {}, recording(scene));
    await scene.kv.call("POST", "secret/metadata/phalanx/test/origin", {
      custom_metadata: { "phalanx.environment": "other", "phalanx.writers": "1|r1||0", note: "n" },
    });
    await adopt(scene.session, scene.environment);
    const posted = () =>
      scene.proxy.requests.filter(({ method, path }) => method === "POST" && path.includes("/metadata/")).length;
    const once = posted();
    expect(await notesOf(scene, "origin")).toMatchObject({
      environment: "test",
      writers: new Map([[1, { run: "r1", commit: "", tool: "0" }]]),
    });
    expect((await notesOf(scene, "theirs")).environment).toBeUndefined();
    await adopt(scene.session, scene.environment);
    expect(posted()).toBe(once);
    const empty = await open({ applications: { origin: TWO.origin } });
    await expect(adopt(empty.session, empty.environment)).resolves.toEqual({ applications: [], former: [] });
    const unlisted = await open({
      applications: { origin: TWO.origin },
      decide: denying(({ path }) => path.endsWith("?list=true")),
    });
    await expect(adopt(unlisted.session, unlisted.environment)).rejects.toThrow(/lacks the capability "list"/);
  });
});
