import { execFileSync } from "node:child_process";
import { chmod, chown, lstat, mkdir, mkdtemp, realpath, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { isOwn, openOwn, removeSame, sharedAbove } from "./ownership.js";

const OTHER = 12_345;
const asRoot = process.getuid?.() === 0;
let root: string;
const at = (name: string): string => join(root, name);

beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), "phalanx-ownership-")));
});
afterEach(() => rm(root, { recursive: true }));

describe("a file that only its owner may have written", () => {
  test("is neither a link nor a pipe, which would be waited for", async () => {
    await writeFile(at("file"), "x");
    await symlink("file", at("link"));
    execFileSync("mkfifo", [at("pipe")]);
    const { file, status } = await openOwn(at("file"));
    await file.close();
    expect(status.size).toBe(1);
    await expect(openOwn(at("link"))).rejects.toMatchObject({ code: "link" });
    await expect(openOwn(at("pipe"))).rejects.toMatchObject({ code: "not-regular" });
    await expect(openOwn(root)).rejects.toMatchObject({ code: "EISDIR" });
    await expect(openOwn(at("none"))).rejects.toMatchObject({ code: "ENOENT" });
  });

  test.skipIf(!asRoot)("is not of another user", async () => {
    await writeFile(at("file"), "x");
    await chown(at("file"), OTHER, OTHER);
    await expect(openOwn(at("file"))).rejects.toMatchObject({ code: "another-user" });
    expect(isOwn(await stat(at("file")), { SUDO_UID: String(OTHER) })).toBe(true);
  });
});

test("a file is only removed if its name still leads to it", async () => {
  await writeFile(at("mine"), "x");
  const mine = await lstat(at("mine"));
  await writeFile(at("other"), "x");
  await removeSame(at("other"), mine);
  await removeSame(at("mine"), mine);
  await removeSame(at("mine"), mine);
  expect((await lstat(at("other"))).isFile()).toBe(true);
  await expect(lstat(at("mine"))).rejects.toMatchObject({ code: "ENOENT" });
});

describe("a way on which somebody else can exchange a directory", () => {
  beforeEach(() => mkdir(at("above/below"), { recursive: true }));

  test("goes through one that others may write to, unless only owners may remove there", async () => {
    expect(await sharedAbove(at("above/below"))).toBe(undefined);
    for (const [mode, shared] of [
      [0o777, true],
      [0o775, true],
      [0o1777, false],
      [0o755, false],
    ] as const) {
      await chmod(at("above"), mode);
      expect([mode, await sharedAbove(at("above/below"))]).toEqual([mode, shared ? at("above") : undefined]);
    }
  });

  test.skipIf(!asRoot)("goes through one of another user, also by a link", async () => {
    await chown(at("above"), OTHER, OTHER);
    await symlink("above/below", at("link"));
    expect(await sharedAbove(at("link"))).toBe(at("above"));
  });
});
