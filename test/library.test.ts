import { execFile } from "node:child_process";
import { chmod, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ROOT } from "./support/cli.js";
import { exportedFrom } from "./support/exported.js";
import { IN_CI } from "./support/size.js";
import { startVault, type TestVault } from "./support/vault.js";

const run = promisify(execFile);

describe.skipIf(!IN_CI)("the packed package", () => {
  let directory: string;
  let vault: TestVault;
  let page: string;
  let types: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "phalanx-consumer-"));
    vault = await startVault();
    page = await readFile(`${ROOT}docs/library.md`, "utf8");
    const { stdout } = await run("npm", ["pack", "--json", "--pack-destination", directory], { cwd: ROOT });
    const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
    // As `npm install` would put it there, without asking a registry for the one dependency.
    const modules = join(directory, "node_modules");
    types = join(modules, "phalanx/dist/types");
    await mkdir(join(modules, "phalanx"), { recursive: true });
    await run("tar", ["-xzf", join(directory, filename), "-C", join(modules, "phalanx"), "--strip-components=1"]);
    for (const name of ["@node-rs", "@types", "undici-types"]) {
      await symlink(`${ROOT}node_modules/${name}`, join(modules, name));
    }
    await writeFile(join(directory, "package.json"), '{"type": "module"}');
    const compilerOptions = { strict: true, target: "es2023", module: "nodenext", types: ["node"] };
    await writeFile(
      join(directory, "tsconfig.json"),
      JSON.stringify({ compilerOptions, files: [join(types, "index.d.ts")], include: ["*.ts"] }),
    );
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
    await compile();
    const root = join(directory, "page");
    await mkdir(root);
    await checkOut(join(root, "example"), "secret/phalanx/demo");
    expect(await runProgram("program.js", root)).toEqual({ stdout: blocks("text").join(""), stderr: "" });
  });

  test("every @example in its types compiles, and prints what its comments say", async () => {
    const exported = exportedFrom(join(types, "index.d.ts"), join(directory, "tsconfig.json"));
    const names = exported.map(({ name }) => name).filter((name) => !name.includes("."));
    const examples = exported.flatMap(({ name, tags }) =>
      tags.flatMap(({ name: tag, text = "" }) =>
        tag === "example" ? [{ name, code: text.replaceAll(/^```.*$/gm, "") }] : [],
      ),
    );
    expect(examples.length).toBeGreaterThan(15);
    for (const { name, code } of examples) {
      const used = names.filter((each) => new RegExp(`\\b${each}\\b`).test(code));
      await writeFile(join(directory, `${name}.ts`), `import { ${used.join(", ")} } from "phalanx";\n${code}`);
      await checkOut(join(directory, name), `secret/phalanx/${name}`);
    }
    await compile();
    // One process: most of the time of one is spent in loading the package.
    const program = examples.map(
      ({ name }) =>
        `console.log("${name}:"); process.chdir("${join(directory, name)}"); await import("./${name}.js");\n`,
    );
    await writeFile(join(directory, "examples.js"), program.join(""));
    const printed = examples.map(({ name, code }) =>
      [`${name}:`, ...[...code.matchAll(/console\.log\(.*\); \/\/ (.*)$/gm)].map(([, line]) => line)].join("\n"),
    );
    expect((await runProgram("examples.js", directory)).stdout).toBe(`${printed.join("\n")}\n`);
  });

  /** All programs in the directory, against the types of the package. */
  async function compile(): Promise<void> {
    await run(`${ROOT}node_modules/.bin/tsc`, [], { cwd: directory }).catch((error: { stdout: string }) =>
      expect(error.stdout).toBe(""),
    );
  }

  /** A copy of the example whose environment `demo` has a prefix of its own on the server. */
  async function checkOut(to: string, prefix: string): Promise<void> {
    await cp(`${ROOT}example`, to, { recursive: true });
    await chmod(join(to, "secrets-demo.yaml"), 0o600);
    const settings = join(to, "environments/values-demo.yaml");
    const text = await readFile(settings, "utf8");
    await writeFile(
      settings,
      text
        .replace(/^vaultUrl:.*$/m, `vaultUrl: "${vault.url}"`)
        .replace(/^vaultPathPrefix:.*$/m, `vaultPathPrefix: "${prefix}"`),
    );
  }

  function runProgram(file: string, cwd: string): Promise<{ stdout: string; stderr: string }> {
    const env = { PATH: process.env["PATH"] ?? "", VAULT_TOKEN: vault.rootToken };
    return run(process.execPath, [join(directory, file)], { cwd, env });
  }
});
