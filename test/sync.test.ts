import fc from "fast-check";
import { openTransport } from "../src/http/transport.js";
import { describe, expect, test } from "vitest";
import { ServerError } from "../src/errors.js";
import { computePlan } from "../src/operations/compute-plan.js";
import { InterruptedRun } from "../src/operations/converge.js";
import { replacedVersions, undoLimits } from "../src/operations/undo-limits.js";
import { undoWarning } from "../src/model/undo-limit.js";
import { lineOf } from "../src/render/diagnostic.js";
import { recordWrite } from "../src/operations/record.js";
import { countingPorts } from "./support/memory-vault.js";
import { openKv } from "./support/kv.js";
import type { Fate, ProxiedRequest } from "./support/proxy.js";
import { EVERYTHING_UNKNOWN } from "./support/model.js";
import { denying, HOOKS, VAULT_NAME, type Scene, targetOf, sync as syncWithHooks } from "./support/scene.js";
import { password, scenesForEach, TWO } from "./support/scenes.js";

const sync = (
  session: Scene["session"],
  target: ReturnType<typeof targetOf>,
  ports: ReturnType<typeof countingPorts>,
) => syncWithHooks(session, target, ports, HOOKS);
const open = scenesForEach();
const isWrite = ({ method, path }: ProxiedRequest): boolean => method === "POST" && path.startsWith("secret/data/");
/** The fate of the first request that matches; all others pass. */
const once = (
  matches: (request: ProxiedRequest) => boolean,
  fate: Fate | ((request: ProxiedRequest) => Promise<Fate>),
) => {
  let done = false;
  return async (request: ProxiedRequest): Promise<Fate> => {
    if (done || !matches(request)) return "pass";
    done = true;
    return typeof fate === "function" ? fate(request) : fate;
  };
};

describe("requests", () => {
  test("an audit and a sync without changes make one LIST and one GET per application", async () => {
    const scene = await open({ applications: TWO });
    await sync(scene.session, targetOf(scene.environment), countingPorts());
    const before = scene.proxy.requests.length;
    await computePlan(scene.session, targetOf(scene.environment));
    const audited = scene.proxy.requests.slice(before).map(({ method, path }) => `${method} ${path}`);
    expect(audited).toEqual([
      "GET secret/metadata/phalanx/test/?list=true",
      "GET secret/data/phalanx/test/copier",
      "GET secret/data/phalanx/test/origin",
    ]);
    const middle = scene.proxy.requests.length;
    const result = await sync(scene.session, targetOf(scene.environment), countingPorts());
    expect(result).toEqual([]);
    expect(scene.proxy.requests.slice(middle).map(({ method, path }) => `${method} ${path}`)).toEqual(audited);
  });

  test("a first sync writes every application once, sources before copies, with check-and-set 0", async () => {
    const scene = await open({ applications: TWO });
    await sync(scene.session, targetOf(scene.environment), countingPorts());
    const writes = scene.proxy.requests.filter(isWrite).map(({ path }) => path);
    expect(writes).toEqual(["secret/data/phalanx/test/origin", "secret/data/phalanx/test/copier"]);
    expect(await scene.kv.version("origin")).toBe(1);
    expect((await scene.kv.get("copier"))?.["p"]).toBe((await scene.kv.get("origin"))?.["p"]);
  });

  test("never leave the prefix, whatever names Vault lists", async () => {
    const scene = await open({ applications: TWO });
    const name = fc
      .string({ minLength: 1, maxLength: 20, unit: "grapheme" })
      .filter((text) => !/[/\\\u0000-\u001f]|^\.{1,2}$/.test(text));
    const names = fc.sample(name, 40);
    for (const odd of names) await scene.kv.put(odd, { x: "1" }).catch(() => undefined);
    const before = scene.proxy.requests.length;
    await sync(scene.session, targetOf(scene.environment, { deletion: EVERYTHING_UNKNOWN }), countingPorts());
    const paths = scene.proxy.requests.slice(before).map(({ path }) => new URL(path, "http://x/").pathname);
    expect(paths.length).toBeGreaterThan(40);
    for (const path of paths) expect(path).toMatch(/^\/secret\/(data|metadata|delete)\/phalanx\/test\/[^/]*$/);
    expect(Object.keys((await computePlan(scene.session, targetOf(scene.environment))).plan.unknown)).toEqual([]);
  });
});

