import { ExitCode, PhalanxError } from "../../errors.js";
import type { Environment } from "../../model/environment.js";
import type { SecretRef } from "../../model/secret.js";
import { otherMountHolds } from "../../operations/other-mount.js";
import { InterruptedSync, sync, type AppliedWrite } from "../../operations/sync.js";
import type { Target } from "../../operations/target.js";
import { refusal } from "../../render/refusal.js";
import { renderApplied } from "../../render/sync.js";
import { type Context, warn } from "../context.js";
import { excludedApplications, loadFromTree, loadStaticSecrets } from "../load.js";
import { withVault } from "../session.js";
import type { TargetOptions } from "./target-options.js";

export interface SyncOptions extends TargetOptions {
  readonly delete?: boolean;
  readonly regenerate?: boolean;
  readonly generateAnew: readonly string[];
}

/** `phalanx secrets sync ENV`: makes Vault hold what an environment requires. */
export async function run(context: Context, name: string, options: SyncOptions): Promise<ExitCode> {
  const { environment, unreadableSiblings } = loadFromTree(context, name, options);
  if (options.delete && unreadableSiblings.length > 0) {
    throw new PhalanxError(
      `With --delete, every environment must be readable, and these are not: ${unreadableSiblings.join(", ")}`,
      {
        hint: "They might share this prefix. Correct them (phalanx secrets list ENV says what is wrong), or leave --delete out.",
      },
    );
  }
  const generateAnew = selection(environment, options.generateAnew);
  const staticSecrets = await loadStaticSecrets(context, environment, options.secrets);
  const target: Target = {
    environment,
    staticSecrets,
    exclude: excludedApplications(context, environment, options.exclude),
    assumeEmpty: options.assumeEmpty ?? false,
    deleteUnknown: options.delete ?? false,
    regenerate: () => options.regenerate ?? false,
    generateAnew,
  };
  try {
    const result = await withVault(context, environment, staticSecrets, async (session) => {
      const [done, other] = await Promise.all([
        sync(session, target, context),
        otherMountHolds(session, environment.vault),
      ]);
      if (other) warn(context, other);
      return done;
    });
    if (result.kind === "refused") throw refusal(result.plan, environment.vault);
    context.stdout.write(text(result.applied));
    return ExitCode.ok;
  } catch (error) {
    if (error instanceof InterruptedSync && error.applied.length > 0) {
      context.stdout.write(text(error.applied));
      warn(context, "the run stopped early; the changes above were made. Run it again to make the others.");
    }
    throw error;
  }
}

function text(applied: readonly AppliedWrite[]): string {
  return renderApplied(applied.map(({ write }) => write.planned));
}

/** Parses `APP` or `APP/KEY` arguments, and checks that the environment knows them. */
function selection(environment: Environment, names: readonly string[]): (ref: SecretRef) => boolean {
  for (const name of names) {
    const [application, key] = split(name);
    const secrets = environment.applications.get(application)?.secrets;
    if (secrets === undefined || (key !== undefined && !secrets.has(key))) {
      throw new PhalanxError(`--generate-anew ${name}: ${environment.name} requires no such secret`, {
        hint: `phalanx secrets list ${environment.name} lists what it requires.`,
      });
    }
  }
  const chosen = new Set(names);
  return ({ application, key }) => chosen.has(application) || chosen.has(`${application}/${key}`);
}

function split(name: string): [string, string | undefined] {
  const slash = name.indexOf("/");
  return slash < 0 ? [name, undefined] : [name.slice(0, slash), name.slice(slash + 1)];
}
