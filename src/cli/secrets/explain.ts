import { loadAsEnabled } from "../../config/application-switch.js";
import { ExitCode, PhalanxError } from "../../errors.js";
import { compareCodePoints } from "../../model/code-points.js";
import { type Application, type Environment, PULL_SECRET } from "../../model/environment.js";
import type { ApplicationSwitch, Hop } from "../../model/explanation.js";
import type { ApplicationHistory } from "../../model/history.js";
import type { UnknownClass } from "../../model/plan.js";
import { isProvided, refId, splitName } from "../../model/secret.js";
import { explainedResult, renderExplained } from "../../render/explain-list.js";
import { explainResult, renderExplanations } from "../../render/explain.js";
import { namesPullSecret, PULL_SECRET_REF } from "../../manifests/who-uses.js";
import { keyHistory } from "../../secrets/history.js";
import { dependentsOf, reachable } from "../../secrets/dependents.js";
import type { Context } from "../../terminal/context.js";
import { foreignObstacle } from "../../target/foreign-obstacle.js";
import { historiesOf } from "../../target/application-histories.js";
import { findWhoUses } from "../../target/consumers.js";
import { deletionOf } from "../../runs/next-command.js";
import { explaining } from "../../target/explaining.js";
import { leftoversIn } from "../../target/leftovers.js";
import { valueSources } from "../../target/value-source.js";
import { type ConfigOption, type Loaded, loadFromTree } from "../../target/load.js";
import { print, styleFor } from "../../terminal/terminal.js";
import { notRequired } from "../../target/selection.js";

/** More than anyone reads; in a chain, the followers of all keys add up to a square. */
const FOLLOWERS = 500;

export interface ExplainOptions extends ConfigOption {
  readonly secrets?: readonly string[];
}

/** `phalanx secrets explain ENV [APP[/KEY]]`: why a secret is required, where its value comes from, and who wrote it. */
export async function run(
  context: Context,
  name: string,
  chosen: string | undefined,
  options: ExplainOptions,
): Promise<ExitCode> {
  const loaded = loadFromTree(context, name, options);
  const { tree } = loaded;
  const isEnabled = (each: string): boolean => loaded.environment.applications.has(each);
  if (chosen === undefined) {
    const listed = { environment: name, applications: explaining(tree, loaded.environment, isEnabled).inShort() };
    if (context.answer) context.answer.result(explainedResult(listed));
    else context.stdout.write(renderExplained(listed, styleFor(context, context.stdout)));
    return ExitCode.ok;
  }
  const [application, key] = splitName(chosen);
  if (namesPullSecret(application, key)) return explainPullSecret(context, loaded, options);
  const own = loaded.environment.applications.get(application) ?? loadAsEnabled(tree, name, application);
  const environment = own ? withApplication(loaded.environment, own) : loaded.environment;
  const explain = explaining(tree, environment, isEnabled);
  const all = [...(own?.secrets.keys() ?? []), ...(own?.notRequired.keys() ?? [])];
  const keys = key === undefined ? all.sort(compareCodePoints) : [key];
  const declared = keys.flatMap((each) => {
    const declaration = explain.declaration({ application, key: each });
    return declaration === undefined ? [] : [{ key: each, declaration }];
  });
  const followed = declared.map((each) => ({ ...each, chain: explain.chain({ application, key: each.key }) }));
  const ends = followed.flatMap(({ chain }) => madeEnd(chain.hops) ?? []);
  const required = declared.flatMap(({ key: each }) => (own?.secrets.has(each) ? [{ application, key: each }] : []));
  const [histories, uses] = await Promise.all([
    historiesOf(context, loaded, [application, ...ends.map((end) => end.application)]),
    isEnabled(application) && required.length > 0 ? findWhoUses(context, loaded, required) : undefined,
  ]);
  const history = histories instanceof Map ? histories.get(application) : histories;
  const leftovers = history && "versions" in history ? leftoversIn(loaded, history) : new Map<string, UnknownClass>();
  const others = [...leftovers.keys()].filter((each) => !all.includes(each) && (key === undefined || each === key));
  if (declared.length + others.length === 0 && (own === undefined || key !== undefined))
    throw new PhalanxError(
      notRequired(environment, "explain", chosen, { notAsked: histories instanceof Map ? undefined : histories }),
    );
  const asksSource =
    followed.some(({ chain }) => staticEnd(chain.hops) !== undefined) ||
    declared.flatMap(({ key: each }) => own?.secrets.get(each) ?? []).some(isProvided);
  const sourceOf = asksSource ? await valueSources(context, environment, options.secrets) : undefined;
  const doubts = loaded.mayRequireMore(application).flatMap(({ because }) => because.place?.file ?? []);
  const dependents = dependentsOf(environment);
  const nowhere = others.map((each) => ({ key: each, declaration: undefined, chain: NO_CHAIN }));
  const explanations = [...followed, ...nowhere].map(({ key: each, declaration, chain }) => {
    const ref = { application, key: each };
    const leftover = leftovers.get(each);
    const from = own?.secrets.get(each)?.kind === "static" ? ref : staticEnd(chain.hops);
    const followers = reachable(refId(ref), dependents, FOLLOWERS);
    const isAsked = histories instanceof Map && isEnabled(application);
    return {
      ...ref,
      ...chain,
      obstacle:
        chain.obstacle ?? (isAsked ? foreignObstacle(ref, chain.hops, environment, histories, sourceOf) : undefined),
      hops: histories instanceof Map ? withHeld(chain.hops, histories) : chain.hops,
      secret: own?.secrets.get(each),
      source: from && sourceOf?.(from),
      leftover: leftover && {
        class: leftover,
        deletion: doubts.length > 0 ? undefined : deletionOf("sync", name, options)(refId(ref)),
        keptBecauseOf: doubts,
      },
      declaration,
      change: explain.conditionEdit(ref),
      followers,
      isCut: followers.length === FOLLOWERS,
      uses: uses?.keys.find((found) => found.key === each),
      inVault: history && "versions" in history ? keyHistory(each, history) : history,
    };
  });
  const about = {
    environment: name,
    application: own ? explain.switchOf(application) : unknownSwitch(application),
    known: own !== undefined,
    whole: key === undefined,
    explanations,
    consumers: uses,
  };
  if (context.answer) context.answer.result(explainResult(about));
  else print(context.stdout, renderExplanations(about, styleFor(context, context.stdout)));
  return ExitCode.ok;
}

