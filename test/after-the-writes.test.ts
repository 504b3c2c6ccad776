import { expect, test } from "vitest";
import type { Fate, ProxiedRequest } from "./support/proxy.js";
import { worldsForEach } from "./support/world.js";

const open = worldsForEach();

test("what fails after everything was written ends with exit status 1, and says how to take it back", async () => {
  const world = await open({ app: { secrets: "s: {generate: {type: password}, description: x}\n" } });
  let written = false;
  world.intercept(({ method, path }: ProxiedRequest): Fate => {
    written ||= method === "POST" && path.includes("/metadata/");
    return written && path.includes("list=true") ? { status: 403, body: '{"errors":["permission denied"]}' } : "pass";
  });
  expect(await world.run(["secrets", "sync", "test", "--adopt"])).toMatchObject({
    exit: 1,
    stdout: "Created Vault secret for app\n",
    stderr: expect.stringMatching(/the run stopped early[^]*To undo this: phalanx[^]*Error: .*"list"/),
  });
});

test("why a note could not be written is said in Vault's words: others have filled its custom metadata", async () => {
  const world = await open({ app: { secrets: "s: {generate: {type: password}, description: x}\n" } });
  const custom_metadata = Object.fromEntries(Array.from({ length: 64 }, (_, i) => [`team-${i}`, "theirs"]));
  await world.kv.call("POST", "secret/metadata/phalanx/test/app", { custom_metadata });
  expect(await world.run(["secrets", "sync", "test"])).toMatchObject({
    exit: 0,
    stdout: "Created Vault secret for app\n",
    stderr: expect.stringMatching(
      /^Warning: who wrote this could not be noted: The metadata of app cannot be written \(status 400: .*at most 64 keys, provided 67\)$/m,
    ),
  });
  const { body } = await world.kv.call("GET", "secret/metadata/phalanx/test/app");
  expect(body).toMatchObject({ data: { custom_metadata } });
});
