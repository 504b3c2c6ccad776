import { execFile } from "node:child_process";
import { expect, test } from "vitest";
import { BIN } from "./support/cli.js";
import { worldsForEach } from "./support/world.js";

/** A value that no UTF-8 can be would be another one in Vault: it is refused where it comes in. */
const open = worldsForEach();
const APPLICATIONS = { app: { secrets: "s: {description: x}\n" } };

test("a file of static secrets with half of a surrogate pair in a value", async () => {
  const text = 'applications: {app: {s: {value: "a\\ud800b"}}}\n';
  const world = await open(APPLICATIONS, { "static.yaml": text });
  expect(await world.run(["secrets", "sync", "test", "--secrets", "static.yaml"])).toMatchObject({
    exit: 2,
    stdout: "",
    stderr: expect.stringContaining(
      "static.yaml:1:33: an escape sequence for half of a surrogate pair: it is not text",
    ),
  });
  expect(await world.kv.get("app")).toBeUndefined();
});

test("both halves of one are the character that they mean", async () => {
  const text = 'applications: {app: {s: {value: "\\ud83d\\ude00"}}}\n';
  const world = await open(APPLICATIONS, { "static.yaml": text });
  expect(await world.run(["secrets", "sync", "test", "--secrets", "static.yaml"])).toMatchObject({ exit: 0 });
  expect(await world.kv.get("app")).toEqual({ s: "😀" });
});

test("standard input that is not UTF-8", async () => {
  const world = await open(APPLICATIONS);
  const finished = await new Promise<{ exit: unknown; stderr: string }>((done) => {
    const env = { PATH: process.env["PATH"] ?? "", ...world.env };
    const args = [BIN, "secrets", "set", "test", "app/s"];
    const child = execFile(process.execPath, args, { cwd: world.tree.root, env }, (error, _, stderr) =>
      done({ exit: error === null ? 0 : error.code, stderr }),
    );
    child.stdin?.end(Buffer.from("p\xe4ssword", "latin1"));
  });
  expect(finished).toMatchObject({ exit: 2, stderr: expect.stringContaining("Error: Standard input is not UTF-8\n") });
  expect(await world.kv.get("app")).toBeUndefined();
});
