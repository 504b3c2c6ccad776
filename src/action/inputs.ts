import { type Context, variable } from "../terminal/context.js";
import { PhalanxError } from "../errors.js";
import { diagnostic } from "../model/diagnostics/index.js";

const COMMANDS = ["lint", "diff", "plan", "sync"] as const;
export type ActionCommand = (typeof COMMANDS)[number];

/** What a workflow says under `with:`. */
export interface Inputs {
  readonly command: ActionCommand;
  readonly environments: readonly string[];
  readonly config: string;
  /** What `diff` compares with; undefined: what the event names. */
  readonly base: string | undefined;
  readonly strict: boolean;
  readonly delete: boolean;
  readonly allowMassDelete: boolean;
  readonly requireTls: boolean;
  /** Where `plan` writes the plan that `sync` applies. */
  readonly plan: string | undefined;
  readonly secrets: string | undefined;
  readonly auth: string;
  readonly authMount: string | undefined;
  readonly role: string | undefined;
  /** Addresses that are right even if the checkout names others. */
  readonly pins: Pins;
}

export interface Pins {
  readonly vaultUrl: string | undefined;
  readonly connectUrl: string | undefined;
}

/** Reads the inputs from the variables that `action.yml` sets. */
export function readInputs(context: Context): Inputs {
  const text = (name: string): string | undefined =>
    variable(context, `INPUT_${name.toUpperCase().replaceAll("-", "_")}`)?.trim() || undefined;
  const flag = (name: string, otherwise: boolean): boolean => {
    const value = text(name);
    if (value === undefined) return otherwise;
    if (value === "true" || value === "false") return value === "true";
    throw new PhalanxError(diagnostic("input-not-boolean", { input: name, given: value }));
  };
  const command = commandOf(text("command"));
  const environments = text("environment")?.split(/\s+/) ?? [];
  if ((command === "plan" || command === "sync") && environments.length !== 1) {
    throw new PhalanxError(diagnostic("input-environment-single", { command, given: environments.length }));
  }
  const plan = text("plan");
  if (command === "sync" && plan === undefined) throw new PhalanxError(diagnostic("input-plan-missing"));
  // An option written here would be expected to work as one.
  const option = environments.find((name) => name.startsWith("-"));
  if (option !== undefined) throw new PhalanxError(diagnostic("input-environment-invalid", { given: option }));
  return {
    command,
    environments,
    config: text("config") ?? ".",
    base: text("base"),
    strict: flag("strict", false),
    delete: flag("delete", false),
    allowMassDelete: flag("allow-mass-delete", false),
    requireTls: flag("require-tls", true),
    plan,
    secrets: text("secrets"),
    auth: text("auth") ?? "jwt",
    authMount: text("auth-mount"),
    role: text("role"),
    pins: { vaultUrl: text("vault-url"), connectUrl: text("connect-url") },
  };
}

function commandOf(name: string | undefined): ActionCommand {
  const command = COMMANDS.find((known) => known === name);
  if (command !== undefined) return command;
  throw new PhalanxError(diagnostic("input-command-unknown", { given: name ?? "", commands: COMMANDS }));
}
