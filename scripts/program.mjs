// The commands with their options and help, for files generated from them when the package is built.
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";

/** The program's commander definition, without the code that its commands run. */
export async function loadProgram(version) {
  const { buildProgram } = await load("src/cli/program.ts", version);
  return buildProgram({ stdout: {}, stderr: {} }, [], () => {});
}

/** The JSON Schemas in the package, by file name. */
export async function schemas() {
  const { SCHEMAS } = await load("src/render/schemas.ts", "");
  return Object.entries(SCHEMAS).map(([name, render]) => [`${name}.json`, render()]);
}

/** A module of the program, without what it would load lazily. */
async function load(entry, version) {
  const directory = await mkdtemp(join("node_modules", ".program-"));
  const file = join(directory, "module.mjs");
  try {
    await build({
      entryPoints: [entry],
      outfile: file,
      bundle: true,
      format: "esm",
      platform: "node",
      define: { PHALANX_VERSION: JSON.stringify(version) },
      banner: {
        js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
      },
      plugins: [
        {
          name: "no code of commands",
          setup: (bundler) =>
            bundler.onResolve({ filter: /.*/ }, ({ kind }) =>
              kind === "dynamic-import" ? { external: true } : undefined,
            ),
        },
      ],
      logLevel: "warning",
    });
    return await import(pathToFileURL(file).href);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** The `--help` output of a command, at 80 columns. */
export function helpOf(command) {
  let written = "";
  command.configureOutput({ writeOut: (part) => (written += part), getOutHelpWidth: () => 80 }).outputHelp();
  return written;
}
