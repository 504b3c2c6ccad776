import type { Target } from "../model/target.js";
import { ExitCode, PhalanxError } from "../errors.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { SecretValue } from "../model/secret-value.js";
import { withoutMark } from "../model/text-encoding.js";
import { oddityOf } from "../model/value-oddity.js";
import type { StaticSecrets } from "../model/static-secrets.js";
import { type Context, notify } from "../terminal/context.js";
import type { IdentityOption } from "../access/identity.js";
import type { ConfigOption, Loaded } from "../target/load.js";
import { previewChange } from "./preview-plan.js";
import { type ApplyOptions, runSync } from "./run-sync.js";

export interface SetOptions extends ConfigOption, IdentityOption {
  readonly fromFile?: readonly string[];
  /** A static secrets file to write to instead of Vault. */
  readonly in?: string;
  readonly encryptTo: readonly string[];
  readonly anyway?: boolean;
  readonly raw?: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly adopt?: boolean;
}

/** Typed values, as a source of static secrets. */
export function source(values: Partial<Pick<StaticSecrets, "applications" | "registries" | "files">>): StaticSecrets {
  return {
    origin: "file",
    applications: new Map(),
    registries: new Map(),
    oidcClients: new Map(),
    vaultWriteToken: undefined,
    ...values,
  };
}

/**
 * Reads one value from stdin, or prompts without echo.
 *
 * @param again The command that reads only this one from stdin, for a value that does not fit on a line.
 */
export async function readValue(
  context: Context,
  question: string,
  raw: boolean,
  again?: readonly string[],
): Promise<SecretValue> {
  const text = context.stdin.isTTY ? await askForOne(context, question, again) : await context.stdin.readAll();
  const unmarked = raw ? text : withoutMark(text);
  if (unmarked !== text) notify(context, diagnostic("input-mark-removed"));
  const stripped = raw || context.stdin.isTTY ? unmarked : unmarked.replace(/\r?\n$/, "");
  if (stripped !== unmarked) notify(context, diagnostic("input-newline-removed"));
  if (stripped === "") throw new PhalanxError(diagnostic("value-empty"));
  const oddity = raw ? undefined : oddityOf(stripped);
  if (oddity !== undefined)
    notify(context, diagnostic("value-odd", { oddity, from: "input", command: again ?? context.typed }));
  return new SecretValue(stripped);
}

async function askForOne(context: Context, question: string, command: readonly string[] | undefined): Promise<string> {
  try {
    return (await context.stdin.askHidden(question)) ?? "";
  } catch (error) {
    if (!(error instanceof PhalanxError) || error.diagnostic.code !== "prompt-several-lines") throw error;
    throw new PhalanxError(diagnostic("prompt-several-lines", { command }), { cause: error });
  }
}

/** Shows the plan, or applies it. */
export async function applySet(
  context: Context,
  loaded: Loaded,
  target: Target,
  options: SetOptions,
  extra: Partial<ApplyOptions>,
): Promise<ExitCode> {
  if (options.dryRun) return previewChange(context, loaded, target, { adopt: options.adopt ?? false });
  const question = `Write this to ${loaded.environment.name}?`;
  await runSync(context, loaded, target, {
    replan: true,
    typed: true,
    question,
    consent: { given: options.yes ?? false, required: true, mass: undefined, allowsMass: true },
    adopt: options.adopt ?? false,
    ...extra,
  });
  return ExitCode.ok;
}
