import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Context, variable } from "../terminal/context.js";
import type { SyncOptions } from "../target/target-options.js";
import { findRoot } from "../config/tree.js";
import { ExitCode, PhalanxError, throwAsFinding } from "../errors.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { SEEN_VALUES, type SeenValue } from "../model/secret-value.js";
import { annotationText } from "../render/diagnostic.js";
import { renderError } from "../render/error.js";
import { proveAddresses } from "./addresses.js";
import { openCheckout } from "./checkout.js";
import { type Event, isProposal, readEvent } from "./event.js";
import { type Inputs, readInputs } from "./inputs.js";
import { collect, type Printed } from "./collect.js";
import { fenced, openRunner, type Runner } from "./runner.js";
import { refuseLinkOut } from "./static-file.js";

/** First line of the comment, by which the next run finds it. */
const MARKER = "<!-- phalanx diff -->";

/** Credentials that a job may hold. */
const CREDENTIALS = [
  "VAULT_TOKEN",
  "VAULT_ROLE_ID",
  "VAULT_SECRET_ID",
  "OP_CONNECT_TOKEN",
  "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
  "SOPS_AGE_KEY",
] as const;

/** One step of a workflow: reads its inputs, runs one phalanx command, and passes on the result. */
export async function runAction(context: Context): Promise<number> {
  const runner = openRunner(context);
  try {
    const inputs = readInputs(context);
    const step: Step = { context, runner, inputs, event: await readEvent(context) };
    switch (inputs.command) {
      case "lint":
        return await lint(step);
      case "diff":
        return await diff(step);
      case "plan":
        return await plan(step);
      case "sync":
        return await sync(step);
    }
  } catch (error) {
    if (!(error instanceof PhalanxError)) throw error;
    runner.error(annotationText(error.diagnostic));
    runner.print(renderError(error.diagnostic, error.problems));
    return error.exitCode;
  }
}

interface Step {
  readonly context: Context;
  readonly runner: Runner;
  readonly inputs: Inputs;
  readonly event: Event;
}

async function lint({ context, runner, inputs: { environments, config, strict } }: Step): Promise<number> {
  const { run } = await import("../cli/lint.js");
  const options = { config, format: "github", strict, templates: true } as const;
  const { exit, stdout, stderr } = await collect(context, (quiet) => run(quiet, environments, options));
  // These lines are workflow commands: annotations, whose content is escaped.
  context.stdout.write(stdout);
  runner.print(stderr);
  return exit;
}

async function diff({ context, runner, inputs, event }: Step): Promise<number> {
  const base = inputs.base ?? event.base?.sha ?? event.before;
  if (base === undefined) throw new PhalanxError(diagnostic("diff-without-base"));
  const { place } = await openCheckout(context, findRoot(inputs.config, context));
  const env = { ...place.env, GIT_DIR: place.repository.gitDirectory, GIT_WORK_TREE: place.repository.top };
  const { run } = await import("../cli/diff.js");
  const { config, environments } = inputs;
  const options = { config, format: "markdown", exitCode: true } as const;
  const { exit, stdout, stderr } = await collect({ ...context, env }, (quiet) =>
    run(quiet, [`${base}...HEAD`, ...environments], options, environments.length),
  );
  runner.print(stderr);
  if (exit === ExitCode.usage) return exit;
  const file = join(await temporary(context), "phalanx-diff.md");
  await writeFile(file, `${MARKER}\n${stdout}`);
  await runner.setOutput("report", file);
  await runner.setOutput("changes", String(exit === ExitCode.findings));
  await runner.addSummary(stdout);
  return ExitCode.ok;
}

