import { expect, test } from "vitest";
import { boundAnswers } from "../src/vault/bound-answers.js";
import { exactMembers } from "../src/vault/exact-members.js";
import { ForeignValue } from "../src/model/secret-value.js";
import type { Fate } from "./support/proxy.js";
import { type World, worldsForEach } from "./support/world.js";

/** A server that answers with more than anybody can need: an error that names the bound, and not a process without memory. */
const open = worldsForEach();
const APPLICATIONS = { app: { secrets: "s: {description: x}\n" } };
const FILES = { "static.yaml": "applications: {app: {s: {value: one}}}\n" };

async function answering(path: string, body: string): Promise<World> {
  const world = await open(APPLICATIONS, FILES);
  await world.kv.put("app", { s: "one" });
  const fate: Fate = { status: 200, body };
  world.intercept((request) => (request.path === path ? fate : "pass"));
  return world;
}

test("a list of too many names", async () => {
  const keys = Array.from({ length: 100_001 }, (_, i) => `a${i}`);
  const world = await answering("secret/metadata/phalanx/test/?list=true", JSON.stringify({ data: { keys } }));
  for (const command of ["secrets audit test", "secrets history test", "vault export-secrets test out"]) {
    const finished = await world.run([
      ...command.split(" "),
      ...(/audit/.test(command) ? ["--secrets", "static.yaml"] : []),
    ]);
    expect(finished).toMatchObject({ exit: 2, stdout: "" });
    expect(finished.stderr).toContain("Listing secret/phalanx/test returned 100001 names; at most 100000 are read\n");
  }
  expect(world.proxy.requests.length).toBeLessThan(20);
});

test("a secret of too many versions", async () => {
  const version = { created_time: "2026-01-01T00:00:00Z", deletion_time: "", destroyed: false };
  const versions = Object.fromEntries(Array.from({ length: 100_001 }, (_, i) => [i + 1, version]));
  const world = await answering(
    "secret/metadata/phalanx/test/app",
    JSON.stringify({ data: { current_version: 100_001, versions, custom_metadata: null } }),
  );
  const finished = await world.run(["secrets", "history", "test"]);
  expect(finished).toMatchObject({ exit: 2, stdout: "" });
  expect(finished.stderr).toContain("Vault reports more than 100000 versions, too many to read\n");
  expect(world.proxy.requests.length).toBeLessThan(10);
});

test("answers that are too large together", async () => {
  const body = "x".repeat(2 ** 25);
  const ask = boundAnswers(() => Promise.resolve({ status: 200, headers: {}, body }));
  const request = { method: "GET", path: "x", headers: {} } as const;
  for (let i = 0; i < 8; i++) await ask(request);
  await expect(ask(request)).rejects.toMatchObject({
    name: "ServerError",
    message: "Vault answers with more than 256 MiB of secrets, which are not all read",
  });
});

test("a value of millions of small parts is read in seconds", { timeout: 20_000 }, () => {
  const list = `[${"[],".repeat(4_000_000)}1]`;
  const json = `{"data":{"s":${list}}}`;
  expect(exactMembers(exactMembers(json).get("data") ?? "").get("s")).toBe(list);
  expect(new ForeignValue(`[${"1,".repeat(2_000_000)}1]`).mayBeRounded).toBe(false);
});
