import { expect, test } from "vitest";
import type { Transport } from "../http/request.js";
import { readAhead } from "./read-ahead.js";
import { listApplications } from "./list-applications.js";
import { openSession } from "./open-session.js";
import { readApplication } from "./read-state.js";

const LOCATION = { url: "http://127.0.0.1:1", mount: "secret", path: "phalanx/test" };
const LIST = "GET secret/metadata/phalanx/test/?list=true";
const dataPath = (name: string): string => `GET secret/data/phalanx/test/${name}`;

/** A server with the applications a, b and a folder, and all requests it received. */
function scene({ fails = [] as readonly string[] } = {}) {
  const asked: string[] = [];
  const failing = new Set(fails);
  const server: Transport = async ({ method, path }) => {
    const request = `${method} ${path}`;
    asked.push(request);
    if (failing.delete(request)) return { status: 502, headers: {}, body: "<html>" };
    const metadata = { version: asked.length, created_time: "2026-01-01T00:00:00Z" };
    const data = path.includes("?list") ? { keys: ["a", "b", "folder/"] } : { data: {}, metadata };
    return { status: 200, headers: {}, body: JSON.stringify({ data }) };
  };
  const ahead = readAhead(server);
  const session = openSession({
    url: LOCATION.url,
    transport: ahead.transport,
    token: "t",
    namespace: undefined,
    sleep: async () => {},
    machineTime: () => 0,
  });
  return { asked, ahead, session };
}

test("everything that a plan reads is asked for before, and once", async () => {
  const { asked, ahead, session } = scene();
  await ahead.ask(session, LOCATION, () => true);
  expect(asked).toEqual([LIST, dataPath("a"), dataPath("b")]);
  expect(await listApplications(session, LOCATION)).toEqual(["a", "b"]);
  expect(await readApplication(session, LOCATION, "b")).toMatchObject({ version: 3 });
  expect(asked.length).toBe(3);
});

test("what is read again is asked for again", async () => {
  const { asked, ahead, session } = scene();
  await ahead.ask(session, LOCATION, () => true);
  await readApplication(session, LOCATION, "a");
  expect(await readApplication(session, LOCATION, "a")).toMatchObject({ version: 4 });
  expect(asked).toEqual([LIST, dataPath("a"), dataPath("b"), dataPath("a")]);
});

test("what was written since is not answered from before", async () => {
  const { ahead, session } = scene();
  await ahead.ask(session, LOCATION, () => true);
  await session.transport({ method: "POST", path: "secret/data/phalanx/test/a", headers: {}, body: "{}" });
  expect(await readApplication(session, LOCATION, "a")).toMatchObject({ version: 5 });
});

test("what failed is tried again by whoever needs it", async () => {
  const { asked, ahead, session } = scene({ fails: [LIST, dataPath("a")] });
  await ahead.ask(session, LOCATION, () => true);
  expect(asked).toEqual([LIST]);
  expect(await listApplications(session, LOCATION)).toEqual(["a", "b"]);
  expect(await readApplication(session, LOCATION, "a")).toMatchObject({ version: 4 });
  expect(asked).toEqual([LIST, LIST, dataPath("a"), dataPath("a")]);
});

test("applications that are left alone are not read", async () => {
  const { asked, ahead, session } = scene();
  await ahead.ask(session, LOCATION, (name) => name !== "a");
  expect(asked).toEqual([LIST, dataPath("b")]);
});
