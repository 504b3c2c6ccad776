import { readdirSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { dirname, join } from "node:path/posix";
import { expect, test } from "vitest";
import { ROOT } from "./support/cli.js";

const src = readdirSync(`${ROOT}src`, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".ts") && !path.endsWith(".test.ts"))
  .map((path) => path.replaceAll("\\", "/"))
  .sort();
const [, afterLayout = ""] = readFileSync(`${ROOT}ARCHITECTURE.md`, "utf8").split("\n## Layout\n");
const rows = tableOf(afterLayout.split("\n## ")[0] ?? "");

/** Modules of Node that compute, or tell what happens inside the process, and nothing else. */
const PURE_MODULES = new Set(["node:diagnostics_channel", "node:path", "node:util"]);
const TIME_OR_CHANCE = /\bnew Date\(\)|\bDate\.now\b|\bMath\.random\b|\bperformance\.now\b/;

interface Row {
  /** Files, and folders with their slash. */
  readonly places: readonly string[];
  /** The beginnings of the paths of what it may import. */
  readonly allowed: readonly string[];
  readonly cell: string;
  readonly pure: boolean;
}

function tableOf(layout: string): Row[] {
  const table: Row[] = [];
  for (const line of layout.split("\n").filter((text) => text.startsWith("| `"))) {
    const [, folder = "", what = "", cell = ""] = line.split("|").map((text) => text.trim());
    const places = [...folder.matchAll(/`([^`]+)`/g)].map(([, place = ""]) => place);
    const above = table.flatMap((row) => row.places);
    table.push({ places, allowed: allowedBy(cell, above), cell, pure: /\bpure\b/.test(what) });
  }
  return table;
}

/** "nothing"; "all above", with "but" what it leaves out; or names of rows above, or of files in their folders. */
function allowedBy(cell: string, above: readonly string[]): string[] {
  if (cell === "nothing") return [];
  const [named = "", left = ""] = cell.replace(/ \(.*\)$/, "").split(" but ");
  const pathsOf = (list: string): string[] =>
    list.split(/, | and /).map((name) => (above.includes(`${name}/`) ? `${name}/` : `${name}.ts`));
  if (named === "all above") return above.filter((place) => !pathsOf(left).some((path) => place.startsWith(path)));
  const paths = pathsOf(named);
  const unknown = paths.find((path) => !above.some((place) => path.startsWith(place)));
  if (unknown !== undefined) throw new Error(`ARCHITECTURE.md: "${cell}" names ${unknown}, which no row above it has`);
  return paths;
}

/** The row of a file: of several the closest. */
function rowOf(path: string): Row | undefined {
  const closeness = (row: Row): number =>
    Math.max(0, ...row.places.filter((place) => path.startsWith(place)).map((place) => place.length));
  const closest = rows.toSorted((a, b) => closeness(b) - closeness(a))[0];
  return closest === undefined || closeness(closest) === 0 ? undefined : closest;
}

/** What is wrong with the imports of a file, by the table. */
function faultsOf(path: string, text: string): string[] {
  const row = rowOf(path);
  if (row === undefined) return [`src/${path} is in no row of the table in ARCHITECTURE.md`];
  const shown = row.places.join(", ");
  const imports = [...text.matchAll(/(?:\bfrom|\bimport\(|\bimport)\s*"([^"]+)"/g)].map(([, name = ""]) => name);
  const faults = imports.flatMap((name) => {
    if (name.startsWith(".")) {
      const target = join(dirname(path), name).replace(/\.js$/, ".ts");
      const mayImport = [...row.places, ...row.allowed].some((place) => target.startsWith(place));
      return mayImport ? [] : [`src/${path} imports ${target}: the row ${shown} may import ${row.cell}`];
    }
    return row.pure && isBuiltin(name) && !PURE_MODULES.has(name)
      ? [`src/${path} imports ${name}: the row ${shown} is pure`]
      : [];
  });
  const [used] = (row.pure && TIME_OR_CHANCE.exec(text)) || [];
  return used === undefined ? faults : [...faults, `src/${path} uses ${used}: the row ${shown} is pure`];
}

test("every import of src/ is one that the table in ARCHITECTURE.md allows", () => {
  expect(src.flatMap((path) => faultsOf(path, readFileSync(`${ROOT}src/${path}`, "utf8")))).toEqual([]);
});

test("the table in ARCHITECTURE.md names nothing that is not there", () => {
  const named = rows.flatMap((row) => [...row.places, ...row.allowed]);
  expect(named.filter((place) => !src.some((path) => path.startsWith(place)))).toEqual([]);
});

test.each([
  ["model/x.ts", 'import type { A } from "../vault/a.js";', "imports vault/a.ts: the row model/ may import nothing"],
  ["git/x.ts", 'const a = await import(\n  "../cli/a.js"\n);', "imports cli/a.ts: the row git/ may import errors, "],
  ["graph/x.ts", 'export * from "../secrets-of-mine.js";', "imports secrets-of-mine.ts: the row graph/ may"],
  [
    "lint/x.ts",
    'import { a } from "../secrets/order.js";',
    "imports secrets/order.ts: the row lint/ may import errors",
  ],
  ["cli/x.ts", 'type A = import("../dev-vault/a.js").A;', "imports dev-vault/a.ts: the row cli/ may import all above"],
  ["library/x.ts", 'import "../cli/a.js";', "imports cli/a.ts: the row library/, index.ts may import version, model"],
  ["render/x.ts", 'import { a } from "node:fs/promises";', "imports node:fs/promises: the row render/ is pure"],
  ["secrets/x.ts", 'import { a } from "crypto";', "imports crypto: the row secrets/ is pure"],
  ["fleet/x.ts", "const a = new Date();", "uses new Date(): the row fleet/ is pure"],
  ["new/x.ts", "", "is in no row of the table in ARCHITECTURE.md"],
])("a wrong import is found: %s with %s", (path, text, fault) => {
  expect(faultsOf(path, text)).toEqual([expect.stringContaining(`src/${path} ${fault}`)]);
});
