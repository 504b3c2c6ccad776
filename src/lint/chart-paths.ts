import { diagnostic } from "../model/diagnostics/index.js";
import { PULL_SECRET, vaultPrefix } from "../model/environment.js";
import type { Place } from "../model/diagnostic.js";
import { nearest } from "../model/nearest.js";
import type { TextFile } from "./file.js";
import type { Report } from "./findings.js";
import type { LintApplication, LintEnvironment, LintModel } from "./model.js";
import { placesIn } from "./places.js";
import { withoutComments } from "./template-uses.js";

/** Reports paths in Vault that charts read and that no sync writes, as after an application was renamed. */
export function checkChartPaths({ applications, environments }: LintModel, report: Report): void {
  for (const application of applications) {
    const paths = (application.templates ?? []).flatMap(pathsIn);
    if (paths.length === 0) continue;
    for (const environment of environments.filter(({ deployed }) => deployed.has(application.name))) {
      const { deployed } = environment;
      const isOld = isRenamed(application, paths, environment);
      const declared = [...deployed].filter(([, { entries }]) => entries.size > 0).map(([name]) => name);
      for (const { text, place, isConditional } of paths) {
        const name = nameIn(text, environment);
        // What a condition decides may be off.
        if (name === undefined || !isNowhere(name, environment) || (isConditional && !isOld)) continue;
        const meant = isOld ? application.name : nearest(name, declared);
        const details = { name, enabled: deployed.has(name), ...(meant !== undefined && { meant }) };
        const about = { subject: { application: application.name }, place };
        report(diagnostic("chart-path-undeclared", details, about), [environment.name]);
      }
    }
  }
}

/** A path that a template gives an operator. */
interface ReadPath {
  /** `PREFIX/` stands for the prefix of the environment. */
  readonly text: string;
  readonly place: Place;
  /** Whether something decides that the objects are there at all. */
  readonly isConditional: boolean;
}

const OPERATORS = /^kind: *["']?(?:VaultSecret|VaultStaticSecret|ExternalSecret)["']?\s*$/m;

function pathsIn({ path: file, text }: TextFile): ReadPath[] {
  const cleaned = withoutComments(text);
  if (!OPERATORS.test(cleaned)) return [];
  const variables = new Set(
    [...cleaned.matchAll(/(\$\w+) *:=([^}\n]*)/g)]
      .filter(([, , value]) => /\.Values\.global\.vaultSecretsPath\b/.test(value ?? ""))
      .map(([, name]) => name),
  );
  const placeAt = placesIn(file, text);
  const found: ReadPath[] = [];
  let start = 0;
  for (const document of cleaned.split(/^(?=---)/m)) {
    const offset = start;
    start += document.length;
    if (!OPERATORS.test(document)) continue;
    for (const match of document.matchAll(/^[ \t]+(?:- +)?(?:path|key): *(\S.*)$/gm)) {
      const [line, written = ""] = match;
      const at = offset + match.index + line.length - written.length;
      const isConditional = file.includes("/charts/") || isWithinBlock(cleaned.slice(0, at));
      found.push({ text: plainPath(written, variables), place: placeAt(at), isConditional });
    }
  }
  return found;
}

const OF_ENVIRONMENT = /^\{\{-? *\$?\.Values\.global\.vaultSecretsPath *-?\}\}\//;
const PRINTED = /^\{\{-? *printf +"%s\/([\w.-]+)" +\$?\.Values\.global\.vaultSecretsPath *(?:\| *quote *)?-?\}\}$/;
const OF_VARIABLE = /^\{\{-? *(\$\w+)(?:\._\d+)? *-?\}\}\//;

function plainPath(written: string, variables: ReadonlySet<string | undefined>): string {
  const path = written.trim().replace(/^(["'])(.*)\1$/, "$2");
  const [, printed] = PRINTED.exec(path) ?? [];
  if (printed !== undefined) return `PREFIX/${printed}`;
  if (variables.has(OF_VARIABLE.exec(path)?.[1])) return path.replace(OF_VARIABLE, "PREFIX/");
  return path.replace(OF_ENVIRONMENT, "PREFIX/");
}

/** Whether more blocks of a Helm template are open here than closed. */
function isWithinBlock(text: string): boolean {
  let open = 0;
  for (const [, word] of text.matchAll(/\{\{-? *(if|with|range|define|block|end)\b/g)) open += word === "end" ? -1 : 1;
  return open > 0;
}

/** The application right below the prefix of an environment; undefined for any other path. */
function nameIn(path: string, { settings }: LintEnvironment): string | undefined {
  for (const prefix of ["PREFIX/", `${vaultPrefix(settings.vault)}/`])
    if (path.startsWith(prefix)) return /^[\w.-]+$/.exec(path.slice(prefix.length))?.[0];
  return undefined;
}

/** Whether no sync of the environment writes it: an application of that name is not enabled, or has no secrets. */
function isNowhere(name: string, { deployed }: LintEnvironment): boolean {
  const here = deployed.get(name);
  return name !== PULL_SECRET && (here === undefined || (here.entries.size === 0 && !here.unsure));
}

/** Whether a chart reads nothing of its own application, although that has secrets: it was probably renamed. */
function isRenamed(application: LintApplication, paths: readonly ReadPath[], environment: LintEnvironment): boolean {
  const hasSecrets = (environment.deployed.get(application.name)?.entries.size ?? 0) > 0;
  const readsOwn = ({ text }: ReadPath): boolean =>
    nameIn(text, environment) === application.name || /\.(?:Chart|Release)\.Name/.test(text);
  return hasSecrets && !paths.some(readsOwn);
}
