import { lstat, readFile, symlink } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Finished, phalanx } from "./support/cli.js";
import { environmentFiles, makeTree, type TestTree } from "./support/tree.js";

let tree: TestTree;
beforeEach(async () => {
  tree = await makeTree(environmentFiles("http://127.0.0.1:1", { app: { secrets: "p: {description: x}\n" } }));
  await tree.write("precious", "years of work");
  await symlink("precious", join(tree.root, "link"));
});
afterEach(() => tree.remove());

const run = (command: string, ...more: string[]): Promise<Finished> =>
  phalanx([...command.split(" "), ...more], { cwd: tree.root });

describe.each(["secrets schema -o", "secrets static-template test -o", "fleet schema -o"])("%s", (command) => {
  test("writes over no file that is there, and through no link", async () => {
    expect(await run(command, "link")).toEqual({
      exit: 2,
      stdout: "",
      stderr: expect.stringMatching(/^Error: link already exists\nHint: Choose another name[.,] .*--force .+\n$/),
    });
    for (const options of [[], ["--force"]])
      expect(await run(command, "precious", ...options)).toMatchObject({
        exit: 2,
        stderr: expect.stringMatching(/^Error: precious already exists, and is not a .*\nHint: Choose another name: /),
      });
    expect((await run(command, "link", "--force")).exit).toBe(0);
    expect((await lstat(join(tree.root, "link"))).isFile()).toBe(true);
    expect(await readFile(join(tree.root, "precious"), "utf8")).toBe("years of work");
  });
});
