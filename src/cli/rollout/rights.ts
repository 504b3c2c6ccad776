import { findObjects } from "../../charts/find-objects.js";
import { ExitCode } from "../../errors.js";
import { placeInVault } from "../../manifests/vault-path.js";
import { nameOf } from "../../manifests/hostile.js";
import { type Holder, renderRights } from "../../render/rights.js";
import { rightsFor } from "../../rollout/rights.js";
import { invalidValue } from "../../target/invalid-value.js";
import { type ConfigOption, loadFromTree } from "../../target/load.js";
import type { Context } from "../../terminal/context.js";

export interface RightsOptions extends ConfigOption {
  readonly serviceAccount?: string;
  readonly user?: string;
  readonly group?: string;
}

/** As in deploy/kubernetes. */
const DEFAULT: Holder = { kind: "ServiceAccount", namespace: "phalanx", name: "phalanx-rollout" };

/** `phalanx rollout rights ENV`: the rights that `rollout status` needs in the cluster, as YAML. */
export async function run(context: Context, name: string, options: RightsOptions): Promise<ExitCode> {
  const holder = holderOf(options);
  const { environment, root } = loadFromTree(context, name, options);
  const done = context.progress?.(() => "Reading charts");
  const { charts, namespaces, gaps } = await findObjects({
    root,
    env: context.env,
    environment: name,
    applications: [...environment.applications.keys()],
    now: context.now(),
  }).finally(() => done?.());
  const deliveries = charts
    .flatMap((chart) => chart.deliveries)
    .filter(({ by, parts }) => parts.some(({ path }) => placeInVault(environment.vault, by, path).below));
  context.stdout.write(renderRights(name, rightsFor(namespaces.values(), deliveries), holder, gaps));
  return ExitCode.ok;
}

function holderOf({ serviceAccount, user, group }: RightsOptions): Holder {
  if (user !== undefined) return { kind: "User", name: user };
  if (group !== undefined) return { kind: "Group", name: group };
  if (serviceAccount === undefined) return DEFAULT;
  const [namespace = "", name = "", ...more] = serviceAccount.split("/");
  if (more.length > 0 || nameOf(namespace) === undefined || nameOf(name) === undefined)
    throw invalidValue("--service-account", serviceAccount, "service-account");
  return { kind: "ServiceAccount", namespace, name };
}