/** What belongs to no application, and nothing declares. */
async function explainPullSecret(context: Context, loaded: Loaded, options: ExplainOptions): Promise<ExitCode> {
  const { environment } = loaded;
  const [histories, uses, sourceOf] = await Promise.all([
    historiesOf(context, loaded, [PULL_SECRET]),
    findWhoUses(context, loaded, [PULL_SECRET_REF]),
    valueSources(context, environment, options.secrets),
  ]);
  const history = histories instanceof Map ? histories.get(PULL_SECRET) : histories;
  const source = sourceOf(PULL_SECRET_REF);
  const isNamed = source.kind !== "file" || source.files.some(({ state }) => state !== "lacks");
  const isThere = history && "versions" in history && history.versions.at(-1)?.values !== undefined;
  const explanation = {
    ...PULL_SECRET_REF,
    ...NO_CHAIN,
    declaration: undefined,
    secret: undefined,
    change: undefined,
    source,
    leftover:
      isThere && !isNamed
        ? {
            class: "undeclared" as const,
            deletion: deletionOf("sync", environment.name, options)(PULL_SECRET),
            keptBecauseOf: [],
            isUsed: uses.keys.some((key) => key.secrets.some(({ consumers }) => consumers.length > 0)),
          }
        : undefined,
    followers: [],
    isCut: false,
    uses: uses.keys[0],
    inVault: history && "versions" in history ? keyHistory(PULL_SECRET_REF.key, history) : history,
  };
  const about = {
    environment: environment.name,
    application: { ...unknownSwitch(PULL_SECRET), enabled: true },
    known: true,
    whole: false,
    explanations: [explanation],
    consumers: uses,
  };
  if (context.answer) context.answer.result(explainResult(about));
  else print(context.stdout, renderExplanations(about, styleFor(context, context.stdout)));
  return ExitCode.ok;
}

/** The environment as if it enabled an application. */
function withApplication(environment: Environment, application: Application): Environment {
  return { ...environment, applications: new Map([...environment.applications, [application.name, application]]) };
}

/** An application without a chart cannot be enabled. */
function unknownSwitch(application: string): ApplicationSwitch {
  return { application, enabled: false, decidedBy: undefined, change: undefined };
}

const NO_CHAIN = { hops: [], hidden: 0, obstacle: undefined };

type Histories = ReadonlyMap<string, ApplicationHistory>;

/** The secret at the end of a chain, if the configuration alone does not say its value. */
function madeEnd(hops: readonly Hop[]): Hop | undefined {
  const last = hops.at(-1);
  return last?.required && (last.nature?.kind === "static" || last.nature?.kind === "generate") ? last : undefined;
}

/** The same, if it is a static one. */
function staticEnd(hops: readonly Hop[]): Hop | undefined {
  const last = madeEnd(hops);
  return last?.nature?.kind === "static" ? last : undefined;
}

/** Only the end of a chain can lack a value without a configuration error. */
function withHeld(hops: readonly Hop[], histories: Histories): readonly Hop[] {
  const end = staticEnd(hops);
  if (end === undefined) return hops;
  const history = histories.get(end.application);
  const { state } = history === undefined ? { state: "absent" } : keyHistory(end.key, history);
  const held = state === "present" || state === "not-a-string";
  return [...hops.slice(0, -1), { ...end, held }];
}
