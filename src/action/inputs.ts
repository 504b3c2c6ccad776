import { type Context, variable } from "../terminal/context.js";
import { PhalanxError } from "../errors.js";
import { didYouMean } from "../model/nearest.js";

const COMMANDS = ["lint", "diff", "plan", "sync"] as const;
export type ActionCommand = (typeof COMMANDS)[number];

/** What a workflow says under `with:`. */
export interface Inputs {
  readonly command: ActionCommand;
  readonly environments: readonly string[];
  readonly config: string;
  /** What `diff` compares with; undefined: what the event says. */
  readonly base: string | undefined;
  readonly strict: boolean;
  readonly delete: boolean;
  readonly allowMassDelete: boolean;
  readonly requireTls: boolean;
  /** Where `plan` keeps the plan, and what `sync` applies. */
  readonly plan: string | undefined;
  readonly secrets: string | undefined;
  readonly auth: string;
  readonly authMount: string | undefined;
  readonly role: string | undefined;
  /** Addresses that are right whatever the checkout says of others. */
  readonly pins: Pins;
}

export interface Pins {
  readonly vaultUrl: string | undefined;
  readonly connectUrl: string | undefined;
}

/** Reads the inputs from the variables that `action.yml` makes of them. */
export function readInputs(context: Context): Inputs {
  const text = (name: string): string | undefined =>
    variable(context, `INPUT_${name.toUpperCase().replaceAll("-", "_")}`)?.trim() || undefined;
  const flag = (name: string, otherwise: boolean): boolean => {
    const value = text(name);
    if (value === undefined) return otherwise;
    if (value === "true" || value === "false") return value === "true";
    throw new PhalanxError(`Input ${name} is "${value}"; it must be true or false`, { hint: "Correct the workflow." });
  };
  const command = commandOf(text("command"));
  const environments = text("environment")?.split(/\s+/) ?? [];
  if ((command === "plan" || command === "sync") && environments.length !== 1) {
    throw new PhalanxError(`${command} needs one environment, and got ${environments.length}`, {
      hint: "Name it in the input environment; a matrix runs one job for each of several.",
    });
  }
  const plan = text("plan");
  if (command === "sync" && plan === undefined) {
    throw new PhalanxError("sync needs a plan", {
      hint: "Give the file that command: plan made, and that somebody approved, in the input plan.",
    });
  }
  // What begins with a dash would be an option of phalanx.
  const option = environments.find((name) => name.startsWith("-"));
  if (option !== undefined)
    throw new PhalanxError(`${option} is no name of an environment`, { hint: "Correct the input environment." });
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
  throw new PhalanxError(`Input command is "${name ?? ""}", which is none`, {
    hint: didYouMean(name ?? "", COMMANDS) ?? `Commands: ${COMMANDS.join(", ")}.`,
  });
}
