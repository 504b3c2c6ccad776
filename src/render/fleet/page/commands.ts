import type { FleetEnvironment, FleetSecret } from "../../../model/fleet-report.js";
import { isExpiring } from "../../../model/fleet-counts.js";
import { isName } from "../../../model/names.js";
import { commandLine } from "../../../model/shell.js";
import { printable } from "../../printable.js";

/** Placeholder for a static secrets file: the reader of a page may have it elsewhere. */
export const FILE = "FILE";

/**
 * The application of the one secret that no chart declares; the model that defines it needs more than a browser has.
 */
const PULL_SECRET = "pull-secret";

/** Commands that inspect or repair an environment as a whole. */
export function environmentCommands(environment: FleetEnvironment): readonly string[] {
  const { name, state, token, rollout } = environment;
  if (!isName(name)) return [];
  const status = rollout?.settled === false || rollout?.stale ? [rolloutCommand(name)] : [];
  if (state !== "audited")
    return [
      commandLine("phalanx", "fleet", "audit", name),
      commandLine("phalanx", "vault", "preflight", name),
      ...status,
    ];
  return [
    withSource(environment, "audit"),
    withSource(environment, "plan"),
    withSource(environment, "sync"),
    ...(isExpiring(token) ? [commandLine("phalanx", "vault", "audit", name)] : []),
    ...status,
  ];
}

/** Commands that show who holds what, and what to restart. */
export function applicationCommands({ name }: FleetEnvironment, application: string): readonly string[] {
  return isName(name) && isName(application) ? [rolloutCommand(name, application)] : [];
}

function rolloutCommand(...names: readonly string[]): string {
  return commandLine("phalanx", "rollout", "status", ...names);
}

/** Commands that inspect or repair what is reported about a secret. */
export function secretCommands(
  environment: FleetEnvironment,
  application: string,
  secret: FleetSecret,
): readonly string[] {
  const { key, state, kind, generator, tooOld, sharedWith, unsourced, certificate, disappears, cause } = secret;
  const { name, staticSource } = environment;
  // No command accepts a name that a configuration cannot use; and a terminal may interpret invisible characters as
  // keys.
  if (!isName(name) || !isName(application) || printable(key) !== key) return [];
  const said = (verb: string, ...words: readonly string[]): string =>
    commandLine("phalanx", "secrets", verb, name, ...words);
  const ref = `${application}/${key}`;
  const isPullSecret = application === PULL_SECRET;
  const named = isPullSecret ? application : ref;
  const differs = state === "missing" || state === "drifted";
  const noValue = state === "unresolved" && cause?.kind === "no-static-value";
  const deleted = noValue ? cause["deletedVersion"] : undefined;
  // Another version has the good values.
  const isTakenBack = noValue && cause["takenBack"] !== undefined;
  const lacksSource = unsourced || isExpiring(certificate) || (noValue && deleted === undefined);
  const lines: readonly (readonly [applies: boolean | undefined, line: string])[] = [
    [!isPullSecret && cause?.["class"] !== "undeclared", said("explain", ref)],
    [state === "unknown" || isExpiring(disappears) || isTakenBack, said("history", application)],
    [differs, withSource(environment, "plan", named)],
    [differs, withSource(environment, "sync", named)],
    [state === "unknown", withSource(environment, "plan", "--delete")],
    [
      typeof deleted === "number" && !isTakenBack,
      said("restore", "--kv-version", String(deleted), application, "--dry-run"),
    ],
    [kind === "static" && !isPullSecret && lacksSource, PROVIDE[staticSource ?? "none"](said, ref)],
    [
      (tooOld || sharedWith !== undefined) && kind === "generate" && generator !== "oidc-clients",
      said("rotate", ref, "--dry-run"),
    ],
  ];
  return lines.flatMap(([applies, line]) => (applies ? [line] : []));
}

type Said = (verb: string, ...words: readonly string[]) => string;

/** Commands that show where a person has to put a value, or that read it. */
const PROVIDE: Readonly<Record<NonNullable<FleetEnvironment["staticSource"]>, (said: Said, ref: string) => string>> = {
  file: (said) => said("static-template"),
  onepassword: (said) => said("onepassword-template"),
  none: (said, ref) => said("set", ref),
};

/** A command that would find other values without the file passed to the audit. */
function withSource(
  { name, staticSource, givenFiles }: FleetEnvironment,
  verb: string,
  ...words: readonly string[]
): string {
  const source = staticSource === "file" && givenFiles?.length !== 0 ? ["--secrets", FILE] : [];
  return commandLine("phalanx", "secrets", verb, name, ...words, ...source);
}
