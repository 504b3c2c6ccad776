// Bundles the benchmark, which is TypeScript, and runs it.
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";

// Inside the project, so that its packages are found.
const directory = await mkdtemp(join("node_modules", ".bench-"));
try {
  await build({
    entryPoints: [process.argv[2]],
    outfile: join(directory, "bench.mjs"),
    bundle: true,
    packages: "external",
    format: "esm",
    platform: "node",
    target: "node20.19",
    define: { PHALANX_VERSION: '"bench"' },
    logLevel: "warning",
  });
  const { main } = await import(pathToFileURL(join(directory, "bench.mjs")));
  process.exitCode = await main(process.argv.slice(3));
} finally {
  await rm(directory, { recursive: true, force: true });
}
