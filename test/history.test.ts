import { describe, expect, test } from "vitest";
import type { HistoryEvent } from "../src/model/history.js";
import { worldsForEach, type World } from "./support/world.js";

const open = worldsForEach();
const SECRETS = "a: {description: x, generate: {type: password}}\nb: {description: x, generate: {type: password}}\n";
const APPLICATIONS = { one: { secrets: SECRETS }, two: { secrets: SECRETS }, three: { secrets: SECRETS } };

async function eventsOf(world: World, args: readonly string[]): Promise<HistoryEvent[]> {
  const { exit, stdout, stderr } = await world.run(["secrets", "history", "test", ...args, "--json"]);
  expect({ exit, stderr: stderr.replace(/^--since .*\n/, "") }).toEqual({ exit: 0, stderr: "" });
  return (JSON.parse(stdout) as { result: { events: HistoryEvent[] } }).result.events;
}

/** Runs and strangers, each several times, one of them a deletion. */
async function eventful(): Promise<World> {
  const world = await open(APPLICATIONS);
  await world.run(["secrets", "sync", "test"]);
  for (const name of ["one/a", "two/b"]) {
    await world.run(["secrets", "rotate", "test", name, "three/a", "--yes"]);
    await world.kv.set("one", "stray", name);
  }
  await world.kv.softDelete("two");
  return world;
}

describe("a part of the history is what the whole of it says", () => {
  test("however many of the newest events are asked for", async () => {
    const world = await eventful();
    const all = await eventsOf(world, []);
    expect(all.length).toBe(6);
    for (let limit = 1; limit <= 7; limit++)
      expect(await eventsOf(world, ["--limit", `${limit}`])).toEqual(all.slice(0, limit));
  });

  test("since any moment, whatever its zone", async () => {
    const world = await eventful();
    const all = await eventsOf(world, []);
    for (const { time } of all) {
      const later = all.filter((event) => Date.parse(event.time) >= Date.parse(time));
      const elsewhere = new Date(Math.floor(Date.parse(time)) + 3_600_000).toISOString().replace("Z", "+01:00");
      expect(await eventsOf(world, ["--since", elsewhere])).toEqual(later);
    }
    expect(await eventsOf(world, ["--since", "1h"])).toEqual(all);
    expect(await eventsOf(world, ["--since", "2999-01-01"])).toEqual([]);
  });

  test("of several applications and keys", async () => {
    const world = await eventful();
    const events = await eventsOf(world, ["one/stray", "two"]);
    expect(
      events.flatMap(({ entries }) =>
        entries.map(({ application, version, kind }) => `${kind} ${application} ${version}`),
      ),
    ).toEqual(["delete two 2", "write one 4", "write two 2", "write one 3", "write two 1"]);
  });
});

test("the newest event is one request for each application, and one or two for each version that it wrote", async () => {
  const world = await eventful();
  const seen: string[] = [];
  world.intercept(({ method, path }) => {
    seen.push(`${method} ${path.split("/")[1]}`);
    return "pass";
  });
  await eventsOf(world, ["--limit", "2"]);
  const counts: Record<string, number> = {};
  for (const request of seen) counts[request] = (counts[request] ?? 0) + 1;
  expect(counts).toEqual({
    // The list, and one of each application.
    "GET metadata": 4,
    // A delete needs no values, and what a stranger wrote those before it, too.
    "GET data": 2,
  });
});

describe("what nobody signed", () => {
  test("is told by when, and which keys", async () => {
    const world = await open(APPLICATIONS);
    await world.kv.put("one", { a: "1", b: "1" });
    await world.kv.put("one", { a: "2", c: "1" });
    const { stdout } = await world.run(["secrets", "history", "test"]);
    expect(stdout).toMatch(/^[\d-]{10} [\d:]{8} UTC {2}writer unknown\n {2}one {2}v2 {2}\+c ~a -b\n\n/);
  });

  test("is a deletion, too, until a restore takes it back; but not that of a version that was read to restore it", async () => {
    const world = await open(APPLICATIONS);
    await world.run(["secrets", "sync", "test"]);
    await world.kv.softDelete("one");
    const whose = async (): Promise<(string | undefined)[]> =>
      // Our own undelete is dated to about a second.
      (await eventsOf(world, ["one"])).map(({ writer, entries }) => `${writer?.command} ${entries[0]?.kind}`).sort();
    expect(await whose()).toEqual(["sync write", "undefined delete"]);
    await world.run(["secrets", "restore", "test", "--kv-version", "latest", "one", "--yes"]);
    expect(await whose()).toEqual(["restore undelete", "sync write"]);
    await world.kv.softDelete("one");
    await world.kv.put("one", { a: "theirs" });
    await world.run(["secrets", "restore", "test", "--kv-version", "1", "one", "--yes"]);
    expect(await whose()).toEqual(["restore undelete", "restore write", "sync write", "undefined write"]);
  });
});
