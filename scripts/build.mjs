// Bundles the program and the library. Code that only some commands need stays in chunks of its own, loaded on demand.
import { chmod, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { build } from "esbuild";
import { buildFleetPage } from "./fleet-page.mjs";
import { licencesOf } from "./licences.mjs";

const { version } = JSON.parse(await readFile("package.json", "utf8"));

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

// Built beside and then exchanged: whoever runs the program meanwhile finds the old one or the new one.
const next = await mkdtemp("dist.next-");
const { metafile } = await build({
  entryPoints: { bin: "src/bin.ts", index: "src/index.ts", action: "src/action.ts" },
  outdir: next,
  bundle: true,
  metafile: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20.19",
  external: ["@node-rs/bcrypt"],
  plugins: [withoutSubprocesses],
  define: {
    PHALANX_VERSION: JSON.stringify(version),
    PHALANX_FLEET_PAGE: await buildFleetPage(),
  },
  // CommonJS dependencies call require(), which an ES module does not have.
  banner: {
    js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
  },
  logLevel: "warning",
});
await writeFile(`${next}/licences.txt`, await licencesOf(metafile));
await chmod(`${next}/bin.js`, 0o755);
await chmod(next, 0o755);
const old = `${next}.old`;
await rename("dist", old).catch((error) => {
  if (error.code !== "ENOENT") throw error;
});
await rename(next, "dist");
await rm(old, { recursive: true, force: true, maxRetries: 3 });
