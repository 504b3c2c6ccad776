import { ExitCode } from "../../errors.js";
import { diagnostic } from "../../model/diagnostics/index.js";
import { disappearing } from "../../operations/disappearing.js";
import { allRequirements, checkRequirements } from "../../operations/preflight.js";
import { listIfAllowed } from "../../vault/list-applications.js";
import { located } from "../../vault/locate.js";
import { mountSettings, requireKvV2 } from "../../vault/mount.js";
import { writePolicy } from "../../vault/policies.js";
import { readApplications } from "../../vault/read-state.js";
import { type Context, notify } from "../../terminal/context.js";
import { print } from "../../terminal/terminal.js";
import { type ConfigOption, loadFromTree } from "../../target/load.js";
import { withVault } from "../../access/session.js";
import { preflightResult, renderPreflight, renderPreflightHint } from "../../render/preflight.js";

/** `phalanx vault preflight ENV`: whether the current token can do everything that a sync needs. */
export async function run(context: Context, name: string, options: ConfigOption): Promise<ExitCode> {
  const loaded = loadFromTree(context, name, options);
  const { vault: configured, applications } = loaded.environment;
  const { results, vault } = await withVault(context, loaded, undefined, async (session) => {
    await requireKvV2(session, configured);
    const vault = located(session, configured);
    const { applications: existing } = (await listIfAllowed(session, vault)) ?? { applications: [] };
    const [{ deletesAfter: after, keepsOne }, current] = await Promise.all([
      mountSettings(session, vault),
      // What the token may not read is reported below.
      readApplications(session, vault, existing, true),
    ]);
    const { mount } = vault;
    if (after !== undefined) notify(context, diagnostic("mount-deletes-versions", { mount, after }));
    if (keepsOne) notify(context, diagnostic("mount-keeps-one-version", { mount }));
    for (const warning of disappearing(vault, current)) notify(context, warning);
    const requirements = allRequirements(vault, existing, [...applications.keys()]);
    return { vault, results: await checkRequirements(session, requirements) };
  });
  const denied = results.filter(({ granted }) => !granted);
  if (context.answer)
    context.answer.result({ environment: name, ok: denied.length === 0, denied: denied.map(preflightResult) });
  else print(context.stdout, renderPreflight(name, results.length, denied));
  if (denied.length > 0) context.stderr.write(renderPreflightHint(name, writePolicy(vault).name));
  return denied.length === 0 ? ExitCode.ok : ExitCode.findings;
}
