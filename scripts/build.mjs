// Builds the program, the library and the step of the GitHub Action.
import { chmod, mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { bundle } from "./bundle.mjs";
import { buildFleetPage } from "./fleet-page.mjs";
import { foldersOf, licencesOf } from "./licences.mjs";
import { helpOf, loadProgram, schemas } from "./program.mjs";
import { makeSbom } from "./sbom.mjs";

const { version } = JSON.parse(await readFile("package.json", "utf8"));

// Built separately and then swapped: a program started in the meantime is either the old or the new one.
const next = await mkdtemp("dist.next-");
const define = {
  PHALANX_VERSION: JSON.stringify(version),
  PHALANX_FLEET_PAGE: await buildFleetPage(),
  PHALANX_HELP: JSON.stringify(helpOf(await loadProgram(version))),
};
const metafile = await bundle({ bin: "src/bin.ts", library: "src/index.ts", action: "src/action.ts" }, define, next);
const names = metafile.outputs["dist/library.cjs"].exports.join(", ");
await writeFile(`${next}/index.js`, `import library from "./library.cjs";\nexport const { ${names} } = library;\n`);
const folders = foldersOf(metafile);
await writeFile(`${next}/licences.txt`, await licencesOf(folders));
await writeFile(`${next}/sbom.cdx.json`, await makeSbom(folders));
await mkdir(`${next}/schemas`);
for (const [name, text] of await schemas()) await writeFile(`${next}/schemas/${name}`, text);
await chmod(`${next}/bin.cjs`, 0o755);
await chmod(next, 0o755);
const old = `${next}.old`;
await rename("dist", old).catch((error) => {
  if (error.code !== "ENOENT") throw error;
});
await rename(next, "dist");
await rm(old, { recursive: true, force: true, maxRetries: 3 });
