// Bundles TypeScript into CommonJS, which Node loads in half the time that it needs for as many ES modules.
import { basename, join } from "node:path";
import { writeFile } from "node:fs/promises";
import { build, transform } from "esbuild";

/** Commander can run programs as its commands; ours are in the bundle, and to load that module takes longer than to show the help. */
const withoutSubprocesses = {
  name: "commander without subprocesses",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:child_process$/ }, ({ importer }) =>
      importer.includes("/node_modules/commander/") ? { path: "child_process", namespace: "unused" } : undefined,
    );
    onLoad({ filter: /.*/, namespace: "unused" }, () => ({ contents: "module.exports = {};" }));
  },
};

/** The words for what goes wrong are a file of their own, loaded when the first of them is needed: by `require`, at once. */
const wordsWhenNeeded = {
  name: "words when needed",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /\/words\/index\.js$/ }, ({ importer }) =>
      importer.endsWith("render/diagnostic.ts") ? { path: "words", namespace: "needed" } : undefined,
    );
    onResolve({ filter: /^\.\/words\.cjs$/ }, () => ({ external: true }));
    onLoad({ filter: /.*/, namespace: "needed" }, () => ({
      contents: 'export const words = () => require("./words.cjs").words();',
    }));
  },
};

const common = { platform: "node", target: "node20.19", logLevel: "warning" };

/**
 * Writes one file for each entry point, and one for all that several of them, or an `import()`, have in common: loaded only
 * when it is needed. esbuild takes only ES modules apart; each part becomes CommonJS afterwards.
 *
 * @returns What the bundle was made from.
 */
export async function bundle(entryPoints, define, directory) {
  const { outputFiles, metafile } = await build({
    ...common,
    entryPoints: { ...entryPoints, words: "src/render/words/index.ts" },
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
  await Promise.all(
    outputFiles.map(async ({ path, text }) => {
      // Where each part comes from is worth knowing, and only such comments are kept.
      const named = text.replace(/^(?: *)\/\/ (?=(?:src|node_modules)\/)/gm, "//! ");
      const { code } = await transform(named, { ...common, format: "cjs", supported: { "dynamic-import": false } });
      await writeFile(join(directory, basename(path)), code);
    }),
  );
  return metafile;
}
