// Bundles TypeScript into CommonJS, which Node loads in half the time of as many ES modules.
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { writeFile } from "node:fs/promises";
import { build, transform } from "esbuild";

/**
 * Commander can run external programs as commands; ours are in the bundle, and loading that module takes longer than
 * showing the help.
 */
const withoutSubprocesses = {
  name: "commander without subprocesses",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:child_process$/ }, ({ importer }) =>
      importer.includes("/node_modules/commander/") ? { path: "child_process", namespace: "unused" } : undefined,
    );
    onLoad({ filter: /.*/, namespace: "unused" }, () => ({ contents: "module.exports = {};" }));
  },
};

const WORDS = "src/render/words";
const AREAS = [...readFileSync(`${WORDS}/index.ts`, "utf8").matchAll(/_WORDS \} from "\.\/(\w+)\.js"/g)].map(
  ([, area]) => area,
);

/** The texts of diagnostics are in a separate file for each area, loaded on first use: synchronously, with `require`. */
const wordsWhenNeeded = {
  name: "words when needed",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^\.\/[\w-]+\.js$/ }, ({ path, importer }) => {
      const area = basename(path, ".js");
      if (importer.endsWith(`${WORDS}/index.ts`) && AREAS.includes(area)) return { path: area, namespace: "needed" };
    });
    onResolve({ filter: /^\.\/words-[\w-]+\.cjs$/ }, () => ({ external: true }));
    onLoad({ filter: /.*/, namespace: "needed" }, ({ path }) => {
      const name = `${path.toUpperCase()}_WORDS`;
      return {
        contents: `Object.defineProperty(exports, "${name}", { enumerable: true, get: () => require("./words-${path}.cjs").${name} });`,
      };
    });
  },
};

/** Where code begins to load: what needs no command, every command, and those that read the configuration. */
const STAGES = ["src/bin.ts", "src/run.ts", "src/cli/secrets/list.ts"];

/**
 * Which parts become one file, by its name: what a stage loads beyond those before. Node takes longer to find and open a small
 * file than to run it, and a sync would load 140 of them. What `bin` loads stays by itself: it is next to nothing.
 */
function stagesOf({ outputs }) {
  const taken = new Set();
  const [, ...stages] = STAGES.map((entryPoint) => {
    const before = new Set(taken);
    const take = (path) => {
      if (outputs[path] === undefined || taken.has(path)) return;
      taken.add(path);
      for (const { path: next, kind } of outputs[path].imports) if (kind === "import-statement") take(next);
    };
    take(Object.keys(outputs).find((path) => outputs[path].entryPoint === entryPoint));
    return [...taken].filter((path) => !before.has(path)).map((path) => basename(path));
  });
  return new Map(stages.map((parts, i) => [`stage-${i + 1}.cjs`, parts]).filter(([, parts]) => parts.length > 0));
}

/** One file of several parts: each a function in parentheses, which V8 compiles at once, since all of them will run. */
function together(parts, codes) {
  const functions = parts.map((name) => `"./${name}": (function (module, exports) {\n${codes.get(name)}})`);
  return `var __parts = {\n${functions.join(",\n")}\n};
var __loaded = {};
function __part(name) {
  if (__loaded[name] === undefined) __parts[name](__loaded[name] = { exports: {} }, __loaded[name].exports);
  return __loaded[name].exports;
}
module.exports = __part;
`;
}

const common = { platform: "node", target: "node20.19", logLevel: "warning" };

/**
 * Writes one file per entry point, and one for code shared by several of them or by an `import()`, loaded on demand.
 * esbuild splits only ES modules, so each part is converted to CommonJS afterwards.
 *
 * @returns The bundle's inputs.
 */
export async function bundle(entryPoints, define, directory) {
  const { outputFiles, metafile } = await build({
    ...common,
    entryPoints: {
      ...entryPoints,
      ...Object.fromEntries(AREAS.map((area) => [`words-${area}`, `${WORDS}/${area}.ts`])),
    },
    define,
    bundle: true,
    splitting: true,
    format: "esm",
    external: ["@node-rs/bcrypt"],
    plugins: [withoutSubprocesses, wordsWhenNeeded],
    outdir: "dist",
    outExtension: { ".js": ".cjs" },
    metafile: true,
    write: false,
  });
  const stages = stagesOf(metafile);
  const stageOf = new Map([...stages].flatMap(([stage, parts]) => parts.map((name) => [name, stage])));
  const codes = new Map(
    await Promise.all(
      outputFiles.map(async ({ path, text }) => {
        const name = basename(path);
        // Where each part comes from is worth knowing, and only such comments are kept.
        const named = text.replace(/^(?: *)\/\/ (?=(?:src|node_modules)\/)/gm, "//! ");
        const { code } = await transform(named, { ...common, format: "cjs", supported: { "dynamic-import": false } });
        const linked = code.replace(/\brequire\("\.\/([\w-]+\.cjs)"\)/g, (call, other) => {
          const stage = stageOf.get(other);
          if (stage === undefined) return call;
          return `${stage === stageOf.get(name) ? "__part" : `require("./${stage}")`}("./${other}")`;
        });
        return [name, linked];
      }),
    ),
  );
  const files = [...codes].filter(([name]) => !stageOf.has(name));
  for (const [stage, parts] of stages) files.push([stage, together(parts, codes)]);
  await Promise.all(files.map(([name, code]) => writeFile(join(directory, name), code)));
  return metafile;
}
