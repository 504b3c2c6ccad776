import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ROOT } from "./support/cli.js";

/** Each file of a directory with what it holds. */
const contentsOf = (path: string): Record<string, string> =>
  Object.fromEntries(readdirSync(path).map((name) => [name, readFileSync(join(path, name), "latin1")]));

let directory: string;
const built = (root: string, name: string): Record<string, string> => {
  const into = join(directory, name);
  execFileSync(process.execPath, ["scripts/action-bundle.mjs", into], { cwd: root });
  return contentsOf(into);
};
let here: Record<string, string>;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "phalanx-action-bundle-"));
  here = built(ROOT, "here");
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test("the bundle of the action is the same bytes wherever it is built", () => {
  const copy = join(directory, "another place");
  for (const name of ["package.json", "scripts", "src", "tsconfig.json"])
    cpSync(ROOT + name, join(copy, name), { recursive: true });
  // A link would be followed to where the packages are now. The bundle names the file that each of its parts comes from.
  const parts = Object.values(here).flatMap((text) => [
    ...text.matchAll(/^ *\/\/! (node_modules\/(?:@[^/]+\/)?[^/]+)/gm),
  ]);
  const packages = new Set(parts.map(([, path = ""]) => path));
  for (const path of [...packages, "node_modules/esbuild", "node_modules/@esbuild"])
    cpSync(ROOT + path, join(copy, path), { recursive: true });
  expect(built(copy, "there")).toEqual(here);
});

test("the one that a release commits is what its source builds", () => {
  const committed = execFileSync("git", ["ls-files", "action-dist"], { cwd: ROOT, encoding: "utf8" });
  if (committed !== "") expect(contentsOf(`${ROOT}action-dist`)).toEqual(here);
  expect(Object.keys(here)).toEqual(expect.arrayContaining(["action.cjs", "licences.txt", "words-action.cjs"]));
});

test("it starts with nothing installed", () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(directory, "here/action.cjs")], {
    env: { INPUT_COMMAND: "nothing" },
    encoding: "utf8",
  });
  expect({ status, stderr }).toEqual({ status: 2, stderr: "" });
  expect(stdout).toMatch(/^::error/m);
});
