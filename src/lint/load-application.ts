import { checkSecretsFile } from "../config/secrets-file.js";
import { misnamedAmong } from "../config/misnamed.js";
import type { Tree } from "../config/tree.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { isName } from "../model/names.js";
import { readDirectory, readFile, readText, type TextFile } from "./file.js";
import { type Reading, reportProblems } from "./findings.js";
import type { Entry, LintApplication, SecretsFile } from "./model.js";

export interface ApplicationReading extends Reading {
  /** Every environment. */
  readonly known: readonly string[];
  readonly templates: boolean;
}

/** Reads every file of an application; undefined if there is none of that name. */
export function loadApplication(tree: Tree, name: string, reading: ApplicationReading): LintApplication | undefined {
  const { environments, report, templates } = reading;
  const base = `applications/${name}`;
  const names = readDirectory(tree, base, reading);
  if (names.length === 0 && environments.length === 0) return undefined;
  const hasChart = names.includes("Chart.yaml");
  if (!isName(name)) {
    // A backup or another program's directory is not an application.
    if (hasChart || names.includes("secrets.yaml")) {
      const about = { subject: { application: name }, place: { file: base } };
      report(diagnostic("application-name-unusable", {}, about), environments);
    }
    return undefined;
  }
  if (!hasChart && environments.length > 0) {
    const about = { subject: { application: name }, place: { file: `${base}/Chart.yaml` } };
    report(diagnostic("enabled-without-chart", {}, about), environments);
  }
  /** The environments a file concerns: an environment reads its own files and the shared ones. */
  const readers = (environment: string | undefined): Reading => ({
    report,
    environments: environment === undefined ? environments : environments.filter((other) => other === environment),
  });
  const readAll = <T>(
    kind: "values" | "secrets",
    read: (path: string, to: Reading) => T,
  ): [T | undefined, Map<string, T>] => {
    const shared = names.includes(`${kind}.yaml`) ? read(`${base}/${kind}.yaml`, readers(undefined)) : undefined;
    const own = new Map<string, T>();
    for (const file of names) {
      const environment = file.startsWith(`${kind}-`) ? /^[a-z]+-(.+)\.yaml$/.exec(file)?.[1] : undefined;
      if (environment !== undefined) own.set(environment, read(`${base}/${file}`, readers(environment)));
    }
    return [shared, own];
  };
  const misnamed = misnamedAmong(names, base, reading.known);
  for (const { path, meant, environment } of misnamed) {
    const about = { subject: { application: name }, place: { file: path } };
    report(diagnostic("file-misnamed", { path, meant }, about), readers(environment).environments);
  }
  const [values, valuesOf] = readAll("values", (path, to) => readFile(tree, path, to));
  const [secrets, secretsOf] = readAll("secrets", (path, to) => readSecrets(tree, name, path, to));
  // No sync reads the files that only lint reads.
  const beside = { ...reading, environments: [] };
  return {
    name,
    values,
    valuesOf,
    secrets,
    secretsOf,
    misnamed: new Set(misnamed.map(({ path }) => path)),
    enabledIn: environments,
    templates: templates ? readTemplates(tree, base, names, beside) : undefined,
    chart: hasChart ? (readText(tree, `${base}/Chart.yaml`, beside) ?? "") : "",
  };
}

function readSecrets(tree: Tree, application: string, path: string, reading: Reading): SecretsFile {
  const file = readFile(tree, path, reading);
  const { mapping } = file;
  if (mapping === undefined) return { file, entries: new Map() };
  const declared = reportProblems("secret-definition", reading, (problems) =>
    checkSecretsFile(mapping, path, application, problems),
  );
  const entries = [...declared].map(([key, { written }]): [string, Entry] => [
    key,
    { application, key, written, file },
  ]);
  return { file, entries: new Map(entries) };
}

const MAX_DEPTH = 5;

/** The templates of a chart and of its subcharts. */
function readTemplates(tree: Tree, base: string, names: readonly string[], reading: Reading): TextFile[] {
  const list = (directory: string): readonly string[] => readDirectory(tree, directory, reading);
  const found: TextFile[] = [];
  const walk = (directory: string, depth: number): void => {
    for (const name of list(directory)) {
      const path = `${directory}/${name}`;
      if (/\.(ya?ml|tpl)$/.test(name)) {
        const text = readText(tree, path, reading);
        if (text !== undefined) found.push({ path, text });
      } else if (!name.includes(".") && depth < MAX_DEPTH) walk(path, depth + 1);
    }
  };
  if (names.includes("templates")) walk(`${base}/templates`, 1);
  const charts = names.includes("charts") ? list(`${base}/charts`) : [];
  for (const chart of charts) {
    if (list(`${base}/charts/${chart}`).includes("templates")) walk(`${base}/charts/${chart}/templates`, 1);
  }
  return found;
}
