import { diagnostic } from "../model/diagnostics/index.js";
import { CLASS_NAMES } from "../model/secret.js";
import { WrittenSecret } from "../model/written-secret.js";
import type { Problems } from "../problems.js";
import { isMapping, type YamlMapping, type YamlValue } from "../yaml/kind.js";
import type { MappingFile } from "../yaml/mapping-file.js";
import type { Position } from "../yaml/position.js";
import { reportIssues } from "../yaml/schema-problems.js";
import { laxBoolean } from "../model/booleans.js";
import { checkSecret } from "./check-secret.js";
import { readTreeFile } from "./tree-file.js";
import type { Tree } from "./tree.js";

/** One entry of a `secrets.yaml`, and its position. */
export interface DeclaredSecret {
  readonly written: WrittenSecret;
  /** The file that has it, as an operator would type it. */
  readonly file: string;
  /** Where its key stands, or one of its fields; found only when it is asked for. */
  readonly position: (...field: readonly string[]) => Position;
}

/** Spellings that the original accepts too, and the documented ones. */
const OLD_SPELLINGS: Readonly<Record<string, string>> = { condition: "if", copy_rules: "copy" };

/** Every field that a secret may have, by the path of its mapping. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  "": ["description", "if", "copy", "generate", "onepassword", "value"],
  copy: ["application", "key", "if"],
  generate: ["type", "source", "length", "charset", "minimum", "template", "if"],
  "generate.minimum": CLASS_NAMES,
  onepassword: ["encoded"],
};

/**
 * Reads and checks one `secrets.yaml` or `secrets-ENV.yaml`. Broken entries are left out of the result, and all of them
 * are reported to `problems`. If the file is missing, there are no secrets.
 */
export function readSecretsFile(
  tree: Tree,
  application: string,
  path: string,
  problems: Problems,
): ReadonlyMap<string, DeclaredSecret> {
  const file = readTreeFile(tree, path, problems, { warnOfOddKeys: true });
  return typeof file === "string" ? new Map() : checkSecretsFile(file, tree.display(path), application, problems);
}

/**
 * The secrets of an application in one environment: `secrets.yaml`, with whole entries overridden by
 * `secrets-ENV.yaml`.
 */
export function readSecrets(
  tree: Tree,
  application: string,
  environment: string,
  problems: Problems,
): ReadonlyMap<string, DeclaredSecret> {
  const read = (file: string): ReadonlyMap<string, DeclaredSecret> =>
    readSecretsFile(tree, application, `applications/${application}/${file}.yaml`, problems);
  return new Map([...read("secrets"), ...read(`secrets-${environment}`)]);
}

/**
 * Checks a file that was read already. The only warnings are of old spellings.
 *
 * @param shown Its path, as an operator would type it.
 */
export function checkSecretsFile(
  file: MappingFile,
  shown: string,
  application: string,
  problems: Problems,
): ReadonlyMap<string, DeclaredSecret> {
  const declared = new Map<string, DeclaredSecret>();
  for (const [key, value] of Object.entries(file.value)) {
    const subject = { application, key };
    const about = (at: readonly (string | number)[], what: "key" | "value" = "value") => ({
      subject,
      place: file.position([key, ...at], at.length === 0 ? "key" : what),
    });
    if (key === "") {
      problems.add(diagnostic("secret-without-name", {}, about([])));
      continue;
    }
    const normalised = normalise(value, (at, old, current, both) => {
      if (both) problems.add(diagnostic("field-both-spellings", { old, current }, about([...at, old], "key")));
      else problems.warn(diagnostic("field-old-spelling", { old, current }, about([])));
    });
    const result = WrittenSecret.safeParse(normalised);
    if (!result.success) {
      const fields = (at: readonly (string | number)[]): readonly string[] => FIELDS[at.join(".")] ?? [];
      reportIssues(result.error.issues, { value: normalised, about, fields }, problems);
      continue;
    }
    const found = checkSecret(subject, result.data, about);
    for (const problem of found) problems.add(problem);
    if (found.length === 0)
      declared.set(key, { written: result.data, file: shown, position: (...field) => file.position([key, ...field]) });
  }
  return declared;
}

/** Converts what the original's validation library accepts into the form of our schema. */
function normalise(value: YamlValue, report: ReportOldSpelling): YamlValue {
  if (!isMapping(value)) return value;
  const secret = respell(value, [], report);
  for (const rule of ["copy", "generate"]) {
    const written = secret[rule];
    if (isMapping(written)) secret[rule] = respell(written, [rule], report);
  }
  const { onepassword } = secret;
  if (isMapping(onepassword) && Object.hasOwn(onepassword, "encoded")) {
    const encoded = laxBoolean(onepassword["encoded"]);
    if (encoded !== undefined) secret["onepassword"] = { ...onepassword, encoded };
  }
  return secret;
}

/** `both` if the current spelling is present too. */
type ReportOldSpelling = (at: readonly string[], old: string, current: string, both: boolean) => void;

function respell(mapping: YamlMapping, at: readonly string[], report: ReportOldSpelling): YamlMapping {
  const result: YamlMapping = { ...mapping };
  for (const [old, current] of Object.entries(OLD_SPELLINGS)) {
    const value = result[old];
    if (value === undefined) continue;
    const both = Object.hasOwn(result, current);
    if (!both) result[current] = value;
    delete result[old];
    report(at, old, current, both);
  }
  return result;
}
