import { expect, test } from "vitest";
import type { Fate, ProxiedRequest } from "./support/proxy.js";
import { changed, undoCommands, type World, worldsForEach } from "./support/world.js";

/** Answers that are half true: a part is missing, or of something else than was asked for. */
const open = worldsForEach();
const APPLICATIONS = {
  origin: { secrets: "p: {description: x, generate: {type: password}}\ns: {description: x}\n" },
  copier: { secrets: "s: {copy: {application: origin, key: s}}\n" },
};
const FILES = { "static.yaml": "applications: {origin: {s: {value: a-static-value}}}\n" };
const SYNC = ["secrets", "sync", "test", "--secrets", "static.yaml"];
const data = (application: string): string => `secret/data/phalanx/test/${application}`;
const is = (method: string, path: string) => (request: ProxiedRequest) =>
  request.method === method && request.path === path;

/** An answer for a version of a secret, or its metadata, as far as a test changes it. */
interface Answer {
  data: { data?: unknown; metadata: Record<string, unknown>; [field: string]: unknown };
}

async function populated(): Promise<World> {
  const world = await open(APPLICATIONS, FILES);
  expect(await world.run(SYNC)).toMatchObject({ exit: 0 });
  return world;
}

test.each<[string, (body: Answer) => void]>([
  ["data is null", (body: Answer) => (body.data.data = null)],
  ["data is absent", (body: Answer) => delete body.data.data],
  [
    "data is null, and it is destroyed",
    (body: Answer) => ((body.data.data = null), (body.data.metadata.destroyed = true)),
  ],
])("a 200 without values is not a secret without keys: %s", async (_, by) => {
  const world = await populated();
  await world.kv.put("origin", { ...(await world.kv.get("origin")), theirs: "theirs" });
  world.intercept((request) => (is("GET", data("origin"))(request) ? changed(world, request, by) : "pass"));
  const finished = await world.run(SYNC);
  expect(await world.kv.version("origin")).toBe(2);
  expect(finished.exit).toBe(2);
});

test("a soft-deleted version whose 404 is made a 200 on the way is not generated over", async () => {
  const world = await populated();
  await world.kv.softDelete("origin");
  world.intercept((request) => (is("GET", data("origin"))(request) ? changed(world, request, () => {}, 200) : "pass"));
  const finished = await world.run(SYNC);
  expect(await world.kv.version("origin").catch(() => 1)).not.toBe(2);
  expect(finished.exit).toBe(2);
});

test("what another run wrote at the same moment is not claimed, and survives the undo", async () => {
  const world = await open({ origin: { secrets: "s: {description: x}\n" } }, FILES);
  const other = { ...world.env };
  let first = true;
  world.intercept(async (request): Promise<Fate> => {
    if (!first || !is("POST", data("origin"))(request)) return "pass";
    first = false;
    expect(await world.run(SYNC, { env: other })).toMatchObject({ exit: 0 });
    return "pass";
  });
  const second = await world.run(SYNC);
  for (const command of undoCommands(second)) await world.run([...command, "--yes"]);
  expect(await world.kv.get("origin")).toEqual({ s: "a-static-value" });
});

test("an answer of another version than was asked for is no answer", async () => {
  const world = await populated();
  expect(await world.run(["secrets", "rotate", "test", "origin/p", "--yes"])).toMatchObject({ exit: 0 });
  world.intercept((request) =>
    request.path.startsWith(`${data("origin")}?version=`)
      ? changed(world, { ...request, path: data("origin") }, () => {})
      : "pass",
  );
  const finished = await world.run(["secrets", "restore", "test", "--kv-version", "1", "origin", "--yes"]);
  expect(finished.exit).not.toBe(0);
});

test("a deletion whose time is none is reported, and can be undone", async () => {
  const world = await populated();
  await world.kv.put("stranger", { x: "theirs" });
  world.intercept((request) =>
    is("GET", "secret/metadata/phalanx/test/stranger")(request)
      ? changed(world, request, (body: Answer) => {
          for (const version of Object.values(body.data["versions"] as Record<string, { deletion_time: string }>))
            if (version.deletion_time !== "") version.deletion_time = "garbage";
        })
      : "pass",
  );
  const finished = await world.run([...SYNC, "--delete", "--yes"]);
  expect(finished.stdout + finished.stderr).toContain("stranger");
  expect(undoCommands(finished)).toHaveLength(1);
});

test("notes that cannot be read do not make another environment's secret nobody's", async () => {
  const world = await populated();
  await world.kv.put("stranger", { x: "theirs" });
  await world.kv.call("POST", "secret/metadata/phalanx/test/stranger", {
    custom_metadata: { "phalanx.environment": "elsewhere" },
  });
  world.intercept((request) =>
    is("GET", data("stranger"))(request)
      ? changed(world, request, (body: Answer) => (body.data.metadata.custom_metadata = ["x"]))
      : "pass",
  );
  await world.run([...SYNC, "--delete", "--yes"]);
  expect(await world.kv.get("stranger")).toEqual({ x: "theirs" });
});

test("custom metadata that cannot be read is not replaced", async () => {
  const world = await populated();
  await world.kv.call("POST", "secret/metadata/phalanx/test/origin", { custom_metadata: { owner: "team" } });
  world.intercept((request) =>
    is("GET", "secret/metadata/phalanx/test/origin")(request)
      ? changed(world, request, (body: Answer) => (body.data.custom_metadata = [["owner", "team"]]))
      : "pass",
  );
  await world.run(["secrets", "rotate", "test", "origin/p", "--yes"]);
  const { text } = await world.kv.call("GET", "secret/metadata/phalanx/test/origin");
  expect(text).toContain('"owner"');
});

test("a refusal of something before Vault, and a node that lags behind, are not 'nothing was written'", async () => {
  const world = await open(APPLICATIONS, FILES);
  let written = false;
  world.intercept((request) => {
    if (is("POST", data("origin"))(request) && !written) {
      written = true;
      return { status: 403, body: '{"errors":["permission denied"]}', applied: true };
    }
    return written && request.path.startsWith(`${data("origin")}?version=`)
      ? { status: 404, body: '{"errors":[]}' }
      : "pass";
  });
  const finished = await world.run(SYNC);
  expect(await world.kv.version("origin")).toBe(1);
  expect(finished.exit).not.toBe(2);
});
