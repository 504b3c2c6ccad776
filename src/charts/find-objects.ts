import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import pLimit from "p-limit";
import { sharedAbove } from "../files/ownership.js";
import type { ChartObjects, ConsumerGap, FoundObjects } from "../model/who-uses.js";
import * as z from "zod/mini";
import { VERSION } from "../version.js";
import { isMapping, type YamlMapping } from "../yaml/kind.js";
import { mergeOverrides } from "../config/helm-values.js";
import { type AssembledChart, assembleChart } from "./assemble.js";
import { readFileBelow } from "./chart-files.js";
import { type ChartCache, keyOf, openCache } from "./cache.js";
import { type Extract, extractFrom, readExtract } from "./extract.js";
import { findHelm, type Helm, type HelmRun } from "./helm.js";
import { couldName } from "./mentions.js";
import { readTemplates } from "./read-templates.js";
import { mappingOf, type Release } from "./release.js";
import { releasesOf } from "./releases.js";
import { argumentsOf, renderChart } from "./render-chart.js";
import { readDocuments } from "./documents.js";

/** Where the charts are, and whose objects are wanted. */
export interface ChartsRequest {
  readonly root: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly environment: string;
  /** The applications it enables, in order. */
  readonly applications: readonly string[];
  /** The Vault secrets in question; undefined: all. */
  readonly only?: ReadonlySet<string> | undefined;
  readonly now: Date;
  readonly signal?: AbortSignal | undefined;
}