describe("a concurrent change", () => {
  test("is never overwritten: everything is read and planned again", async () => {
    const meanwhile = once(isWrite, async () => {
      await scene.kv.put("origin", { p: "somebody else's", theirs: "kept" });
      return "pass";
    });
    const scene: Scene = await open({ applications: TWO, decide: meanwhile });
    const result = await sync(scene.session, targetOf(scene.environment), countingPorts());
    expect(result).toHaveLength(2);
    const origin = await scene.kv.get("origin");
    expect(origin).toMatchObject({ p: "somebody else's", theirs: "kept" });
    expect((await scene.kv.get("copier"))?.["p"]).toBe("somebody else's");
    expect(await scene.kv.version("origin")).toBe(2);
  });

  test("that never ends is given up after fifty new plans, and the application is named", async () => {
    let count = 0;
    const scene: Scene = await open({
      applications: { origin: TWO.origin },
      decide: async (request, { kv }): Promise<Fate> => {
        if (isWrite(request)) await kv.put("origin", { theirs: `${(count += 1)}` });
        return "pass";
      },
    });
    await expect(sync(scene.session, targetOf(scene.environment), countingPorts())).rejects.toThrow(
      /origin keeps changing in Vault/,
    );
    expect(await scene.kv.get("origin")).toEqual({ theirs: "51" });
  });

  test("of a source that was only read makes the copy follow", async () => {
    const scene: Scene = await open({
      applications: TWO,
      decide: once(
        ({ method, path }) => method === "POST" && path.endsWith("/copier"),
        async () => {
          await scene.kv.set("origin", "p", "rotated meanwhile");
          return "pass";
        },
      ),
    });
    await scene.kv.put("origin", { p: "old", q: "q" });
    await sync(scene.session, targetOf(scene.environment), countingPorts());
    expect((await scene.kv.get("copier"))?.["p"]).toBe("rotated meanwhile");
  });

  test("to an application that is to be deleted survives", async () => {
    const scene: Scene = await open({
      applications: { origin: TWO.origin },
      decide: once(
        ({ path }) => path.startsWith("secret/delete/"),
        async () => {
          await scene.kv.put("retired", { new: "value" });
          return "pass";
        },
      ),
    });
    await scene.kv.put("retired", { old: "value" });
    await sync(scene.session, targetOf(scene.environment, { deletion: EVERYTHING_UNKNOWN }), countingPorts());
    expect(await scene.kv.get("retired")).toEqual({ new: "value" });
  });

  test("by eight syncs at once ends as if one had run", async () => {
    const scene = await open({ applications: TWO });
    const ports = countingPorts();
    const results = await Promise.allSettled(
      Array.from({ length: 8 }, () => sync(scene.session, targetOf(scene.environment), ports)),
    );
    expect(results.filter(({ status }) => status === "rejected")).toEqual([]);
    const { plan } = await computePlan(scene.session, targetOf(scene.environment));
    expect(plan.applications).toEqual([]);
    expect(await scene.kv.version("origin")).toBe(1);
    expect(await scene.kv.version("copier")).toBe(1);
  });
});

