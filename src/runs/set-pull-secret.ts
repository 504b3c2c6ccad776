import { type ExitCode, PhalanxError } from "../errors.js";
import { PULL_SECRET, PULL_SECRET_KEY } from "../model/environment.js";
import { SecretValue } from "../model/secret-value.js";
import type { RegistryCredentials } from "../model/static-secrets.js";
import { commandLine } from "../model/shell.js";
import { parseDockerConfig, PULL_SECRET_ID } from "../secrets/pull-secret.js";
import { readApplication } from "../vault/read-state.js";
import type { Context } from "../terminal/context.js";
import type { Loaded } from "../target/load.js";
import { withVault } from "../access/session.js";
import { applySet, readValue, type SetOptions, source } from "./set-values.js";
import { auditTarget } from "../target/target-options.js";

/** `phalanx secrets set ENV pull-secret HOST`: one registry's credentials, beside those of the others. */
export async function setRegistry(
  context: Context,
  loaded: Loaded,
  hosts: readonly string[],
  options: SetOptions,
): Promise<ExitCode> {
  const { environment } = loaded;
  const [host] = hosts;
  if (host === undefined || hosts.length > 1)
    throw new PhalanxError("The pull secret takes one registry host at a time", {
      hint: commandLine("phalanx", "secrets", "set", environment.name, "pull-secret", "HOST"),
    });
  const credentials = await readCredentials(context, host, options);
  const before = await withVault(context, loaded, undefined, (session) =>
    readApplication(session, environment.vault, PULL_SECRET),
  );
  const stored = before?.kind === "present" ? before.values.get(PULL_SECRET_KEY) : undefined;
  const known = stored === undefined ? new Map<string, RegistryCredentials>() : parseDockerConfig(stored);
  if (known === undefined) {
    throw new PhalanxError(
      `The pull secret of ${environment.name} in Vault does not have the form that phalanx writes`,
      {
        hint: "Give all registries in a file: phalanx secrets set ENV --from-file FILE",
      },
    );
  }
  const staticSecrets = source({ registries: new Map([...known, [host, credentials]]) });
  const target = { ...auditTarget(context, loaded, staticSecrets, { exclude: [] }), only: new Set([PULL_SECRET_ID]) };
  return applySet(context, loaded, target, options, {
    replan: false,
    check: (_, current) => {
      if (current.get(PULL_SECRET)?.version === before?.version) return Promise.resolve();
      throw new PhalanxError("The pull secret was changed in Vault meanwhile: nothing was written", {
        hint: "Run the command again.",
      });
    },
  });
}

async function readCredentials(context: Context, host: string, { raw }: SetOptions): Promise<RegistryCredentials> {
  if (context.stdin.isTTY) {
    const username = await context.stdin.ask(`User name for ${host}: `);
    if (username) return { username, password: await readValue(context, `Password for ${host}: `, raw ?? false) };
    throw new PhalanxError("The user name is empty");
  }
  const text = (await readValue(context, "", raw ?? false)).reveal();
  const colon = text.indexOf(":");
  if (colon > 0) return { username: text.slice(0, colon), password: new SecretValue(text.slice(colon + 1)) };
  throw new PhalanxError("The input is not USERNAME:PASSWORD", {
    hint: `printf '%s:%s' "$USERNAME" "$PASSWORD" | ${commandLine("phalanx", "secrets", "set", "ENV", "pull-secret", host)}`,
  });
}
