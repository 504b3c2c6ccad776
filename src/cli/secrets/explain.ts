import { explainEnvironment } from "../../config/explain.js";
import { diskTree } from "../../config/disk-tree.js";
import { ExitCode, PhalanxError } from "../../errors.js";
import { compareCodePoints } from "../../model/code-points.js";
import type { AnyDiagnostic } from "../../model/diagnostic.js";
import type { ApplicationHistory } from "../../model/history.js";
import { refId, splitName } from "../../model/secret.js";
import { readHistory } from "../../operations/read-history.js";
import { explainResult, renderExplanations } from "../../render/explain.js";
import { keyHistory } from "../../secrets/history.js";
import { dependentsOf, reachable } from "../../secrets/impact.js";
import type { Context } from "../../terminal/context.js";
import { type ConfigOption, type Loaded, loadFromTree } from "../../target/load.js";
import { withVault } from "../../access/session.js";
import { styleFor } from "../../terminal/terminal.js";
import { notRequired } from "../../target/selection.js";

/** More than anybody looks at; in a chain, what follows every key adds up to a square. */
const FOLLOWERS = 500;

/** `phalanx secrets explain ENV APP[/KEY]`: why a secret is required, where its value comes from, and who wrote it. */
export async function run(context: Context, name: string, chosen: string, options: ConfigOption): Promise<ExitCode> {
  const loaded = loadFromTree(context, name, options);
  const { environment, root } = loaded;
  const [application, key] = splitName(chosen);
  const enabled = environment.applications.get(application);
  const keys =
    key === undefined
      ? [...(enabled?.secrets.keys() ?? []), ...(enabled?.notRequired.keys() ?? [])].sort(compareCodePoints)
      : [key];
  const explain = explainEnvironment(diskTree(root, context.cwd), name);
  const declared = keys.flatMap((each) => {
    const declaration = explain(application, each);
    return declaration === undefined ? [] : [{ key: each, declaration }];
  });
  if (declared.length === 0) throw new PhalanxError(notRequired(environment, "explain", chosen));
  const history = await historyOf(context, loaded, application);
  const dependents = dependentsOf(environment);
  const explanations = declared.map(({ key: each, declaration }) => {
    const ref = { application, key: each };
    const followers = reachable(refId(ref), dependents, FOLLOWERS);
    return {
      ...ref,
      secret: enabled?.secrets.get(each),
      declaration,
      followers,
      isCut: followers.length === FOLLOWERS,
      inVault: history && "versions" in history ? keyHistory(each, history) : history,
    };
  });
  const about = { environment: name, enabled: enabled !== undefined, explanations };
  if (context.answer) context.answer.result(explainResult(about));
  else context.stdout.write(renderExplanations(about, styleFor(context, context.stdout)));
  return ExitCode.ok;
}

/**
 * Without a token, or where Vault cannot be reached, the configuration still has a lot to say.
 *
 * @returns Undefined if Vault has nothing of the application; a diagnostic that says why it was not asked.
 */
async function historyOf(
  context: Context,
  loaded: Loaded,
  application: string,
): Promise<ApplicationHistory | AnyDiagnostic | undefined> {
  try {
    const [history] = await withVault(context, loaded, undefined, (session) =>
      readHistory(session, loaded.environment.vault, { only: new Set([application]) }),
    );
    return history;
  } catch (error) {
    if (!(error instanceof PhalanxError)) throw error;
    return error.diagnostic;
  }
}
