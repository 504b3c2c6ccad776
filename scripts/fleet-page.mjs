import { createHash } from "node:crypto";
import { build } from "esbuild";

function hash(content) {
  return `sha256-${createHash("sha256").update(content).digest("base64")}`;
}

/**
 * The page of a fleet audit, as the value of PHALANX_FLEET_PAGE: a script and a style in one file, with their hashes in
 * its policy. A string within a string, since an object would be loaded with every command.
 */
export async function buildFleetPage() {
  const { outputFiles } = await build({
    entryPoints: ["src/render/fleet/page/main.ts", "src/render/fleet/page/page.css"],
    outdir: "page",
    bundle: true,
    minify: true,
    format: "iife",
    // Chromium 123, Firefox 120 and Safari 17.5 support light-dark(); it must not be transpiled.
    target: ["es2023"],
    charset: "utf8",
    write: false,
    logLevel: "warning",
  });
  const text = (ending) => outputFiles.find(({ path }) => path.endsWith(ending)).text.trim();
  const [script, style] = [text(".js"), text(".css")];
  if (/<\/(script|style)/i.test(script + style)) throw new Error("the page's code would end its own element");
  return JSON.stringify(JSON.stringify({ script, scriptHash: hash(script), style, styleHash: hash(style) }));
}
