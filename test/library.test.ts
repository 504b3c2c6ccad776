import { execFile } from "node:child_process";
import { chmod, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startVault, type TestVault } from "./support/vault.js";
import { ROOT } from "./support/cli.js";
import { IN_CI } from "./support/size.js";

const run = promisify(execFile);

describe.skipIf(!IN_CI)("the packed package", () => {
  let directory: string;
  let vault: TestVault;
  let page: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "phalanx-consumer-"));
    vault = await startVault();
    page = await readFile(`${ROOT}docs/library.md`, "utf8");
    const { stdout } = await run("npm", ["pack", "--json", "--pack-destination", directory], { cwd: ROOT });
    const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
    // As `npm install` would put it there, without asking a registry for the one dependency.
    const modules = join(directory, "node_modules");
    await mkdir(join(modules, "phalanx"), { recursive: true });
    await run("tar", ["-xzf", join(directory, filename), "-C", join(modules, "phalanx"), "--strip-components=1"]);
    for (const name of ["@node-rs", "@types", "undici-types"]) {
      await symlink(`${ROOT}node_modules/${name}`, join(modules, name));
    }
    await writeFile(join(directory, "package.json"), '{"type": "module"}');
  });
  afterAll(() => Promise.all([vault.close(), rm(directory, { recursive: true, force: true })]));

  test("holds the program, its man page and schemas, the types of the library, and nothing else", async () => {
    const { stdout } = await run("find", [".", "-type", "f"], { cwd: join(directory, "node_modules/phalanx") });
    const files = stdout.trim().split("\n");
    const other = files
      .filter(
        (file) =>
          !/^\.\/dist\/([\w-]+\.cjs|index\.js|licences\.txt|sbom\.cdx\.json|man\/phalanx\.1|schemas\/[\w-]+\.json|types\/[\w/-]+\.d\.ts)$/.test(
            file,
          ),
      )
      .sort();
    expect(other).toEqual(["./LICENSE", "./README.md", "./package.json"]);
    expect(files.filter((file) => /types\/(cli|render\/fleet|dev-vault|yaml)\//.test(file))).toEqual([]);
  });

  test("comes with the licences of what is bundled", async () => {
    const text = await readFile(join(directory, "node_modules/phalanx/dist/licences.txt"), "utf8");
    const { devDependencies } = JSON.parse(await readFile(`${ROOT}package.json`, "utf8")) as {
      devDependencies: Record<string, string>;
    };
    for (const name of ["age-encryption", "commander", "js-yaml", "zod"]) {
      expect(text).toContain(`${name} ${devDependencies[name]} (`);
    }
    expect(text).toContain("THE SOFTWARE IS PROVIDED");
  });

  test("passes publint", async () => {
    const { publint } = await import("publint");
    const { messages } = await publint({ pkgDir: join(directory, "node_modules/phalanx"), strict: true, pack: false });
    expect(messages).toEqual([]);
  });

  test("starts as a program", async () => {
    const { stdout } = await run(process.execPath, [join(directory, "node_modules/phalanx/dist/bin.cjs"), "--version"]);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test("the program in docs/library.md compiles, and prints what the page says", async () => {
    const blocks = (language: string): string[] =>
      [...page.matchAll(/^```(\w+)\n(.*?)^```$/gms)].flatMap(([, of, text = ""]) => (of === language ? [text] : []));
    await writeFile(join(directory, "program.ts"), blocks("ts").join("\n"));
    await cp(`${ROOT}example`, join(directory, "example"), { recursive: true });
    await chmod(join(directory, "example/secrets-demo.yaml"), 0o600);
    const settings = join(directory, "example/environments/values-demo.yaml");
    await writeFile(settings, (await readFile(settings, "utf8")).replace(/^vaultUrl:.*$/m, `vaultUrl: "${vault.url}"`));
    await run(
      `${ROOT}node_modules/.bin/tsc`,
      ["--strict", "--target", "es2023", "--module", "nodenext", "--types", "node", "--ignoreConfig", "program.ts"],
      { cwd: directory },
    ).catch((error: { stdout: string }) => expect(error.stdout).toBe(""));
    const { stdout, stderr } = await run(process.execPath, ["program.js"], {
      cwd: directory,
      env: { PATH: process.env["PATH"] ?? "", VAULT_TOKEN: vault.rootToken },
    });
    expect(stderr).toBe("");
    expect(stdout).toBe(blocks("text").join(""));
  });
});
