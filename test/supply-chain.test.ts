import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { unacceptable } from "../scripts/audit.mjs";
import { makeSbom } from "../scripts/sbom.mjs";
import { ROOT } from "./support/cli.js";

interface Locked {
  readonly version: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly hasInstallScript?: boolean;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly libc?: readonly string[];
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

interface Manifest {
  readonly version: string;
  readonly license?: string;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

interface Sbom {
  readonly metadata: { readonly timestamp?: string };
  readonly serialNumber?: string;
  readonly components: readonly {
    readonly name: string;
    readonly version: string;
    readonly purl: string;
    readonly hashes?: readonly { readonly alg: string; readonly content: string }[];
    readonly licenses: readonly { readonly license: { readonly id: string } }[];
  }[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

const read = (path: string): unknown => JSON.parse(readFileSync(`${ROOT}${path}`, "utf8"));
const manifest = (path: string): Manifest => read(path) as Manifest;

const locked = Object.entries((read("package-lock.json") as { packages: Record<string, Locked> }).packages).filter(
  ([path]) => path !== "",
);
/** The folders of the packages in the bundle: it names the file that each of its parts comes from. */
const bundled = readdirSync(`${ROOT}dist`)
  .filter((file) => file.endsWith(".cjs"))
  .flatMap((file) =>
    [...readFileSync(`${ROOT}dist/${file}`, "utf8").matchAll(/^ *\/\/! (node_modules\/\S+)$/gm)].map(
      ([, path = ""]) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? path,
    ),
  );
/** Whether it runs: it is installed with the program, or in it. */
const production = locked.filter(([path, { dev }]) => !dev || bundled.includes(path));
const nameOf = (path: string): string => path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
const sbom = read("dist/sbom.cdx.json") as Sbom;

/** All of them permit to pass the program on under its own licence, with their notices kept. */
const LICENCES = new Set(["0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "PSF-2.0"]);

describe("what we depend on at run time", () => {
  test("is at most 12 packages, and 40 with theirs", () => {
    const { dependencies, devDependencies } = manifest("package.json");
    const direct = Object.keys({ ...dependencies, ...devDependencies }).filter((name) =>
      production.some(([path]) => path === `node_modules/${name}`),
    );
    expect(direct.length).toBeGreaterThan(5);
    expect(direct.length).toBeLessThanOrEqual(12);
    expect(production.length).toBeLessThanOrEqual(40);
  });

  test("is named by its exact version", () => {
    const versions = Object.values(manifest("package.json").dependencies ?? {});
    expect(versions.filter((version) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });

  test("runs nothing when it is installed", () => {
    const scripts = ["preinstall", "install", "postinstall", "prepublish", "preprepare", "postprepare"];
    const installing = production.filter(([path, { hasInstallScript }]) => {
      if (hasInstallScript || existsSync(`${ROOT}${path}/binding.gyp`)) return true;
      const own = existsSync(`${ROOT}${path}`) ? (manifest(`${path}/package.json`).scripts ?? {}) : {};
      return scripts.some((name) => own[name] !== undefined);
    });
    expect(installing.map(([path]) => path)).toEqual([]);
  });

  test("is licensed so that it may be passed on", () => {
    const licences = new Set(sbom.components.flatMap(({ licenses }) => licenses.map(({ license }) => license.id)));
    expect([...licences].filter((licence) => !LICENCES.has(licence))).toEqual([]);
    for (const [path, { license, version }] of production.filter(([each]) => existsSync(`${ROOT}${each}`)))
      expect({ path, ...manifest(`${path}/package.json`) }).toMatchObject({ path, license, version });
  });
});

describe("the lockfile", () => {
  test("takes packages from the registry of npm and from nowhere else", () => {
    const foreign = locked.filter(
      ([, { resolved }]) => resolved !== undefined && !resolved.startsWith("https://registry.npmjs.org/"),
    );
    expect(foreign.map(([path]) => path)).toEqual([]);
    expect(readFileSync(`${ROOT}.npmrc`, "utf8")).not.toMatch(/registry\s*=/);
    const { dependencies = {} } = manifest("package.json");
    expect(Object.values(dependencies).filter((version) => /[:/]/.test(version))).toEqual([]);
  });

  test("holds the hash of every package, but of parts of bcrypt for other platforms", () => {
    const without = locked.filter(([, { integrity }]) => !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity ?? ""));
    // Not every registry that a lockfile is made with has them.
    const others = /^node_modules\/@node-rs\/bcrypt-(?!linux-x64-gnu$)/;
    expect(without.map(([path]) => path).filter((path) => !others.test(path))).toEqual([]);
  });
});

test("an advisory stops CI, but for the servers of VitePress that are never started", () => {
  const at = (name: string, ...nodes: string[]): Parameters<typeof unacceptable>[0]["vulnerabilities"] => ({
    [name]: { name, severity: "high", nodes, via: [{ url: "https://github.com/advisories/GHSA-x" }] },
  });
  expect(unacceptable({ vulnerabilities: {} })).toEqual([]);
  expect(unacceptable({ vulnerabilities: at("esbuild", "node_modules/vitepress/node_modules/esbuild") })).toEqual([]);
  expect(
    unacceptable({
      vulnerabilities: {
        ...at("esbuild", "node_modules/vitepress/node_modules/esbuild", "node_modules/esbuild"),
        ...at("vitepress-plugin", "node_modules/vitepress-plugin"),
      },
    }),
  ).toEqual([
    "esbuild: high, https://github.com/advisories/GHSA-x",
    "vitepress-plugin: high, https://github.com/advisories/GHSA-x",
  ]);
});

describe("the bill of materials in the package", () => {
  test("lists every package that may run, with what it needs", () => {
    const listed = sbom.components.map(({ name, version }) => `${name}@${version}`).sort();
    expect(listed).toEqual(production.map(([path, { version }]) => `${nameOf(path)}@${version}`).sort());
    const known = new Set(sbom.components.map(({ purl }) => purl));
    expect(sbom.dependencies.flatMap(({ dependsOn }) => dependsOn).filter((ref) => !known.has(ref))).toEqual([]);
    expect(new Set(sbom.dependencies.map(({ ref }) => ref)).size).toBe(sbom.components.length + 1);
  });

  test("names everything that was bundled", () => {
    const names = new Set(sbom.components.map(({ name }) => name));
    expect([...new Set(bundled)].filter((path) => !names.has(nameOf(path)))).toEqual([]);
    expect(bundled.length).toBeGreaterThan(10);
  });

  test("is the same at each build", async () => {
    expect(readFileSync(`${ROOT}dist/sbom.cdx.json`, "utf8")).toBe(await makeSbom(bundled));
    expect([sbom.metadata.timestamp, sbom.serialNumber]).toEqual([undefined, undefined]);
  });

  test("is packed, and nothing is that is not built, but what npm adds", () => {
    const packed = execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts", "--offline"], { cwd: ROOT });
    const [{ files } = { files: [] }] = JSON.parse(packed.toString()) as { files: { path: string }[] }[];
    const paths = files.map(({ path }) => path);
    expect(paths).toContain("dist/sbom.cdx.json");
    expect(paths.filter((path) => !path.startsWith("dist/")).sort()).toEqual(["LICENSE", "README.md", "package.json"]);
  });
});
