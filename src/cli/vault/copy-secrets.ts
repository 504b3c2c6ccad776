import { ExitCode, PhalanxError } from "../../errors.js";
import { vaultPrefix, type VaultLocation } from "../../model/environment.js";
import type { PutWrite } from "../../model/write.js";
import { type CopyPlan, planCopy } from "../../operations/copy-secrets.js";
import { applyWrite } from "../../vault/apply-write.js";
import type { VaultSession } from "../../vault/protocol.js";
import type { Context } from "../context.js";
import type { ConfigOption } from "../load.js";
import { withVault } from "../session.js";
import { loadLocation } from "./load.js";
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
  const from = parsePrefix(oldPrefix, to);
  if (vaultPrefix(from) === vaultPrefix(to))
    throw new PhalanxError(`Vault path ${to.path} cannot be copied onto itself`);
  const interrupts = context.deferInterrupts();
  const work = withVault(context, target, undefined, async (session) => {
    const plan = await planCopy(session, from, to, options.overwrite ?? false);
    if (plan.conflicts.length > 0) {
      throw new PhalanxError(`${vaultPrefix(to)} holds other values already: nothing was copied`, {
        problems: plan.conflicts.map((application) => ({ message: `${application} exists with other values` })),
        hint: "Give --overwrite to replace them; the old values stay in their history.",
      });
    }
    if (plan.writes.length + plan.same.length + plan.folders.length === 0) {
      throw new PhalanxError(`There is nothing to copy at ${vaultPrefix(from)}`, {
        hint: "OLDPREFIX includes the mount, as in secret/phalanx/old.",
      });
    }
    if (!options.json)
      context.stdout.write(
        `${printable(`${options.dryRun ? "Would copy" : "Copying"} secrets from ${from.path} to ${to.path}`)}\n`,
      );
    const say = (text: string): void => (options.json ? undefined : context.stdout.write(`${printable(text)}\n`));
    const byName = new Map(plan.writes.map((write) => [write.application, write]));
    const left = new Set(options.dryRun ? [] : byName.keys());
    for (const each of [...plan.writes.map(({ application }) => application), ...plan.same, ...plan.folders].sort()) {
      if (each.endsWith("/")) {
        say(`Skipping subdirectory ${each}`);
        continue;
      }
      const write = byName.get(each);
      if (write && !options.dryRun) {
        if (interrupts.requested()) throw stopped(new PhalanxError("Interrupted"), name, plan, left);
        await copy(session, to, write).catch((error: unknown) => {
          throw error instanceof PhalanxError ? stopped(error, name, plan, left) : error;
        });
        left.delete(each);
      }
      say(
        write
          ? `${options.dryRun ? "Would copy" : "Copied"} Vault secret for ${each}`
          : `Vault secret for ${each} is the same already`,
      );
    }
    if (options.json) {
      const { folders, same, deleted } = plan;
      context.stdout.write(
        jsonText({
          from: vaultPrefix(from),
          to: vaultPrefix(to),
          dryRun: options.dryRun ?? false,
          copied: plan.writes.map(({ application }) => application),
          same,
          folders,
          deleted,
        }),
      );
    }
    for (const each of plan.deleted)
      context.stderr.write(`${printable(`Not copied, because it is deleted at the old place: ${each}`)}\n`);
    return ExitCode.ok;
  });
  return work.finally(interrupts.end);
}

async function copy(session: VaultSession, to: VaultLocation, write: PutWrite): Promise<void> {
  const { kind } = await applyWrite(session, to, write);
  if (kind === "applied") return;
  throw new PhalanxError(`${write.application} was written by somebody else meanwhile, and not overwritten`);
}

/** An end before everything was copied: what was is left as it is, and is the same for the next run. */
function stopped(
  cause: PhalanxError,
  environment: string,
  { writes }: CopyPlan,
  left: ReadonlySet<string>,
): PhalanxError {
  const nothing = left.size === writes.length;
  const replaced = writes.filter(({ application, cas }) => cas > 0 && !left.has(application));
  const back = replaced.map(({ application, cas }) => ({
    message: `To undo this: phalanx secrets restore ${environment} --kv-version ${cas} ${application}`,
  }));
  return new PhalanxError(`${cause.message}; left to copy: ${[...left].sort().join(", ")}`, {
    cause,
    problems: [...cause.problems, ...(cause.hint === undefined ? [] : [{ message: cause.hint }]), ...back],
    hint: "Run the command again: what was copied is recognised.",
    exitCode: nothing ? cause.exitCode : ExitCode.findings,
  });
}

function parsePrefix(text: string, { url }: VaultLocation): VaultLocation {
  const [mount = "", ...path] = text.replace(/^\/+|(?<!\/)\/+$/g, "").split("/");
  if (path.length > 0 && ![mount, ...path].some((component) => ["", ".", ".."].includes(component)))
    return { url, mount, path: path.join("/") };
  throw new PhalanxError(`${text} is no prefix`, { hint: "Write MOUNT/PATH, as in secret/phalanx/old." });
}
