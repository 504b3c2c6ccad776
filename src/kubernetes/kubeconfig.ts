import type * as z from "zod/mini";
import { ConfigurationError } from "../errors.js";
import type { Place } from "../model/diagnostic.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { collectProblems, type Problems } from "../problems.js";
import { isMapping, kindOf, type YamlValue } from "../yaml/kind.js";
import { type MappingFile, readMapping } from "../yaml/mapping-file.js";
import { reportIssues } from "../yaml/schema-problems.js";

/** The field with the body of an entry, by section. */
const BODIES = { clusters: "cluster", contexts: "context", users: "user" } as const;
type Section = keyof typeof BODIES;
const SECTIONS = Object.keys(BODIES) as readonly Section[];

/** A named cluster, context or user, not checked yet: most are never used. */
export interface KubeconfigEntry {
  /** The file, as the operator would type it. */
  readonly file: string;
  /** Base directory of its relative paths. */
  readonly directory: string;
  readonly body: YamlValue;
  readonly place: (path: readonly (string | number)[]) => Place;
}

export interface Kubeconfig extends Readonly<Record<Section, ReadonlyMap<string, KubeconfigEntry>>> {
  readonly currentContext: string | undefined;
}

/**
 * Parses the text of one kubeconfig.
 *
 * @throws ConfigurationError if it is not one; its message contains nothing from the text but names of fields.
 */
export function readKubeconfig(text: string, file: string, directory: string): Kubeconfig {
  const problems = collectProblems();
  const mapping = readMapping(text, () => file, problems);
  throwFirst(problems);
  const { value = {} } = mapping ?? {};
  const entriesIn = (section: Section): ReadonlyMap<string, KubeconfigEntry> =>
    new Map(mapping ? entriesOf(mapping, section, { file, directory }) : []);
  const current = value["current-context"] ?? "";
  if (typeof current !== "string") throw wrongType(mapping, ["current-context"], current, "string");
  return {
    currentContext: current === "" ? undefined : current,
    clusters: entriesIn("clusters"),
    contexts: entriesIn("contexts"),
    users: entriesIn("users"),
  };
}

function entriesOf(
  mapping: MappingFile,
  section: Section,
  at: Pick<KubeconfigEntry, "file" | "directory">,
): ReadonlyMap<string, KubeconfigEntry> {
  const list = mapping.value[section] ?? [];
  if (!Array.isArray(list)) throw wrongType(mapping, [section], list, "list");
  const entries = new Map<string, KubeconfigEntry>();
  for (const [index, item] of list.entries()) {
    if (!isMapping(item)) throw wrongType(mapping, [section, index], item, "mapping");
    const { name } = item;
    if (typeof name !== "string") throw wrongType(mapping, [section, index, "name"], name, "string");
    const place = (path: readonly (string | number)[]): Place =>
      mapping.position([section, index, BODIES[section], ...path], "key");
    if (entries.has(name))
      throw new ConfigurationError(diagnostic("kubeconfig-name-twice", { section, name }, { place: place([]) }));
    entries.set(name, { ...at, body: item[BODIES[section]] ?? {}, place });
  }
  return entries;
}

/** As in kubectl, the first entry of each name wins as a whole, and so does the first current context. */
export function mergeKubeconfigs(files: readonly Kubeconfig[]): Kubeconfig {
  const merged = { clusters: new Map(), contexts: new Map(), users: new Map() } satisfies Record<Section, unknown>;
  for (const file of files)
    for (const section of SECTIONS)
      for (const [name, entry] of file[section]) if (!merged[section].has(name)) merged[section].set(name, entry);
  return { ...merged, currentContext: files.find(({ currentContext }) => currentContext)?.currentContext };
}

/** The fields of an entry, by their schema; unknown ones may belong to other programs. */
export function fieldsOf<T extends z.ZodMiniType>({ body, place }: KubeconfigEntry, schema: T): z.infer<T> {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const problems = collectProblems();
  const about = (path: readonly (string | number)[]): { place: Place } => ({ place: place(path) });
  reportIssues(result.error.issues, { value: body, about, fields: () => [], secret: true }, problems);
  throw new ConfigurationError(problems.found[0] ?? diagnostic("field-invalid", {}, about([])));
}

function throwFirst({ found: [first] }: Problems): void {
  if (first !== undefined) throw new ConfigurationError(first);
}

function wrongType(
  mapping: MappingFile | undefined,
  path: readonly (string | number)[],
  value: YamlValue | undefined,
  needed: "string" | "list" | "mapping",
): ConfigurationError {
  const place = mapping?.position(path);
  return new ConfigurationError(
    value === undefined
      ? diagnostic("field-missing", { field: path.at(-1) }, { place })
      : diagnostic("field-wrong-type", { field: path.at(-1), is: kindOf(value), needed }, { place }),
  );
}
