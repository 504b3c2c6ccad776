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

/** Where code begins to load: what needs no command, every command, those that read the configuration, and that resolve it. */
const FIRST_STAGES = [
  ["src/bin.ts"],
  ["src/run.ts"],
  ["src/cli/secrets/list.ts"],
  ["src/cli/lint.ts", "src/cli/secrets/audit.ts"],
];

/** What commands have in common that compare that with Vault, and that write; and static secrets in files. */
const LATER_STAGES = [
  ["src/cli/secrets/audit.ts", "src/cli/secrets/sync.ts"],
  ["src/cli/secrets/rotate.ts", "src/cli/secrets/sync.ts"],
  ["src/target/static-files.ts"],
];

/** What loads no later stage, so that what it needs is in none. */
const OTHERS = ["src/cli/lint.ts", "src/cli/graph.ts", "src/cli/diff.ts", "src/charts/find-objects.ts"];

/**
 * Which parts become one file, by its name: what all commands of a stage load beyond those before. Node takes longer to find and
 * open a small file than to run it, and a sync would load 130 of them. What `bin` loads stays by itself: it is next to nothing.
 */
function stagesOf({ outputs }) {
  const loadedBy = (entryPoint) => {
    const loaded = new Set();
    const take = (path) => {
      if (outputs[path] === undefined || loaded.has(path)) return;
      loaded.add(path);
      for (const { path: next, kind } of outputs[path].imports) if (kind === "import-statement") take(next);
    };
    take(Object.keys(outputs).find((path) => outputs[path].entryPoint === entryPoint));
    return loaded;
  };
  const taken = new Set();
  const stageOf = (entryPoints) => {
    const [first, ...others] = entryPoints.map(loadedBy);
    const parts = [...first].filter((path) => !taken.has(path) && others.every((other) => other.has(path)));
    for (const path of parts) taken.add(path);
    return parts.map((path) => basename(path));
  };
  const [, ...stages] = FIRST_STAGES.map(stageOf);
  for (const entryPoint of OTHERS) for (const path of loadedBy(entryPoint)) taken.add(path);
  stages.push(...LATER_STAGES.map(stageOf));
  return new Map(stages.map((parts, i) => [`stage-${i + 1}.cjs`, parts]).filter(([, parts]) => parts.length > 0));
}

const common = { platform: "node", target: "node20.19", logLevel: "warning" };
const commonJs = { ...common, format: "cjs", supported: { "dynamic-import": false } };

/** What a stage calls the exports of one of its parts. */
function exportOf(name) {
  return basename(name, ".cjs").replaceAll("-", "_");
}

/** One file of several parts: of what one of them takes from another, nothing is left. */
async function together(parts, texts) {
  const inMemory = {
    name: "parts of a stage",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /.*/ }, ({ path }) =>
        parts.includes(basename(path)) ? { path: basename(path), namespace: "part" } : { path, external: true },
      );
      onLoad({ filter: /.*/, namespace: "part" }, ({ path }) => ({ contents: texts.get(path) }));
    },
  };
  const {
    outputFiles: [{ text }],
  } = await build({
    ...commonJs,
    stdin: { contents: parts.map((name) => `export * as ${exportOf(name)} from "./${name}";`).join("\n") },
    bundle: true,
    legalComments: "inline",
    plugins: [inMemory],
    write: false,
  });
  return text;
}

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
  // Where each part comes from is worth knowing, and only such comments are kept.
  const texts = new Map(
    outputFiles.map(({ path, text }) => [
      basename(path),
      text.replace(/^(?: *)\/\/ (?=(?:src|node_modules)\/)/gm, "//! "),
    ]),
  );
  const alone = [...texts].filter(([name]) => !stageOf.has(name));
  const files = await Promise.all([
    ...alone.map(async ([name, text]) => [name, (await transform(text, commonJs)).code]),
    ...[...stages].map(async ([stage, parts]) => [stage, await together(parts, texts)]),
  ]);
  const linked = (code) =>
    code.replace(/\brequire\("\.\/([\w-]+\.cjs)"\)/g, (call, name) =>
      stageOf.has(name) ? `require("./${stageOf.get(name)}").${exportOf(name)}` : call,
    );
  await Promise.all(files.map(([name, code]) => writeFile(join(directory, name), linked(code))));
  return metafile;
}