describe("a lost answer", () => {
  test.each(["reset-after", "cut"] as const)(
    "to a write that was carried out (%s) is recognised, not repeated",
    async (fate) => {
      const scene = await open({ applications: TWO, decide: once(isWrite, fate) });
      const result = await sync(scene.session, targetOf(scene.environment), countingPorts());
      expect(result).toMatchObject([{ version: 1 }, { version: 1 }]);
      expect(await scene.kv.version("origin")).toBe(1);
    },
  );

  test.each([
    ["reset-before" as const],
    [{ status: 500, body: '{"errors":["internal error"]}' }],
    [{ status: 429, body: "" }],
  ])("to a write that was not carried out (%j) is followed by that write", async (fate) => {
    const scene = await open({ applications: TWO, decide: once(isWrite, fate) });
    await sync(scene.session, targetOf(scene.environment), countingPorts());
    expect(await scene.kv.version("origin")).toBe(1);
    expect(scene.waits).toEqual([200]);
  });

  test.each(["GET", "POST"])("to a %s is waited for as long as the server asks", async (wanted) => {
    const scene = await open({
      applications: TWO,
      decide: once(({ method, path }) => method === wanted && path.startsWith("secret/data/"), {
        status: 429,
        body: "",
        headers: { "retry-after": "7" },
      }),
    });
    await sync(scene.session, targetOf(scene.environment), countingPorts());
    expect(scene.waits).toEqual([7000]);
  });

  const QUOTA = '{"errors":["request path \\"secret/data/x\\": rate limit quota exceeded"]}';

  test.each(["GET", "POST"])("to a %s is asked for many times where a quota is used up", async (wanted) => {
    let refusals = 0;
    const scene = await open({
      applications: TWO,
      decide: ({ method, path }) =>
        method === wanted && path.startsWith("secret/data/") && ++refusals <= 20
          ? { status: 429, body: QUOTA }
          : "pass",
    });
    expect(await sync(scene.session, targetOf(scene.environment), countingPorts())).toHaveLength(2);
    expect(scene.waits).toHaveLength(20);
    expect(Math.max(...scene.waits)).toBe(1000);
  });

  test("whose repetition the server wants only after an hour ends the run at once", async () => {
    const scene = await open({
      applications: TWO,
      decide: () => ({ status: 429, body: '{"errors":["quota"]}', headers: { "retry-after": "3600" } }),
    });
    await expect(sync(scene.session, targetOf(scene.environment), countingPorts())).rejects.toThrow(
      /status 429: quota/,
    );
    expect(scene.waits).toEqual([]);
  });

  test.each(["reset-after", "cut", { status: 502, body: "<html>", applied: true }] as const)(
    "to a purge (%j) is told from one that was not carried out",
    async (fate) => {
      const scene = await open({
        applications: TWO,
        decide: once(({ method }) => method === "DELETE", fate),
      });
      await sync(scene.session, targetOf(scene.environment), countingPorts());
      await scene.kv.put("stranger", { x: "1" });
      const deletion = { ...EVERYTHING_UNKNOWN, purge: true };
      const result = await sync(scene.session, targetOf(scene.environment, { deletion }), countingPorts());
      expect(result).toMatchObject([{ write: { kind: "purge", application: "stranger" } }]);
      expect(await scene.kv.version("stranger")).toBe(0);
    },
  );

  test("to a write, with somebody else's write after it, loses neither", async () => {
    const scene: Scene = await open({
      applications: { origin: TWO.origin },
      decide: once(isWrite, async () => {
        await scene.kv.put("origin", { theirs: "1" });
        return "reset-before";
      }),
    });
    await sync(scene.session, targetOf(scene.environment), countingPorts());
    expect(Object.keys((await scene.kv.get("origin")) ?? {}).sort()).toEqual(["p", "q", "theirs"]);
  });

  test("that stays lost ends the run and says what was written before", async () => {
    const scene = await open({
      applications: TWO,
      decide: ({ path }) => (path === "secret/data/phalanx/test/copier" ? "reset-before" : "pass"),
    });
    const error = await sync(scene.session, targetOf(scene.environment), countingPorts()).catch(
      (caught: unknown) => caught,
    );
    expect(error).toBeInstanceOf(InterruptedRun);
    expect((error as InterruptedRun).applied.map(({ write }) => write.application)).toEqual(["origin"]);
    expect((error as InterruptedRun).exitCode).toBe(1);
  });
});

describe("a write whose fate nobody can tell", () => {
  const html = "<html>hunter2</html>";
  test.each([
    ["the server is gone afterwards", "reset-before", /ECONNRESET/],
    ["a proxy answers with a page", { status: 504, body: html }, /status 504/],
    ["the server is busy", { status: 503, body: "" }, /status 503/],
    ["the request timed out", { status: 408, body: "{}" }, /status 408/],
  ] as const)("(%s) never looks like nothing was written", async (_, later, message) => {
    let lost = false;
    const scene = await open({
      applications: { origin: TWO.origin },
      decide: (request) => {
        if (lost) return later;
        lost = isWrite(request);
        return lost ? "reset-after" : "pass";
      },
    });
    const error: unknown = await sync(scene.session, targetOf(scene.environment), countingPorts()).catch(
      (caught: unknown) => caught,
    );
    expect(error).toMatchObject({ exitCode: 1, message: expect.stringMatching(message) });
    expect(error).toMatchObject({ message: expect.stringContaining("whether origin was written is unknown") });
    expect((error as Error).message).not.toContain("hunter2");
    expect(await scene.kv.version("origin")).toBe(1);
  });

  test("is not in doubt where no connection came about", async () => {
    const scene = await open({ applications: { origin: TWO.origin } });
    const gone = {
      ...scene.session,
      transport: (request: Parameters<typeof scene.session.transport>[0]) =>
        request.method === "POST" ? unreachable(request) : scene.session.transport(request),
    };
    const { request: unreachable, close } = await openTransport({
      server: VAULT_NAME,
      url: "http://127.0.0.1:1",
      maxConnections: 1,
      timeout: 1000,
    });
    const error: unknown = await sync(gone, targetOf(scene.environment), countingPorts()).catch(
      (caught: unknown) => caught,
    );
    close();
    expect(error).toMatchObject({ exitCode: 2, message: "Cannot reach Vault at http://127.0.0.1:1 (ECONNREFUSED)" });
  });
});

