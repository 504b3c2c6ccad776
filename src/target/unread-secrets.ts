import { findObjects } from "../charts/find-objects.js";
import { diskTree } from "../config/disk-tree.js";
import { eachEnvironment } from "../config/each-environment.js";
import { joinConsumers } from "../manifests/join.js";
import { applicationAt } from "../manifests/vault-path.js";
import { type Diagnostic, diagnostic } from "../model/diagnostics/index.js";
import type { Context } from "../terminal/context.js";

/**
 * Reports Secrets of ours that nothing in the charts reads, judging by their templates, without running helm. If part
 * of a chart is unknown, nothing is reported about its namespace.
 */
export async function reportUnreadSecrets(
  context: Context,
  root: string,
  report: (found: Diagnostic<"secret-not-read">, environments: readonly string[]) => void,
): Promise<void> {
  const environments = eachEnvironment(diskTree(root, root));
  for (const name of environments.names) {
    const { environment } = environments.read(name);
    if (environment === undefined) continue;
    const applications = [...environment.applications.keys()];
    const { charts, gaps, namespaces } = await findObjects({
      root,
      env: { ...context.env, PHALANX_HELM: "none" },
      environment: name,
      applications,
      now: context.now(),
    });
    // The unknown part may read it.
    if (gaps.some((gap) => !("application" in gap))) continue;
    const doubtful = new Set(gaps.map((gap) => "application" in gap && namespaces.get(gap.application)));
    const joined = joinConsumers(
      charts.flatMap(({ deliveries }) => deliveries),
      charts.flatMap(({ consumers }) => consumers),
    );
    for (const { delivery, consumers } of joined) {
      const { namespace } = delivery.object;
      if (consumers.length > 0 || doubtful.has(namespace)) continue;
      for (const { path } of delivery.parts) {
        const application = applicationAt(path, delivery.by, environment.vault);
        if (application === undefined || !environment.applications.has(application)) continue;
        const about = { subject: { application }, place: { file: `applications/${application}/secrets.yaml` } };
        report(diagnostic("secret-not-read", { secret: delivery.secret, namespace }, about), [name]);
        break;
      }
    }
  }
}
