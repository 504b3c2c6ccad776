import { posix } from "node:path";
import { isName } from "../model/names.js";
import { isMapping, type YamlMapping, type YamlValue } from "../yaml/kind.js";
import type { Parameter, Release } from "./release.js";

/** An environment's settings, by which charts are usually deployed. */
export interface Conventions {
  readonly environment: string;
  /** `values.yaml` and `values-ENV.yaml` of `environments/`, merged. */
  readonly settings: YamlMapping;
}

/** The release of each application, from its Argo CD Application or else by convention. */
export function releasesOf(
  applications: readonly string[],
  objects: readonly unknown[],
  conventions: Conventions,
): ReadonlyMap<string, Release> {
  const told = new Map(
    objects.flatMap((object) => readApplication(object, conventions)).map((each) => [each[0], each[1]]),
  );
  return new Map(
    applications.map((application) => [application, told.get(application) ?? usualRelease(application, conventions)]),
  );
}

/** How the original's applications are deployed. */
function usualRelease(application: string, conventions: Conventions): Release {
  return {
    application,
    directory: `applications/${application}`,
    name: application,
    namespace: application,
    valueFiles: usualFiles(conventions),
    values: undefined,
    parameters: usualParameters(conventions),
  };
}

function usualFiles({ environment }: Conventions): string[] {
  return ["values.yaml", `values-${environment}.yaml`];
}

function usualParameters({ environment, settings }: Conventions): Parameter[] {
  const host = textAt(settings, "fqdn");
  const prefix = textAt(settings, "vaultPathPrefix");
  const named: [string, string | undefined][] = [
    ["global.environmentName", environment],
    ["global.host", host],
    ["global.baseUrl", host === undefined ? undefined : `https://${host}`],
    ["global.vaultSecretsPath", prefix],
  ];
  return named.flatMap(([name, value]) => (value === undefined ? [] : [{ name, value, isString: true }]));
}

/** By the application whose chart it deploys. */
function readApplication(object: unknown, conventions: Conventions): [string, Release][] {
  const document = object as YamlValue;
  if (!isMapping(document) || document["kind"] !== "Application") return [];
  if (!textAt(document, "apiVersion")?.startsWith("argoproj.io/")) return [];
  const metadata = mappingAt(document, "metadata");
  const spec = mappingAt(document, "spec");
  const several = spec["sources"];
  const sources = Array.isArray(several) ? several.filter((each) => isMapping(each)) : [mappingAt(spec, "source")];
  return sources.flatMap((source): [string, Release][] => {
    const path = textAt(source, "path");
    if (path === undefined) return [];
    const directory = posix.normalize(path).replace(/\/$/, "");
    const [top, application = "", ...rest] = directory.split("/");
    if (top !== "applications" || !isName(application) || rest.length > 0) return [];
    const helm = mappingAt(source, "helm");
    const files = helm["valueFiles"];
    const namespace = namespaceOf(textAt(mappingAt(spec, "destination"), "namespace"));
    const name = namespaceOf(textAt(helm, "releaseName") ?? textAt(metadata, "name"));
    const release: Release = {
      application,
      directory,
      name: name ?? application,
      namespace: namespace ?? application,
      valueFiles: Array.isArray(files) ? files.filter((each) => typeof each === "string") : usualFiles(conventions),
      values: inlineValues(helm),
      parameters: parametersOf(helm),
    };
    return [[application, release]];
  });
}

/** A valid Kubernetes name; a template with an unknown part is not a name. */
function namespaceOf(text: string | undefined): string | undefined {
  return text !== undefined && /^[a-z0-9][a-z0-9-]{0,62}$/.test(text) ? text : undefined;
}

function inlineValues(helm: YamlMapping): YamlMapping | undefined {
  const value = helm["valuesObject"];
  return isMapping(value) ? value : undefined;
}

function parametersOf(helm: YamlMapping): Parameter[] {
  const written = helm["parameters"];
  if (!Array.isArray(written)) return [];
  return written.flatMap((each) => {
    if (!isMapping(each)) return [];
    const { name, value, forceString } = each;
    if (typeof name !== "string" || name === "" || value === undefined) return [];
    return [{ name, value: plainText(value), isString: forceString === true }];
  });
}

function plainText(value: YamlValue): string {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : "";
}

function mappingAt(values: YamlMapping, key: string): YamlMapping {
  const value = Object.hasOwn(values, key) ? values[key] : undefined;
  return isMapping(value) ? value : {};
}

function textAt(values: YamlMapping, key: string): string | undefined {
  const value = Object.hasOwn(values, key) ? values[key] : undefined;
  return typeof value === "string" && value !== "" ? value : undefined;
}
