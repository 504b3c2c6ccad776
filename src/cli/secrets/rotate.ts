import { ExitCode, PhalanxError } from "../../errors.js";
import type { AnyDiagnostic } from "../../model/diagnostic.js";
import { diagnostic } from "../../model/diagnostics/index.js";
import type { Environment } from "../../model/environment.js";
import { refId, type SecretRef, sourcesOf } from "../../model/secret.js";
import type { Target } from "../../model/target.js";
import { errorOf } from "../../problems.js";
import { massOfChanges } from "../../secrets/mass-change.js";
import { scopeFrom } from "../../secrets/scope.js";
import type { Context } from "../../terminal/context.js";
import type { ConfigOption, Loaded } from "../../target/load.js";
import { withLoaded } from "../../target/load-ahead.js";
import { readPending } from "../../runs/pending-run.js";
import { accessWords, nextCommand } from "../../runs/next-command.js";
import { previewChange } from "../../runs/preview-plan.js";
import { runRegeneration } from "../../runs/regenerate.js";
import { auditTarget } from "../../target/target-options.js";
import { notRequired, toRef } from "../../target/selection.js";

export interface RotateOptions extends ConfigOption {
  readonly dryRun?: boolean;
  readonly resume?: boolean;
  readonly yes?: boolean;
  readonly adopt?: boolean;
  readonly allowMassChange?: boolean;
}

/**
 * `phalanx secrets rotate ENV APP/KEY...`: generates new values for exactly these secrets and for everything that
 * follows them.
 */
export function run(
  context: Context,
  name: string,
  names: readonly string[],
  options: RotateOptions,
): Promise<ExitCode> {
  return withLoaded(context, name, options, (loaded) => rotateLoaded(context, loaded, names, options));
}

async function rotateLoaded(
  context: Context,
  loaded: Loaded,
  names: readonly string[],
  options: RotateOptions,
): Promise<ExitCode> {
  const { name } = loaded.environment;
  const refs = options.resume ? await pendingRefs(context, name, names) : rotatable(loaded.environment, names, options);
  const chosen = new Set(refs.map(refId));
  const target: Target = {
    ...auditTarget(context, loaded, undefined, { exclude: [] }),
    regenerate: (ref) => chosen.has(refId(ref)),
    only: scopeFrom(loaded.environment, refs),
  };
  if (options.dryRun)
    return previewChange(context, loaded, target, {
      adopt: options.adopt ?? false,
      counts: "changes",
      allowMassChange: options.allowMassChange ?? false,
    });
  const allowed = options.allowMassChange ? ["--allow-mass-change"] : [];
  const { isPart } = await runRegeneration(context, loaded, target, {
    adopt: options.adopt ?? false,
    resume: options.resume ?? false,
    command: "rotate",
    kept: { mass: allowed, access: accessWords(options), sources: [] },
    again: nextCommand(["secrets", "rotate", name, "--resume", ...allowed], options),
    consent: {
      given: options.yes ?? false,
      // A resumed run was confirmed when it started.
      required: !options.resume,
      mass: massOfChanges,
      allowsMass: options.allowMassChange ?? false,
    },
    replan: true,
    // Some of them have theirs already: what is left is in the plan.
    question: options.resume
      ? `Continue this rotation in ${name}?`
      : `Give ${refs.length === 1 ? `${[...chosen].join()} a new value` : `these ${refs.length} secrets new values`} in ${name}?`,
  });
  return isPart ? ExitCode.findings : ExitCode.ok;
}

async function pendingRefs(context: Context, name: string, names: readonly string[]): Promise<SecretRef[]> {
  const pending = await readPending(context, name);
  if (pending?.command !== "rotate") {
    const subject = { environment: name };
    throw new PhalanxError(diagnostic("pending-run-missing", { command: "rotate" }, { subject }));
  }
  const other = names.find((given) => !pending.keys.includes(given));
  if (other !== undefined)
    throw new PhalanxError(diagnostic("pending-run-of-others", { given: other, secrets: pending.keys }));
  return pending.keys.map(toRef);
}

/** Checks that every name is a generated secret; reports all problems at once. */
function rotatable(environment: Environment, names: readonly string[], options: RotateOptions): SecretRef[] {
  if (names.length === 0) {
    const subject = { environment: environment.name };
    throw new PhalanxError(diagnostic("secrets-unnamed", { command: "rotate" }, { subject }));
  }
  const faults = new Map(names.map((name) => [name, whyNot(environment, name)]));
  const problems = [...faults.values()].flatMap((fault) => fault ?? []);
  const good = names.filter((name) => faults.get(name) === undefined);
  const others = good.length === 0 ? undefined : nextCommand(["secrets", "rotate", environment.name, ...good], options);
  const summary = diagnostic("secrets-refused", { count: problems.length, command: "rotate", others });
  // Even of a single fault: that the others were not rotated, either, has to be said.
  const error =
    others !== undefined && problems.length > 0 ? new PhalanxError(summary, { problems }) : errorOf(problems, summary);
  if (error) throw error;
  return [...new Set(names)].map(toRef);
}

function whyNot(environment: Environment, name: string): AnyDiagnostic | undefined {
  const { application, key } = toRef(name);
  const subject = { environment: environment.name, application, key };
  const secret = environment.applications.get(application)?.secrets.get(key);
  if (key === "" && environment.applications.has(application))
    return diagnostic("whole-application-named", { command: "rotate" }, { subject });
  if (secret === undefined) return notRequired(environment, "rotate", name);
  switch (secret.kind) {
    case "static":
      return diagnostic("rotate-refused", { kind: secret.kind, ...staticSourceOf(environment) }, { subject });
    case "fixed":
      return diagnostic("rotate-refused", { kind: secret.kind, file: secret.file }, { subject });
    case "template":
      return diagnostic("rotate-refused", { kind: secret.kind, sources: sourcesOf(secret).map(refId) }, { subject });
    case "copy":
      return diagnostic("rotate-refused", { kind: secret.kind, source: refId(secret.from) }, { subject });
    case "generate":
      return secret.rule.type === "oidc-clients"
        ? diagnostic("rotate-refused", { kind: secret.rule.type }, { subject })
        : undefined;
  }
}

/** Where a sync of this environment takes its static secrets from, unless it is told otherwise. */
function staticSourceOf({ staticFiles, onepassword }: Environment): {
  readonly from: "file" | "onepassword" | "unknown";
  readonly file?: string;
} {
  const [file] = staticFiles ?? [];
  if (file !== undefined) return { from: "file", file };
  return { from: onepassword ? "onepassword" : "unknown" };
}