async function plan(step: Step): Promise<number> {
  const { context, runner, inputs } = step;
  const [name = ""] = inputs.environments;
  await holdCredentials(step, name);
  const directory = await temporary(context);
  const file = inputs.plan ?? join(directory, `phalanx-${name}.plan`);
  const { run } = await import("../cli/secrets/plan.js");
  const { delete: deletes, allowMassDelete } = inputs;
  const options = {
    ...accessOf(inputs),
    output: file,
    force: true,
    detailedExitcode: true,
    delete: deletes,
    allowMassChange: allowMassDelete,
  };
  // With the option, 2 means changes, so no error may end with 2.
  const { exit, stdout, stderr } = await masked(step, (quiet) => run(quiet, name, [], options).catch(throwAsFinding));
  runner.print(stderr + stdout);
  // As with the option: 2 is not an error but a plan with changes.
  if (exit !== 0 && exit !== 2) return ExitCode.findings;
  const report = join(directory, `phalanx-${name}.txt`);
  await writeFile(report, stdout);
  await runner.setOutput("plan", file);
  await runner.setOutput("report", report);
  await runner.setOutput("changes", String(exit === 2));
  await runner.addSummary(`### Secrets of ${name}: the plan\n\n${fenced(stdout)}`);
  return ExitCode.ok;
}

async function sync(step: Step): Promise<number> {
  const { runner, inputs, event } = step;
  if (isProposal(event)) {
    throw new PhalanxError(diagnostic("sync-on-proposal", { event: event.name }));
  }
  const [name = ""] = inputs.environments;
  await holdCredentials(step, name);
  const { run } = await import("../cli/secrets/sync.js");
  const options = { ...accessOf(inputs), plan: inputs.plan ?? "" };
  const { leavingLine } = await import("../cli/commands/audited.js");
  const about = { command: "secrets sync", environment: name, names: [], options: { "--plan": options.plan } };
  const { exit, stdout, stderr } = await masked(step, (quiet) =>
    leavingLine({ ...quiet, told: { command: "sync" } }, undefined, about, (within) => run(within, name, [], options)),
  );
  runner.print(stdout + stderr);
  await runner.setOutput("changes", String(stdout !== ""));
  await runner.addSummary(`### Secrets of ${name}: the sync\n\n${fenced(stdout || "Nothing to change.\n")}`);
  return exit;
}

/** The options of every command that talks to a server. */
function accessOf({ config, requireTls, secrets, auth, authMount, role }: Inputs): SyncOptions {
  return {
    config,
    auth,
    requireTls,
    ...(authMount !== undefined && { authMount }),
    ...(role !== undefined && { role }),
    ...(secrets !== undefined && { secrets: [secrets] }),
    exclude: [],
    keep: [],
    generateAnew: [],
  };
}

/** Reads credentials and values only after proving where they come from and where they would go. */
async function holdCredentials({ context, runner, inputs, event }: Step, name: string): Promise<void> {
  if (inputs.secrets !== undefined) await refuseLinkOut(context, inputs.secrets);
  await proveAddresses(context, name, inputs, event);
  for (const credential of CREDENTIALS) runner.mask(variable(context, credential) ?? "");
}

/** Runs a command, and masks every value it comes across before showing any of its output. */
async function masked({ context, runner }: Step, command: Parameters<typeof collect>[1]): Promise<Printed> {
  const lines = { held: new Set<string>(), written: new Set<string>() };
  const watch = (seen: unknown): void => {
    const { text, origin } = seen as SeenValue;
    for (const line of text.split(/[\r\n]+/)) lines[origin].add(line);
  };
  SEEN_VALUES.subscribe(watch);
  try {
    return await collect(context, command);
  } finally {
    SEEN_VALUES.unsubscribe(watch);
    // Otherwise a change could choose what is masked in the report about it, by writing it into a file.
    for (const line of lines.held) if (!lines.written.has(line)) runner.mask(line);
  }
}

/** The job's own directory; otherwise a new one, because anyone can put files and links into /tmp. */
async function temporary(context: Context): Promise<string> {
  return variable(context, "RUNNER_TEMP") ?? mkdtemp(join(tmpdir(), "phalanx-action-"));
}
