// Builds only the step of the GitHub Action, which a release commits: node scripts/action-bundle.mjs [DIRECTORY]
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { bundle } from "./bundle.mjs";
import { buildFleetPage } from "./fleet-page.mjs";
import { foldersOf, licencesOf } from "./licences.mjs";

const [directory = "action-dist"] = process.argv.slice(2);
const { version } = JSON.parse(await readFile("package.json", "utf8"));
await rm(directory, { recursive: true, force: true });
await mkdir(directory, { recursive: true });
const define = {
  PHALANX_VERSION: JSON.stringify(version),
  PHALANX_FLEET_PAGE: await buildFleetPage(),
};
const metafile = await bundle({ action: "src/action.ts" }, define, directory);
await writeFile(`${directory}/licences.txt`, await licencesOf(foldersOf(metafile)));
