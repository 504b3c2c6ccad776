import { chmod, chown, lchown, mkdir, rename, symlink } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type DevVault, startDevVault } from "../src/dev-vault/index.js";
import { type Finished, phalanx } from "./support/cli.js";
import { type Listener, startListener } from "./support/listener.js";
import { environmentFiles, makeTree, type TestTree } from "./support/tree.js";

const OTHER = 12_345;
const APP = { app: { secrets: "p: {description: x, generate: {type: password}}\n" } };
let vault: DevVault;
let tree: TestTree;
let thief: Listener;
let mine: string;

beforeAll(async () => {
  vault = await startDevVault();
});
afterAll(() => vault.close());
beforeEach(async () => {
  thief = await startListener();
  tree = await makeTree(environmentFiles(thief.url, APP));
  mine = join(tree.root, "mine");
  await mkdir(mine);
});
afterEach(() => Promise.all([thief.close(), tree.remove()]));

const audit = (cwd: string, env: Record<string, string> = {}, ...options: string[]): Promise<Finished> =>
  phalanx(["secrets", "audit", "test", ...options], {
    cwd,
    env: { VAULT_TOKEN: vault.rootToken, HOME: tree.root, ...env },
  });
const refused = (root: string, problem: string): Finished => ({
  exit: 2,
  stdout: "",
  stderr: `Error: ${problem}\nHint: If you trust that configuration, name it: --config ${root}\n`,
});
const giveAway = (...paths: string[]): Promise<unknown> =>
  Promise.all(paths.map((path) => lchown(join(tree.root, path), OTHER, OTHER)));

describe.skipIf(process.getuid?.() !== 0)("a configuration that nobody named gets no credential", () => {
  test.each(["environments", "applications", "", "phalanx.fleet.yaml", "phalanx.yaml"])(
    "if a part of it belongs to another user: /%s",
    async (part) => {
      for (const name of ["phalanx.fleet.yaml", "phalanx.yaml"]) await tree.write(name, "{}\n");
      await giveAway(part);
      expect(await audit(mine)).toEqual(refused(tree.root, `${join(tree.root, part)} belongs to another user`));
      expect(thief.arrived).toEqual([]);
    },
  );

  test("if all of it belongs to another user, the current directory too: who runs this counts, as for Git", async () => {
    await giveAway("environments", "applications", "", "mine");
    const problem = `${join(tree.root, "environments")} belongs to another user`;
    for (const cwd of [mine, tree.root]) expect(await audit(cwd)).toEqual(refused(tree.root, problem));
    expect(await audit(mine, { SUDO_UID: "1" })).toEqual(refused(tree.root, problem));
    expect(thief.arrived).toEqual([]);
    await audit(mine, { SUDO_UID: String(OTHER) });
    expect(thief.arrived).not.toEqual([]);
  });

  test("until it is named", async () => {
    await giveAway("environments", "applications");
    await audit(mine, {}, "--config", tree.root);
    expect(thief.arrived).not.toEqual([]);
  });

  test("if it is made of links to directories of root, as anybody can make them in /tmp", async () => {
    const shared = join(tree.root, "shared");
    await mkdir(join(shared, "mine"), { recursive: true });
    await chmod(shared, 0o1777);
    await rename(join(tree.root, "applications", "app"), join(shared, "app"));
    await tree.write("shared/values.yaml", "applications: {app: false}\n");
    await rename(join(tree.root, "environments", "values-test.yaml"), join(shared, "values-test.yaml"));
    for (const name of ["environments", "applications"]) await symlink(".", join(shared, name));
    await giveAway("shared/environments", "shared/applications", "shared/values-test.yaml", "shared/app");
    const problem = `${join(shared, "environments")} belongs to another user`;
    expect(await audit(join(shared, "mine"))).toEqual(refused(shared, problem));
    expect(thief.arrived).toEqual([]);
  });

  test("if everybody may put files into its root", async () => {
    await chmod(tree.root, 0o1777);
    expect(await audit(mine)).toEqual(refused(tree.root, `Every user of this machine can write to ${tree.root}`));
    expect(thief.arrived).toEqual([]);
  });

  test("but a checkout of one's own is used, whatever the mode that a runner gives its files", async () => {
    for (const path of ["", "environments", "applications"]) await chmod(join(tree.root, path), 0o777);
    await audit(mine);
    expect(thief.arrived).not.toEqual([]);
    await chown(mine, OTHER, OTHER);
    expect((await audit(mine)).stderr).not.toContain("belongs to");
  });
});
