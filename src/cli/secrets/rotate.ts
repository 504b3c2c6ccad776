import type { Target } from "../../model/target.js";
import { ExitCode, PhalanxError, toDiagnostic } from "../../errors.js";
import type { Problem } from "../../model/problem.js";
import type { Environment } from "../../model/environment.js";
import { refId, type SecretRef, sourcesOf } from "../../model/secret.js";
import { commandLine, shellWord } from "../../model/shell.js";
import { errorOf } from "../../problems.js";
import { restartAdvice } from "../../render/restart.js";
import { findNamespaces } from "../../config/namespaces.js";
import { diskTree } from "../../config/disk-tree.js";
import { closure, impactOf } from "../../secrets/impact.js";
import type { Context } from "../../terminal/context.js";
import type { ConfigOption, Loaded } from "../../target/load.js";
import { withLoaded } from "../../target/load-ahead.js";
import { readPending } from "../../runs/pending-run.js";
import { showPlan } from "../../runs/show-plan.js";
import { runRegeneration } from "../../runs/regenerate.js";
import { auditTarget } from "../../target/target-options.js";
import { notRequired, toRef } from "../../target/selection.js";

export interface RotateOptions extends ConfigOption {
  readonly dryRun?: boolean;
  readonly resume?: boolean;
  readonly yes?: boolean;
  readonly adopt?: boolean;
}

/** `phalanx secrets rotate ENV APP/KEY...`: new values for exactly these generated secrets, and all that follows them. */
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
  const refs = options.resume ? await pendingRefs(context, name, names) : rotatable(loaded.environment, names);
  const chosen = new Set(refs.map(refId));
  const target: Target = {
    ...auditTarget(context, loaded, undefined, { exclude: [] }),
    regenerate: (ref) => chosen.has(refId(ref)),
    only: closure(loaded.environment, refs),
  };
  if (options.dryRun)
    return showPlan(context, loaded, target, {
      exclude: [],
      keep: [],
      generateAnew: [],
      applicable: false,
    });
  const { applied } = await runRegeneration(context, loaded, target, {
    ...options,
    command: "rotate",
    replan: true,
    question: `Give ${refs.length === 1 ? `${[...chosen].join()} a new value` : `these ${refs.length} secrets new values`} in ${name}?`,
  });
  const plan = {
    environment: name,
    applications: applied.map(({ write }) => write.planned),
    unknown: [],
    unresolved: [],
    blocked: [],
  };
  const { restart } = impactOf(plan, loaded.environment);
  const namespaces = findNamespaces(diskTree(loaded.root, context.cwd), restart);
  context.stderr.write(restartAdvice(restart, namespaces));
  return ExitCode.ok;
}

async function pendingRefs(context: Context, name: string, names: readonly string[]): Promise<SecretRef[]> {
  const pending = await readPending(context, name);
  if (pending?.command !== "rotate") {
    throw new PhalanxError(`There is no interrupted rotate of ${name}`, { hint: "Run the command without --resume." });
  }
  const other = names.find((given) => !pending.keys.includes(given));
  if (other !== undefined)
    throw new PhalanxError(`${other} is not among the secrets of the interrupted rotate`, {
      hint: `They are ${pending.keys.join(", ")}.`,
    });
  return pending.keys.map(toRef);
}

/** Checks that every name is a generated secret; all that is wrong at once. */
function rotatable(environment: Environment, names: readonly string[]): SecretRef[] {
  if (names.length === 0)
    throw new PhalanxError("Which secrets? None is named", {
      hint: "Name them as APP/KEY; phalanx secrets list shows them.",
    });
  const problems = names.flatMap((name) => whyNot(environment, name) ?? []);
  const error = errorOf(problems.map(toDiagnostic), `${problems.length} of these secrets cannot be rotated`);
  if (error) throw error;
  return [...new Set(names)].map(toRef);
}

function whyNot(environment: Environment, name: string): Problem | undefined {
  const { application, key } = toRef(name);
  const secret = environment.applications.get(application)?.secrets.get(key);
  if (key === "" && environment.applications.has(application)) {
    return {
      message: `rotate ${name}: that is a whole application`,
      hint: `Name each secret, as ${shellWord(`${application}/KEY`)}; ${commandLine("phalanx", "secrets", "list", environment.name)} shows them.`,
    };
  }
  if (secret === undefined) {
    const { message, hint } = notRequired(environment, "rotate", name);
    return { message, hint };
  }
  switch (secret.kind) {
    case "static":
      return {
        message: `${name} is static: a person has to provide its new value`,
        hint: `Change it at its source, or with ${commandLine("phalanx", "secrets", "set", environment.name, name)}.`,
      };
    case "template":
      return {
        message: `${name} is made from other secrets`,
        hint: `Rotate one of ${sourcesOf(secret).map(refId).join(", ")}; it follows.`,
      };
    case "copy":
      return { message: `${name} is a copy`, hint: `Rotate ${refId(secret.from)}; the copy follows.` };
    case "fixed":
      return {
        message: `${name} is fixed in the configuration`,
        hint: `Change its value in the secrets.yaml of ${application}.`,
      };
    case "generate":
      return secret.rule.type === "oidc-clients"
        ? {
            message: `${name} is made from the OpenID Connect clients`,
            hint: "Change them in the static secrets, then sync.",
          }
        : undefined;
  }
}
