import { compareCodePoints } from "../model/code-points.js";
import { diagnostic } from "../model/diagnostics/index.js";
import type { Application, DeclaredKind } from "../model/environment.js";
import { isName } from "../model/names.js";
import { SecretValue } from "../model/secret-value.js";
import { type GenerateRule, natureOf, type Secret, type SecretNature, type SecretRef } from "../model/secret.js";
import type { WrittenSecret } from "../model/written-secret.js";
import { collectProblems, type Problems } from "../problems.js";
import type { YamlMapping } from "../yaml/kind.js";
import { HELM_VALUES, holds, mergeOverrides } from "./helm-values.js";
import { DEFAULT_CHARSET } from "./check-secret.js";
import { parseTemplate } from "./template.js";
import { readSecrets, type DeclaredSecret } from "./secrets-file.js";
import { attempt, readTreeFile } from "./tree-file.js";
import type { Tree } from "./tree.js";

/** An application as its chart declares it for one environment, before evaluation of conditions. */
export interface DeclaredApplication {
  readonly name: string;
  /** `values.yaml` merged with `values-ENV.yaml`. */
  readonly values: YamlMapping;
  /** `secrets.yaml`, with whole entries overridden by `secrets-ENV.yaml`. */
  readonly secrets: ReadonlyMap<string, DeclaredSecret>;
}

/** An application in one environment, after evaluation of conditions. */
export function loadApplication(tree: Tree, name: string, environment: string, problems: Problems): Application {
  return resolveApplication(readApplication(tree, name, environment, problems), problems);
}

/** Reads the four files of one application for one environment. */
function readApplication(tree: Tree, name: string, environment: string, problems: Problems): DeclaredApplication {
  const base = `applications/${name}`;
  if (attempt(problems, () => tree.exists(`${base}/Chart.yaml`)) === false) {
    const place = { file: tree.display(`${base}/Chart.yaml`) };
    problems.add(diagnostic("chart-missing", {}, { subject: { environment, application: name }, place }));
  }
  const values = mergeOverrides(
    readValues(tree, `${base}/values.yaml`, problems),
    readValues(tree, `${base}/values-${environment}.yaml`, problems),
  );
  return { name, values, secrets: readSecrets(tree, name, environment, problems) };
}

function readValues(tree: Tree, path: string, problems: Problems): YamlMapping {
  const file = readTreeFile(tree, path, problems, HELM_VALUES);
  return typeof file === "string" ? {} : file.value;
}

/** Evaluates every condition. Two rules that both apply are a problem, even beside a fixed value. */
export function resolveApplication(declared: DeclaredApplication, problems: Problems): Application {
  const secrets = new Map<string, Secret>();
  const notRequired = new Map<string, DeclaredKind>();
  const sorted = [...declared.secrets].sort(([a], [b]) => compareCodePoints(a, b));
  for (const [key, { written, file, position }] of sorted) {
    if (!holds(written.if, declared.values)) {
      notRequired.set(key, declaredKind(written));
      continue;
    }
    const copy = written.copy && holds(written.copy.if, declared.values) ? written.copy : undefined;
    const generate = written.generate && holds(written.generate.if, declared.values) ? written.generate : undefined;
    if (copy && generate) {
      const subject = { application: declared.name, key };
      problems.add(diagnostic("rules-conflict", {}, { subject, place: position() }));
      continue;
    }
    secrets.set(key, toSecret({ application: declared.name, key }, written, { copy, generate, file }));
  }
  return { name: declared.name, secrets, notRequired };
}

/** The kind of a secret, as far as it does not depend on conditions. */
export function declaredKind(written: WrittenSecret): DeclaredKind {
  if (written.value) return "fixed";
  if (written.copy) return "copy";
  return written.generate ? "generate" : "static";
}

/**
 * What an application declares, whether or not it is enabled; empty if there is no such chart. Skips broken entries: a
 * disabled application must not stop anything.
 */
export function readDeclaredKinds(
  tree: Tree,
  application: string,
  environment: string,
): ReadonlyMap<string, DeclaredKind> {
  const exists = (): boolean => tree.exists(`applications/${application}/Chart.yaml`);
  if (!isName(application) || !attempt(collectProblems(), exists)) return new Map();
  const declared = readSecrets(tree, application, environment, collectProblems());
  return new Map([...declared].map(([key, { written }]) => [key, declaredKind(written)]));
}

/** The same, with its origin as far as that does not depend on conditions. */
export function declaredNature({ application, key }: SecretRef, written: WrittenSecret): SecretNature {
  return natureOf(toSecret({ application, key }, written, written));
}

/** The rules of a secret that apply, and the file that has them. */
type Applying = Pick<WrittenSecret, "copy" | "generate"> & { readonly file?: string };

function toSecret({ application, key }: SecretRef, written: WrittenSecret, { copy, generate, file }: Applying): Secret {
  const base = {
    application,
    key,
    description: written.description ?? undefined,
    encoded: written.onepassword?.encoded ?? false,
  };
  if (written.value)
    return {
      ...base,
      kind: "fixed",
      value: new SecretValue(written.value, "written"),
      ...(file !== undefined && { file }),
    };
  if (copy) return { ...base, kind: "copy", from: { application: copy.application, key: copy.key } };
  if (generate?.type === "template") {
    return { ...base, kind: "template", parts: parseTemplate(generate.template, application)?.parts ?? [] };
  }
  if (generate) return { ...base, kind: "generate", rule: toRule(generate) };
  return { ...base, kind: "static" };
}

type WrittenRule = Exclude<NonNullable<WrittenSecret["generate"]>, { type: "template" }>;

function toRule(generate: WrittenRule): GenerateRule {
  const { if: _, ...rule } = generate;
  if (rule.type !== "random") return rule;
  const { type, length, charset = DEFAULT_CHARSET, minimum = {} } = rule;
  const wanted = Object.entries(minimum).filter((entry): entry is [string, number] => entry[1] !== undefined);
  return { type, length, charset, minimum: Object.fromEntries(wanted) };
}