describe("an operator who interrupts", () => {
  test("gets what is under way finished, and is told what was and what was not written", async () => {
    const stop = new AbortController();
    const scene = await open({
      applications: TWO,
      decide: (request) => {
        if (isWrite(request)) stop.abort();
        return "pass";
      },
    });
    const hooks = { ...HOOKS, signal: stop.signal };
    const error: unknown = await syncWithHooks(
      scene.session,
      targetOf(scene.environment),
      countingPorts(),
      hooks,
    ).catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      message: "Interrupted. Not written: copier",
      exitCode: 1,
      applied: [{ version: 1 }],
    });
    expect(await scene.kv.version("copier")).toBe(0);
  });

  test("before the first write is told that nothing was written", async () => {
    const scene = await open({ applications: TWO });
    const hooks = { ...HOOKS, signal: AbortSignal.abort() };
    await expect(
      syncWithHooks(scene.session, targetOf(scene.environment), countingPorts(), hooks),
    ).rejects.toMatchObject({ message: "Interrupted: nothing was written", exitCode: 2 });
    expect(scene.proxy.requests.filter(isWrite)).toEqual([]);
  });
});

describe("a value that turns out to be too long for what is made from it", () => {
  test("ends the run before anything is written", async () => {
    const secrets =
      "p: {description: x, generate: {type: random, length: 72, charset: öa}}\nh: {description: x, generate: {type: bcrypt-password-hash, source: p}}\n";
    const scene = await open({ applications: { app: { secrets } } });
    await expect(sync(scene.session, targetOf(scene.environment), countingPorts())).rejects.toMatchObject({
      diagnostic: { code: "plan-unresolved" },
      exitCode: 2,
    });
    expect(scene.proxy.requests.filter(isWrite)).toEqual([]);
  });
});

describe("several writes that fail", () => {
  test("are all reported", async () => {
    const applications = { a: { secrets: password("p") }, b: { secrets: password("p") } };
    const scene = await open({
      applications,
      decide: denying((request) => isWrite(request)),
    });
    const error: unknown = await sync(scene.session, targetOf(scene.environment), countingPorts()).catch(
      (caught: unknown) => caught,
    );
    expect(error).toMatchObject({ message: "2 writes failed", exitCode: 2 });
    expect((error as InterruptedRun).problems.map(lineOf)).toEqual([
      'Permission denied: the Vault token lacks the capability "create" on secret/data/phalanx/test/a',
      'Permission denied: the Vault token lacks the capability "create" on secret/data/phalanx/test/b',
    ]);
  });
});

describe("an excluded application", () => {
  test("breaks a cycle: what Vault holds of it is copied", async () => {
    const applications = {
      a: { secrets: "x: {copy: {application: b, key: x}}\n" },
      b: { secrets: "x: {copy: {application: a, key: x}}\n" },
    };
    const scene = await open({ applications });
    await scene.kv.put("b", { x: "held by Vault" });
    await sync(scene.session, targetOf(scene.environment, { exclude: new Set(["b"]) }), countingPorts());
    expect(await scene.kv.get("a")).toEqual({ x: "held by Vault" });
  });
});