/** The objects that the charts which may use the secrets in question bring into the cluster. */
export async function findObjects(request: ChartsRequest): Promise<FoundObjects> {
  // After an interrupt, still report what can be read at once.
  const helm = request.signal?.aborted ? undefined : findHelm(request.env);
  if (helm === undefined) return findWith(request, readingOnly);
  const shared = await sharedAbove(tmpdirOf(request)).catch(() => undefined);
  if (shared !== undefined) {
    const found = await findWith(request, readingOnly);
    const message = `others can write to ${shared}, so helm was not started`;
    return { ...found, gaps: [{ kind: "applications-not-rendered", message }, ...found.gaps] };
  }
  const home = await mkdtemp(join(tmpdirOf(request), "phalanx-charts-"));
  try {
    const cache = await openCache(request.env, request.now);
    const limit = AbortSignal.timeout(TIME_LIMIT);
    const signal = request.signal ? AbortSignal.any([request.signal, limit]) : limit;
    const run: HelmRun = { helm, env: request.env, home, signal };
    return await findWith(request, rendering(run, cache, helm));
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

/** For all charts together, in milliseconds: a run that waits for this may already have written. */
const TIME_LIMIT = 120_000;

function tmpdirOf({ env }: ChartsRequest): string {
  return env["TMPDIR"] || tmpdir();
}

/** A way to find the objects of a chart. */
interface Finding {
  readonly by: FoundObjects["by"];
  readonly objectsOf: (chart: AssembledChart, release: Release) => Promise<Extract | { readonly message: string }>;
  /** The Argo CD Applications. */
  readonly applicationsOf: (
    chart: AssembledChart,
    release: Release,
  ) => Promise<{ readonly objects: readonly unknown[] } | { readonly message: string }>;
}

const readingOnly: Finding = {
  by: "templates",
  objectsOf: async (chart, release) => extractFrom(readTemplates(chart, release), release),
  applicationsOf: async (chart, release) => readTemplates(chart, release),
};

/** @param cache Earlier results. */
function rendering(run: HelmRun, cache: ChartCache | undefined, helm: Helm): Finding {
  let count = 0;
  const cached = async <T extends object>(
    what: string,
    chart: AssembledChart,
    release: Release,
    read: (content: unknown) => T | undefined,
    make: (text: string) => T,
  ): Promise<T | { readonly message: string }> => {
    const key = keyOf([what, VERSION, helm.identity, ...contentOf(chart, release)]);
    const known = cache && read(await cache.read(key));
    if (known) return known;
    const result = await renderChart(run, join(run.home, String(count++)), chart, release);
    if (result.kind === "failed") return { message: result.message };
    const made = make(result.text);
    await cache?.write(key, made);
    return made;
  };
  return {
    by: "helm",
    objectsOf: (chart, release) =>
      cached("objects", chart, release, readExtract, (text) => extractFrom(readDocuments(text), release)),
    applicationsOf: (chart, release) =>
      cached(
        "applications",
        chart,
        release,
        (content) => Applications.safeParse(content).data,
        (text) => ({ objects: readDocuments(text).objects.filter(isArgoApplication) }),
      ),
  };
}

/** All inputs for rendering a chart. */
function contentOf({ files, valueFiles }: AssembledChart, release: Release): (string | Uint8Array)[] {
  const sorted = [...files].sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    JSON.stringify([argumentsOf(release), release.values ?? null, valueFiles.length]),
    ...valueFiles,
    ...sorted.flatMap(([path, content]) => [path, content]),
  ];
}

interface Candidate {
  readonly release: Release;
  readonly chart: AssembledChart | undefined;
}

async function findWith(request: ChartsRequest, finding: Finding): Promise<FoundObjects> {
  const gaps: ConsumerGap[] = [];
  const releases = await environmentReleases(request, finding, gaps);
  const candidates = request.applications.flatMap((application): Candidate[] => {
    const release = releases.get(application);
    return release ? [{ release, chart: assembleChart(request.root, release) }] : [];
  });
  const limit = pLimit(availableParallelism());
  const found = await Promise.all(
    inQuestion(candidates, request.only).map(({ release, chart }) =>
      limit(async () => {
        const { application, namespace } = release;
        if (chart === undefined) return { gaps: [{ kind: "chart-elsewhere", application } as const] };
        const own: ConsumerGap[] = [
          ...chart.missing.map((missing) => ({ kind: "remote-chart" as const, application, ...missing })),
          ...chart.left.map((left) => ({ kind: "file-left-out" as const, application, ...left })),
        ];
        const extract = await finding.objectsOf(chart, release);
        if ("message" in extract)
          return { gaps: [...own, { kind: "chart-not-rendered" as const, application, message: extract.message }] };
        const { untold, ...objects } = extract;
        if (untold > 0) own.push({ kind: "objects-untold", application, count: untold });
        return { chart: { application, namespace, ...objects } satisfies ChartObjects, gaps: own };
      }),
    ),
  );
  return {
    by: finding.by,
    charts: found.flatMap(({ chart }) => (chart ? [chart] : [])),
    namespaces: new Map(candidates.map(({ release }) => [release.application, release.namespace])),
    gaps: [...gaps, ...found.flatMap((each) => each.gaps)],
  };
}

async function environmentReleases(
  { root, environment, applications }: ChartsRequest,
  finding: Finding,
  gaps: ConsumerGap[],
): Promise<ReadonlyMap<string, Release>> {
  const own: Release = {
    application: "",
    directory: "environments",
    name: "environments",
    namespace: "argocd",
    valueFiles: ["values.yaml", `values-${environment}.yaml`],
    values: undefined,
    parameters: [],
  };
  const chart = assembleChart(root, own);
  if (chart === undefined || ![...chart.files.keys()].some((path) => path.startsWith("templates/")))
    return releasesOf(applications, [], { environment, settings: chart?.values ?? settingsOf(root, own) });
  const found = await finding.applicationsOf(chart, own);
  const conventions = { environment, settings: chart.values };
  if ("objects" in found) return releasesOf(applications, found.objects, conventions);
  gaps.push({ kind: "applications-not-rendered", message: found.message });
  return releasesOf(applications, readTemplates(chart, own).objects, conventions);
}

/** Settings without a chart around them. */
function settingsOf(root: string, { valueFiles }: Release): YamlMapping {
  return valueFiles.reduce(
    (merged, file) => mergeOverrides(merged, mappingOf(readFileBelow(root, `environments/${file}`))),
    {} as YamlMapping,
  );
}

/** The charts that create a Secret from one of these, or that are deployed next to one that does. */
function inQuestion(candidates: readonly Candidate[], only: ReadonlySet<string> | undefined): readonly Candidate[] {
  if (only === undefined) return candidates;
  const deliver = candidates.filter(
    ({ release, chart }) =>
      only.has(release.application) || (chart && [...only].some((secret) => couldName(chart, secret))),
  );
  const namespaces = new Set(deliver.map(({ release }) => release.namespace));
  return candidates.filter((each) => deliver.includes(each) || namespaces.has(each.release.namespace));
}

const Applications = z.strictObject({ objects: z.array(z.unknown()) });

function isArgoApplication(object: unknown): boolean {
  return isMapping(object as YamlMapping) && (object as YamlMapping)["kind"] === "Application";
}
