import { type ConditionOutcome, type Declaration, explainEnvironment } from "../../config/explain.js";
import { diskTree } from "../../config/disk-tree.js";
import { ExitCode, PhalanxError } from "../../errors.js";
import { compareCodePoints } from "../../model/code-points.js";
import type { Environment } from "../../model/environment.js";
import type { ApplicationHistory } from "../../model/history.js";
import { refId, type Secret, type SecretRef, sourcesOf } from "../../model/secret.js";
import { readHistory } from "../../operations/read-history.js";
import { namesText } from "../../render/names-text.js";
import { type Style, wrap } from "../../render/style.js";
import { compareVersions } from "../../secrets/history.js";
import { dependentsOf, reachable } from "../../secrets/impact.js";
import type { Context } from "../../terminal/context.js";
import { type ConfigOption, type Loaded, loadFromTree } from "../../target/load.js";
import { withVault } from "../../access/session.js";
import { styleFor } from "../../terminal/terminal.js";
import { notRequired, splitName } from "../../target/selection.js";
import { printable } from "../../render/printable.js";

/** More than anybody looks at; in a chain, what follows every key adds up to a square. */
const FOLLOWERS = 500;

/** `phalanx secrets explain ENV APP[/KEY]`: why a secret is required, where its value comes from, and who wrote it. */
export async function run(context: Context, name: string, chosen: string, options: ConfigOption): Promise<ExitCode> {
  const loaded = loadFromTree(context, name, options);
  const { environment, root } = loaded;
  const [application, key] = splitName(chosen);
  const enabled = environment.applications.get(application);
  const keys =
    key === undefined
      ? [...(enabled?.secrets.keys() ?? []), ...(enabled?.notRequired.keys() ?? [])].sort(compareCodePoints)
      : [key];
  if (keys.length === 0) throw new PhalanxError(notRequired(environment, "explain", chosen));
  const tree = diskTree(root, context.cwd);
  const explain = explainEnvironment(tree, name);
  const declarations = keys.map((each) => ({ key: each, declaration: explain(application, each) }));
  if (declarations.every(({ declaration }) => declaration === undefined))
    throw new PhalanxError(notRequired(environment, "explain", chosen));
  const history = await historyOf(context, loaded, application);
  const style = styleFor(context, context.stdout);
  const dependents = dependentsOf(environment);
  const texts = declarations.flatMap(({ key: each, declaration }) =>
    declaration ? [explanation(environment, { application, key: each }, declaration, dependents, history, style)] : [],
  );
  context.stdout.write(texts.join("\n"));
  return ExitCode.ok;
}

/** Without a token, or where Vault cannot be reached, the configuration still has a lot to say. */
async function historyOf(context: Context, loaded: Loaded, application: string): Promise<ApplicationHistory | string> {
  try {
    const [history] = await withVault(context, loaded, undefined, (session) =>
      readHistory(session, loaded.environment.vault, new Set([application])),
    );
    return history ?? "has no secret for the application";
  } catch (error) {
    if (!(error instanceof PhalanxError)) throw error;
    return `not asked: ${error.message}`;
  }
}

function explanation(
  environment: Environment,
  ref: SecretRef,
  declaration: Declaration,
  dependents: ReturnType<typeof dependentsOf>,
  history: ApplicationHistory | string,
  style: Style,
): string {
  const secret = environment.applications.get(ref.application)?.secrets.get(ref.key);
  const followers = reachable(refId(ref), dependents, FOLLOWERS);
  const rows: [string, string][] = [
    ["declared", declaration.position],
    ...declaration.conditions.map((condition): [string, string] => ["condition", conditionText(condition)]),
    ["required", requiredText(environment, ref, secret)],
    ...(secret ? [["value", valueText(secret)] as [string, string]] : []),
    ...(declaration.written.description ? [["about", declaration.written.description.trim()] as [string, string]] : []),
    ["used by", followers.length === 0 ? "no other secret" : namesText(followers, followers.length === FOLLOWERS)],
    ...vaultRows(ref.key, history),
  ];
  return (
    style.bold(printable(refId(ref))) +
    "\n" +
    rows.map(([label, text]) => wrap(text, style, " ".repeat(14), `  ${label.padEnd(10)}  `)).join("")
  );
}

function requiredText(environment: Environment, { application }: SecretRef, secret: Secret | undefined): string {
  if (secret) return `yes, in ${environment.name}`;
  return environment.applications.has(application)
    ? `no: its condition is false in ${environment.name}`
    : `no: ${application} is not enabled in ${environment.name}`;
}

function conditionText({ of, path, holds, decidedBy }: ConditionOutcome): string {
  const where = decidedBy === undefined ? "it is set in no values file" : decidedBy;
  return `${of === "secret" ? "" : `(of the ${of} rule) `}${path} is ${holds ? "true" : "false"}: ${where}`;
}

function valueText(secret: Secret): string {
  switch (secret.kind) {
    case "static":
      return "static: a person provides it";
    case "fixed":
      return "fixed in the configuration";
    case "template":
      return `made from ${sourcesOf(secret).map(refId).join(", ")}`;
    case "copy":
      return `a copy of ${refId(secret.from)}`;
    case "generate":
      return "source" in secret.rule
        ? `generated (${secret.rule.type}) from ${secret.application}/${secret.rule.source}`
        : `generated (${secret.rule.type})`;
  }
}

function vaultRows(key: string, history: ApplicationHistory | string): [string, string][] {
  if (typeof history === "string") return [["in Vault", history]];
  const { versions, provenance } = history;
  const rows = versions.flatMap((version, i): [string, string][] => {
    const changes =
      version.version === 1
        ? compareVersions(new Map(), version.values)
        : compareVersions(versions[i - 1]?.values, version.values);
    const touched =
      changes === undefined
        ? version.values?.has(key)
        : [...changes.created, ...changes.changed, ...changes.deleted].includes(key);
    if (!touched) return [];
    const run = provenance.writers.get(version.version);
    const what =
      changes === undefined
        ? "holds it"
        : changes.created.includes(key)
          ? "created"
          : changes.changed.includes(key)
            ? "changed"
            : "removed";
    return [
      [
        "in Vault",
        `version ${version.version}, ${version.createdTime.slice(0, 19)}Z: ${what} by ${run ? `run ${run.run}` : "a writer unknown"}`,
      ],
    ];
  });
  const now = versions.at(-1);
  const state = now?.values === undefined ? "deleted" : now.values.has(key) ? "holds a value" : "holds no value";
  return [["in Vault", `version ${history.metadata.currentVersion}, the latest, ${state}`], ...rows.reverse()];
}
