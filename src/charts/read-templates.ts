import { decodeUtf8 } from "../model/text-encoding.js";
import { mergeOverrides } from "../config/helm-values.js";
import { isMapping, setKey, type YamlMapping, type YamlValue } from "../yaml/kind.js";
import type { AssembledChart } from "./assemble.js";
import { type Documents, readDocuments } from "./documents.js";
import { isSwitchedOff, mappingOf, type Release } from "./release.js";
import { evaluate, wholeBudget } from "./template/evaluate.js";
import { type ParsedTemplate, parseTemplateText, type TemplateNode } from "./template/parse.js";

/** Builds the objects of a chart without Helm, as far as its templates can be read. */
export function readTemplates(
  { files, values }: Pick<AssembledChart, "files" | "values">,
  release: Pick<Release, "name" | "namespace">,
): Documents {
  const parsed = new Map<string, ParsedTemplate | undefined>();
  const defines = new Map<string, readonly TemplateNode[]>();
  for (const [path, content] of files) {
    if (!/(?:^|\/)templates\//.test(path) || !/\.(?:ya?ml|tpl)$/.test(path)) continue;
    const text = decodeUtf8(content);
    const template = text === undefined ? undefined : parseTemplateText(text);
    parsed.set(path, template);
    for (const [name, nodes] of template?.defines ?? []) defines.set(name, nodes);
  }
  const budget = wholeBudget();
  const objects: unknown[] = [];
  let untold = 0;
  for (const { path: chart, root } of instances(files, "", values, undefined, release, 0)) {
    for (const [path, template] of parsed) {
      if (!path.startsWith(`${chart}templates/`) || path.endsWith(".tpl") || /(?:^|\/)_[^/]*$/.test(path)) continue;
      const text = template && evaluate(template.nodes, { root, defines }, budget);
      if (text === undefined) untold++;
      else {
        const documents = readDocuments(text);
        objects.push(...documents.objects);
        untold += documents.untold;
      }
    }
  }
  return { objects, untold };
}

/** A chart or a dependency, with what its templates can name. */
interface Instance {
  readonly path: string;
  readonly root: YamlMapping;
}

const MAX_DEPTH = 4;

function instances(
  files: ReadonlyMap<string, Uint8Array>,
  path: string,
  values: YamlMapping,
  alias: string | undefined,
  release: Pick<Release, "name" | "namespace">,
  depth: number,
): Instance[] {
  const description = mappingOf(files.get(`${path}Chart.yaml`));
  const { name, namespace } = release;
  const own: Instance = {
    path,
    root: {
      Values: values,
      Chart: chartFields(description, alias),
      Release: { Name: name, Namespace: namespace, Service: "Helm", IsInstall: true, IsUpgrade: false, Revision: 1 },
      Template: { Name: "", BasePath: "" },
    },
  };
  const written = description["dependencies"];
  const declared = Array.isArray(written) ? written.filter((each) => isMapping(each)) : [];
  if (depth >= MAX_DEPTH) return [own];
  return [
    own,
    ...chartsIn(files, path).flatMap((chart) => {
      const below = `${path}charts/${chart}/`;
      const uses = declared.filter((dependency) => dependency["name"] === chart);
      return (uses.length === 0 ? [{}] : uses).flatMap((dependency: YamlMapping) => {
        const given = dependency["alias"];
        const as = typeof given === "string" ? given : chart;
        const inner = mergeOverrides(mappingOf(files.get(`${below}values.yaml`)), mappingAt(values, as));
        // Its condition may be in its own values.
        if (isSwitchedOff(dependency["condition"], { ...values, [as]: inner })) return [];
        const global = mergeOverrides(mappingAt(inner, "global"), mappingAt(values, "global"));
        setKey(inner, "global", global);
        return instances(files, below, inner, as, release, depth + 1);
      });
    }),
  ];
}

function capital(key: string): string {
  return key.charAt(0).toUpperCase() + key.slice(1);
}

function chartFields(description: YamlMapping, alias: string | undefined): YamlMapping {
  const fields = Object.entries(description).map(([key, value]): [string, YamlValue] => [capital(key), value]);
  return { ...Object.fromEntries(fields), ...(alias === undefined ? {} : { Name: alias }) };
}

function chartsIn(files: ReadonlyMap<string, Uint8Array>, path: string): string[] {
  const below = `${path}charts/`;
  const names = [...files.keys()].flatMap((file) =>
    file.startsWith(below) && file.endsWith("/Chart.yaml") ? file.slice(below.length, -"/Chart.yaml".length) : [],
  );
  return names.filter((name) => !name.includes("/"));
}

function mappingAt(values: YamlMapping, key: string): YamlMapping {
  const value = Object.hasOwn(values, key) ? values[key] : undefined;
  return isMapping(value) ? value : {};
}
