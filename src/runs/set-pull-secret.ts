import { type ExitCode, PhalanxError } from "../errors.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { PULL_SECRET, PULL_SECRET_KEY } from "../model/environment.js";
import { SecretValue } from "../model/secret-value.js";
import type { RegistryCredentials } from "../model/static-secrets.js";
import { parseDockerConfig } from "../secrets/pull-secret.js";
import { scopeFrom } from "../secrets/scope.js";
import { locate } from "../vault/locate.js";
import { readApplication } from "../vault/read-state.js";
import type { Context } from "../terminal/context.js";
import type { Loaded } from "../target/load.js";
import { withVault } from "../access/session.js";
import { applySet, readValue, type SetOptions, source } from "./set-values.js";
import { auditTarget } from "../target/target-options.js";

/** `phalanx secrets set ENV pull-secret HOST`: sets one registry's credentials and keeps the others. */
export async function setRegistry(
  context: Context,
  loaded: Loaded,
  hosts: readonly string[],
  options: SetOptions,
): Promise<ExitCode> {
  const { environment } = loaded;
  const [host] = hosts;
  if (host === undefined || hosts.length > 1)
    throw new PhalanxError(diagnostic("pull-secret-hosts", {}, { subject: { environment: environment.name } }));
  const credentials = await readCredentials(context, host, options);
  const before = await withVault(context, loaded, undefined, async (session) =>
    readApplication(session, await locate(session, environment.vault), PULL_SECRET),
  );
  const stored = before?.kind === "present" ? before.values.get(PULL_SECRET_KEY) : undefined;
  const known = stored === undefined ? new Map<string, RegistryCredentials>() : parseDockerConfig(stored);
  if (known === undefined) {
    const subject = { environment: environment.name };
    throw new PhalanxError(diagnostic("pull-secret-unknown-form", {}, { subject }));
  }
  const staticSecrets = source({ registries: new Map([...known, [host, credentials]]) });
  const target = {
    ...auditTarget(context, loaded, staticSecrets, { exclude: [] }),
    only: scopeFrom(environment, [], true),
  };
  return applySet(context, loaded, target, options, {
    replan: false,
    check: (_, current) => {
      if (current.get(PULL_SECRET)?.version === before?.version) return Promise.resolve();
      throw new PhalanxError(diagnostic("pull-secret-changed"));
    },
  });
}

async function readCredentials(context: Context, host: string, { raw }: SetOptions): Promise<RegistryCredentials> {
  if (context.stdin.isTTY) {
    const username = await context.stdin.ask(`User name for ${host}: `);
    if (username) return { username, password: await readValue(context, `Password for ${host}: `, raw ?? false) };
    throw new PhalanxError(diagnostic("registry-user-empty"));
  }
  const text = (await readValue(context, "", raw ?? false)).reveal();
  const colon = text.indexOf(":");
  if (colon < 0) throw new PhalanxError(diagnostic("registry-credentials-malformed", { command: context.typed }));
  if (colon === 0) throw new PhalanxError(diagnostic("registry-user-empty"));
  const password = new SecretValue(text.slice(colon + 1));
  // As from a variable that is not set.
  if (password.isEmpty) throw new PhalanxError(diagnostic("registry-password-empty"));
  return { username: text.slice(0, colon), password };
}
