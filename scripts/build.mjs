// Bundles the program and the library. Code that only some commands need stays in chunks of its own, loaded on demand.
import { createHash } from "node:crypto";
import { chmod, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { build } from "esbuild";

const { version } = JSON.parse(await readFile("package.json", "utf8"));

function hash(content) {
  return `sha256-${createHash("sha256").update(content).digest("base64")}`;
}

/** The page that a fleet audit writes: a script and a style in one file, named by their hashes in its policy. */
async function buildFleetPage() {
  const { outputFiles } = await build({
    entryPoints: ["src/render/fleet/page/main.ts", "src/render/fleet/page/page.css"],
    outdir: "page",
    bundle: true,
    minify: true,
    format: "iife",
    // Chromium 123, Firefox 120 and Safari 17.5 know light-dark(); it must not be taken apart.
    target: ["es2023"],
    charset: "utf8",
    write: false,
    logLevel: "warning",
  });
  const text = (ending) => outputFiles.find(({ path }) => path.endsWith(ending)).text.trim();
  const [script, style] = [text(".js"), text(".css")];
  if (/<\/(script|style)/i.test(script + style)) throw new Error("the page's code would end its own element");
  return { script, scriptHash: hash(script), style, styleHash: hash(style) };
}

// Built beside and then exchanged: whoever runs the program meanwhile finds the old one or the new one.
const next = await mkdtemp("dist.next-");
await build({
  entryPoints: { bin: "src/bin.ts", index: "src/index.ts" },
  outdir: next,
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20.19",
  external: ["@node-rs/bcrypt"],
  define: {
    PHALANX_VERSION: JSON.stringify(version),
    // A string in a string: an object would be loaded with every command.
    PHALANX_FLEET_PAGE: JSON.stringify(JSON.stringify(await buildFleetPage())),
  },
  // CommonJS dependencies call require(), which an ES module does not have.
  banner: {
    js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
  },
  logLevel: "warning",
});
await chmod(`${next}/bin.js`, 0o755);
await chmod(next, 0o755);
const old = `${next}.old`;
await rename("dist", old).catch((error) => {
  if (error.code !== "ENOENT") throw error;
});
await rename(next, "dist");
await rm(old, { recursive: true, force: true, maxRetries: 3 });