describe("reading", () => {
  test("an older version than this run has written comes from a stale standby, and is not believed", async () => {
    const stale = { status: 404, body: '{"errors":[]}' };
    let [conflicted, answers] = [false, 0];
    const scene = await open({
      applications: TWO,
      decide: async (request, { kv }) => {
        if (request.method === "POST" && request.path.endsWith("/copier") && !conflicted) {
          conflicted = true;
          await kv.put("copier", { theirs: "1" });
        }
        const lagging =
          conflicted && request.method === "GET" && request.path.endsWith("/origin") && (answers += 1) < 3;
        return lagging ? stale : "pass";
      },
    });
    await sync(scene.session, targetOf(scene.environment), countingPorts());
    expect(await scene.kv.version("origin")).toBe(1);
    expect((await scene.kv.get("copier"))?.["p"]).toBe((await scene.kv.get("origin"))?.["p"]);
  });

  test.each([
    ["a page of a proxy", { status: 200, body: "<html>hunter2</html>" }, /is not JSON/],
    ["a 404 of something else", { status: 404, body: '{"message":"hunter2"}' }, /Listing|KV version 2/],
    ["a redirect", { status: 307, body: "", headers: { location: "http://127.0.0.1:1/" } }, /redirect/],
    ["a sealed server", { status: 503, body: '{"errors":["Vault is sealed"]}' }, /is sealed/],
    ["errors that last", { status: 500, body: '{"errors":["no luck"]}' }, /500.*no luck/],
    ["an answer of another shape", { status: 200, body: '{"data":{"keys":"hunter2"}}' }, /Listing/],
  ])("stops at %s, without a word of it that could be a value", async (_, fate, message) => {
    const scene = await open({ applications: TWO, decide: ({ path }) => (path.includes("list=true") ? fate : "pass") });
    const error: unknown = await sync(scene.session, targetOf(scene.environment), countingPorts()).catch(
      (caught: unknown) => caught,
    );
    expect(error).toBeInstanceOf(InterruptedRun);
    expect((error as Error).message).toMatch(message);
    expect((error as Error).message).not.toContain("hunter2");
    expect(await scene.kv.version("origin")).toBe(0);
  });

  test("repeats what failed for a moment", async () => {
    const scene = await open({
      applications: TWO,
      decide: once(({ method }) => method === "GET", { status: 502, body: "" }),
    });
    expect((await computePlan(scene.session, targetOf(scene.environment))).plan.applications).toHaveLength(2);
  });
});

describe("permissions", () => {
  const tokenWith =
    (policy: string) =>
    async (vault: { url: string; rootToken: string }): Promise<string> => {
      const kv = openKv(vault.url, vault.rootToken, "secret/x");
      await kv.call("PUT", "sys/policies/acl/limited", { policy });
      const { body } = await kv.call("POST", "auth/token/create", { policies: ["limited"] });
      return (body as { auth: { client_token: string } }).auth.client_token;
    };
  const data = 'path "secret/data/phalanx/test/+" { capabilities = ["create", "read", "update"] }';

  test("a token that may not list is an error that names the capability and the path", async () => {
    const scene = await open({ applications: TWO, token: tokenWith(data) });
    await expect(sync(scene.session, targetOf(scene.environment), countingPorts())).rejects.toThrow(
      'lacks the capability "list" on secret/metadata/phalanx/test/',
    );
  });

  test("--assume-empty writes what is not there and overwrites nothing", async () => {
    const scene = await open({ applications: TWO, token: tokenWith(data) });
    await scene.kv.put("origin", { p: "kept" });
    await sync(scene.session, targetOf(scene.environment, { assumeEmpty: true }), countingPorts());
    expect((await scene.kv.get("origin"))?.["p"]).toBe("kept");
    expect((await scene.kv.get("copier"))?.["p"]).toBe("kept");
  });

  test("a token that may not write says which capability it lacks, and where", async () => {
    const read =
      'path "secret/data/phalanx/test/+" { capabilities = ["read"] } path "secret/metadata/phalanx/test/+" { capabilities = ["list"] }';
    const scene = await open({ applications: { origin: TWO.origin }, token: tokenWith(read) });
    await expect(sync(scene.session, targetOf(scene.environment), countingPorts())).rejects.toThrow(
      'lacks the capability "create" on secret/data/phalanx/test/origin',
    );
  });
});

describe("a mount that is not KV version 2", () => {
  test.each([
    ["KV version 1", { type: "kv", options: { version: "1" } }, /is not KV version 2/],
    ["absent", undefined, /has no mount "secret"/],
  ])("(%s) is refused before anything is written", async (_, mount, message) => {
    const scene = await open({ applications: TWO });
    await scene.kv.call("DELETE", "sys/mounts/secret");
    if (mount) await scene.kv.call("POST", "sys/mounts/secret", mount);
    // On KV version 1, something that looks like our prefix may be listed.
    if (mount) await scene.kv.call("POST", "secret/metadata/phalanx/test/zz", { a: "b" });
    const error: unknown = await sync(scene.session, targetOf(scene.environment), countingPorts()).catch(
      (caught: unknown) => caught,
    );
    expect(error).toBeInstanceOf(InterruptedRun);
    expect((error as InterruptedRun).cause).toBeInstanceOf(ServerError);
    expect((error as Error).message).toMatch(message);
    expect(scene.proxy.requests.filter(isWrite)).toEqual([]);
  });
});

