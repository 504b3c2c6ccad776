import { posix } from "node:path";
import { isName } from "../model/names.js";
import { isMapping, type YamlMapping } from "../yaml/kind.js";
import { hasFile, type LeftFile, readChartFiles, readFileBelow } from "./chart-files.js";
import { isSwitchedOff, mappingOf, mergedValues, type Release } from "./release.js";

/** A chart that Helm can render offline. */
export interface AssembledChart {
  /** By path relative to the chart, including dependencies from the tree. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** The values files, in order of precedence. */
  readonly valueFiles: readonly Uint8Array[];
  readonly values: YamlMapping;
  /** Dependencies that are not in the tree. */
  readonly missing: readonly MissingChart[];
  readonly left: readonly LeftFile[];
}

export interface MissingChart {
  readonly chart: string;
  readonly version: string;
}

const MAX_DEPTH = 4;

/** Assembles a chart from the tree; undefined if there is none. */
export function assembleChart(root: string, release: Release): AssembledChart | undefined {
  if (!hasFile(root, `${release.directory}/Chart.yaml`)) return undefined;
  const { files, left } = chartFiles(root, release.directory);
  const valueFiles = release.valueFiles.flatMap((path) => {
    const below = posix.normalize(`${release.directory}/${path}`);
    return below.startsWith("../") ? [] : (readFileBelow(root, below) ?? []);
  });
  const values = mergedValues(files, valueFiles, release);
  const missing: MissingChart[] = [];
  addDependencies({ root, directory: release.directory, files, values, missing, left, depth: 0 });
  return { files, valueFiles, values, missing, left };
}

interface Assembling {
  readonly root: string;
  readonly directory: string;
  readonly files: Map<string, Uint8Array>;
  readonly values: YamlMapping;
  readonly missing: MissingChart[];
  readonly left: LeftFile[];
  readonly depth: number;
}

/** The files of one chart, without those for other environments, unless its templates may read any file. */
function chartFiles(root: string, directory: string): { files: Map<string, Uint8Array>; left: LeftFile[] } {
  const { files, left } = readChartFiles(root, directory);
  const readsAny = [...files].some(([path, content]) => path.startsWith("templates/") && content.includes(".Files"));
  const kept = [...files].filter(([path]) => readsAny || !/^(?:values-|secrets(?:-|\.yaml)).*$/.test(path));
  return { files: new Map(kept), left: [...left] };
}

/** Copies in the dependencies from the tree, and removes the others, since Helm would refuse the whole chart. */
function addDependencies(chart: Assembling): void {
  const { root, directory, files, values, missing, left, depth } = chart;
  const description = mappingOf(files.get("Chart.yaml"));
  const written = description["dependencies"];
  files.delete("Chart.lock");
  if (!Array.isArray(written)) return;
  const kept: YamlMapping[] = [];
  for (const dependency of written.filter((each) => isMapping(each))) {
    const { name, version, repository, condition } = dependency;
    if (typeof name !== "string" || !isName(name)) continue;
    const inside = [...files.keys()].some((path) => path === `charts/${name}/Chart.yaml` || isPacked(path, name));
    if (!inside && depth < MAX_DEPTH && typeof repository === "string" && repository.startsWith("file://")) {
      const other = posix.normalize(`${directory}/${repository.slice("file://".length)}`);
      if (!other.startsWith("../") && hasFile(root, `${other}/Chart.yaml`)) {
        const added = chartFiles(root, other);
        addDependencies({ ...chart, directory: other, files: added.files, depth: depth + 1 });
        for (const [path, content] of added.files) files.set(`charts/${name}/${path}`, content);
        left.push(...added.left.map(({ file, reason }) => ({ file: `${other}/${file}`, reason })));
        kept.push(dependency);
        continue;
      }
    }
    if (inside) kept.push(dependency);
    else if (!isSwitchedOff(condition, values)) add(missing, name, version);
  }
  if (kept.length < written.length)
    files.set("Chart.yaml", Buffer.from(JSON.stringify({ ...description, dependencies: kept }, plainly)));
}

function isPacked(path: string, name: string): boolean {
  return path.startsWith(`charts/${name}-`) && path.endsWith(".tgz");
}

function add(missing: MissingChart[], chart: string, version: unknown): void {
  const text = typeof version === "string" || typeof version === "number" ? String(version) : "";
  if (!missing.some((other) => other.chart === chart && other.version === text)) missing.push({ chart, version: text });
}

function plainly(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? Number(value) : value;
}
