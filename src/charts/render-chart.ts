import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { AssembledChart } from "./assemble.js";
import { type HelmResult, type HelmRun, runHelm } from "./helm.js";
import type { Release } from "./release.js";

/** Renders a chart in a directory of its own, which is created if necessary. */
export async function renderChart(
  run: HelmRun,
  directory: string,
  { files, valueFiles }: Pick<AssembledChart, "files" | "valueFiles">,
  release: Release,
): Promise<HelmResult> {
  const chart = join(directory, "chart");
  for (const [path, content] of files) await write(join(chart, path), content);
  const given: string[] = [];
  const give = async (content: Uint8Array | string): Promise<void> => {
    const path = join(directory, `values-${given.length}.yaml`);
    await write(path, content);
    given.push(path);
  };
  for (const content of valueFiles) await give(content);
  if (release.values) await give(JSON.stringify(release.values));
  return runHelm(run, [...argumentsOf(release), chart, ...given.flatMap((path) => ["--values", path])]);
}

/** Arguments of helm besides the chart and its values files. */
export function argumentsOf({ name, namespace, parameters }: Release): string[] {
  return [
    "template",
    name,
    "--namespace",
    namespace,
    ...parameters.flatMap((each) => [each.isString ? "--set-string" : "--set", `${each.name}=${escaped(each.value)}`]),
  ];
}

/** As Argo CD does: a comma would start another parameter. */
function escaped(value: string): string {
  return value.replaceAll(/(?<!\\),/g, "\\,");
}

async function write(path: string, content: Uint8Array | string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeFile(path, content, { flag: "wx", mode: 0o600 });
}