describe("a plan", () => {
  test("makes no request that an audit does not make, but one metadata read for each application that changes", async () => {
    const scene = await open({ applications: TWO });
    await sync(scene.session, targetOf(scene.environment), countingPorts());
    await scene.kv.set("origin", "p", "drifted");
    const count = async (work: () => Promise<unknown>): Promise<string[]> => {
      const before = scene.proxy.requests.length;
      await work();
      return scene.proxy.requests.slice(before).map(({ method, path }) => `${method} ${path}`);
    };
    const audit = await count(() => computePlan(scene.session, targetOf(scene.environment)));
    const plan = await count(async () => {
      const computed = await computePlan(scene.session, targetOf(scene.environment));
      await replacedVersions(scene.session, scene.environment, computed.plan);
    });
    expect(plan).toEqual([...audit, "GET secret/metadata/phalanx/test/copier"]);
  });

  test("warns of what its writes push out of the history", async () => {
    const scene = await open({ applications: TWO });
    await sync(scene.session, targetOf(scene.environment), countingPorts());
    await scene.kv.call("POST", "secret/metadata/phalanx/test/copier", { max_versions: 2 });
    for (const value of ["1", "2"]) await scene.kv.set("copier", "p", value);
    const { plan } = await computePlan(scene.session, targetOf(scene.environment));
    const limits = undoLimits(plan, await replacedVersions(scene.session, scene.environment, plan));
    expect(limits.map((limit) => lineOf(undoWarning(limit)))).toEqual([
      expect.stringMatching(
        /^copier: version 2, the oldest, is pushed out by this; restore can then go back only to version 3 /,
      ),
    ]);
  });
});

describe("provenance", () => {
  test("keeps what others put into the custom metadata, and is never needed", async () => {
    const scene = await open({
      applications: { origin: TWO.origin },
      decide: ({ method, path }) => (method === "POST" && path.includes("/metadata/") ? fate : "pass"),
    });
    let fate: Fate = "pass";
    const run = { id: "r1", environment: "test", commit: "650a0ef", tool: "0", command: "", by: "", reason: "" };
    const record = (applied: Parameters<typeof recordWrite>[3]) =>
      recordWrite(scene.session, scene.environment, run, applied);
    await syncWithHooks(scene.session, targetOf(scene.environment), countingPorts(), { ...HOOKS, onApplied: record });
    const metadata = async (): Promise<unknown> =>
      (
        (await scene.kv.call("GET", "secret/metadata/phalanx/test/origin")).body as {
          data: { custom_metadata: unknown };
        }
      ).data.custom_metadata;
    expect(await metadata()).toEqual({
      "phalanx.environment": "test",
      "phalanx.writers": "1|r1|650a0ef|0",
      "phalanx.keys": "p|password|1 q|password|1",
    });
    await scene.kv.call("POST", "secret/metadata/phalanx/test/origin", {
      custom_metadata: { note: "theirs", ...((await metadata()) as object) },
    });
    await scene.kv.unset("origin", "p");
    await syncWithHooks(scene.session, targetOf(scene.environment), countingPorts(), { ...HOOKS, onApplied: record });
    expect(await metadata()).toEqual({
      note: "theirs",
      "phalanx.environment": "test",
      "phalanx.writers": "3|r1|650a0ef|0 1|r1|650a0ef|0",
      "phalanx.keys": "p|password|3 q|password|1",
    });

    fate = { status: 403, body: '{"errors":["1 error occurred:\\n\\t* permission denied\\n\\n"]}' };
    await scene.kv.unset("origin", "p");
    await expect(
      syncWithHooks(scene.session, targetOf(scene.environment), countingPorts(), {
        ...HOOKS,
        onApplied: (applied) => record(applied).catch(() => undefined),
      }),
    ).resolves.toHaveLength(1);
    expect((await scene.kv.get("origin"))?.["p"]).toBeDefined();
  });
});
