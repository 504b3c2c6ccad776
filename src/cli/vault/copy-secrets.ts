import { ExitCode, PhalanxError } from "../../errors.js";
import { type Environment, vaultPrefix, type VaultLocation } from "../../model/environment.js";
import { parsePrefix, type Prefix } from "../../model/names.js";
import { prefixFaultHint, prefixFaultText, quotedName } from "../../render/names.js";
import type { AppliedWrite } from "../../operations/converge.js";
import { type CopyPlan, copyPlans, planCopy } from "../../operations/copy-secrets.js";
import { undoLimitText } from "../../render/undo-limit.js";
import type { VaultSession } from "../../vault/protocol.js";
import { type Context, warn } from "../../terminal/context.js";
import { driveRun } from "../../runs/drive-run.js";
import type { ConfigOption } from "../../target/load.js";
import { loadLocation } from "../../target/location.js";
import { jsonText } from "../../render/json.js";
import { printable } from "../../render/printable.js";

export interface CopySecretsOptions extends ConfigOption {
  readonly overwrite?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** `phalanx vault copy-secrets ENV OLDPREFIX`: the secrets of another prefix, one level deep. */
export async function run(
  context: Context,
  name: string,
  oldPrefix: string,
  options: CopySecretsOptions,
): Promise<ExitCode> {
  const target = loadLocation(context, name, options);
  const to = target.environment.vault;
  const from = { url: to.url, ...requirePrefix(oldPrefix) };
  if (vaultPrefix(from) === vaultPrefix(to))
    throw new PhalanxError(`Vault path ${to.path} cannot be copied onto itself`);
  const environment: Environment = {
    name,
    vault: to,
    onepassword: undefined,
    applications: new Map(),
    disabled: new Set(),
    siblings: () => [],
  };
  let planned: CopyPlan | undefined;
  const planAgain = async (session: VaultSession): Promise<CopyPlan> =>
    refuseConflicts(await planCopy(session, from, to, options.overwrite ?? false), to);
  const { applied } = await driveRun(context, target, {
    root: target.root,
    environment,
    staticSecrets: undefined,
    // The new place may be another environment's, by its old name; nothing is deleted.
    adopt: true,
    replan: true,
    plans: async (session) => {
      const plan = (planned = await planAgain(session));
      if (plan.writes.length + plan.same.length + plan.folders.length === 0) {
        throw new PhalanxError(`There is nothing to copy at ${vaultPrefix(from)}`, {
          hint: "OLDPREFIX includes the mount, as in secret/phalanx/old.",
        });
      }
      return options.dryRun ? undefined : copyPlans(name, plan, () => planAgain(session));
    },
    approve: ({ limits }) => {
      for (const limit of limits) warn(context, undoLimitText(limit));
      return Promise.resolve(0);
    },
    lines: (written) => (planned === undefined ? "" : text(planned, written, from, to, options)),
  });
  if (planned === undefined) return ExitCode.ok;
  if (applied.length === 0) context.stdout.write(text(planned, [], from, to, options));
  for (const each of planned.deleted)
    context.stderr.write(`${printable(`Not copied, because it is deleted at the old place: ${each}`)}\n`);
  return ExitCode.ok;
}

function refuseConflicts(plan: CopyPlan, to: VaultLocation): CopyPlan {
  if (plan.conflicts.length === 0) return plan;
  throw new PhalanxError(`${vaultPrefix(to)} holds other values already: nothing was copied`, {
    problems: plan.conflicts.map((application) => ({ message: `${application} exists with other values` })),
    hint: "Give --overwrite to replace them; the old values stay in their history.",
  });
}

function text(
  { writes, same, folders, deleted }: CopyPlan,
  applied: readonly AppliedWrite[],
  from: VaultLocation,
  to: VaultLocation,
  { dryRun = false, json }: CopySecretsOptions,
): string {
  const done = new Set(
    dryRun ? writes.map(({ application }) => application) : applied.map(({ write }) => write.application),
  );
  if (json) {
    const copied = [...done].sort();
    return jsonText({ from: vaultPrefix(from), to: vaultPrefix(to), dryRun, copied, same, folders, deleted });
  }
  const lines = [...done, ...same, ...folders].sort().map((name) => {
    if (name.endsWith("/")) return `Skipping subdirectory ${name}`;
    if (same.includes(name)) return `Vault secret for ${name} is the same already`;
    return `${dryRun ? "Would copy" : "Copied"} Vault secret for ${name}`;
  });
  const heading = `${dryRun ? "Would copy" : "Copying"} secrets from ${from.path} to ${to.path}`;
  return [heading, ...lines].map((line) => `${printable(line)}\n`).join("");
}

function requirePrefix(text: string): Prefix {
  const prefix = parsePrefix(text);
  if ("mount" in prefix) return prefix;
  throw new PhalanxError(`OLDPREFIX ${quotedName(text)} ${prefixFaultText(prefix)}`, { hint: prefixFaultHint(prefix) });
}
