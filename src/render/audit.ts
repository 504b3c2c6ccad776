import { compareCodePoints } from "../model/code-points.js";
import { PULL_SECRET } from "../model/environment.js";
import { changesOf, type Plan, type FailedVerification } from "../model/plan.js";
import { refId, type SecretRef } from "../model/secret.js";
import { reasonText, verificationText } from "./reason.js";
import { printable } from "./printable.js";

/**
 * Renders a plan as an audit report, in the format of the original program. Unresolved secrets have a reason, too.
 *
 * @param plan The plan.
 * @returns The report. Empty if there is nothing to report.
 *
 * @example
 * ```ts
 * const loaded = loadEnvironment(".", "demo");
 * const vault = await openVault(loaded.environment, { token: process.env.VAULT_TOKEN ?? "" });
 * const planned = await plan(vault, loaded);
 * vault.close();
 * console.log(renderAudit(planned.plan).split("\n")[0]); // Unresolved secrets:
 * ```
 */
export function renderAudit(plan: Plan): string {
  const { applications, unknown, unresolved } = plan;
  if (unresolved.length > 0) {
    return section(
      "Unresolved secrets:",
      unresolved.map((secret) => `${refId(secret)}: ${reasonText(secret.reason)}`),
    );
  }
  const changes = changesOf({ applications });
  const missing = changes.filter(({ cause }) => cause.kind === "missing");
  const wrong = changes.filter(({ cause }) => cause.kind !== "missing");
  return [
    section("Missing secrets:", sortedLines(missing)),
    section("Secrets that do not have their expected value:", sortedLines(wrong)),
    section("Unknown secrets in Vault:", sortedLines(unknown)),
  ]
    .filter((text) => text !== "")
    .join("\n");
}

/** The findings of `--verify`, in the form of the report's other sections. */
export function renderFailures(
  { applications, unknown, unresolved }: Plan,
  failed: readonly FailedVerification[],
): string {
  const lines = failed.map((secret) => `${secretName(secret)}: ${verificationText(secret)}`).sort(compareCodePoints);
  const above = applications.length + unknown.length + unresolved.length > 0 && lines.length > 0 ? "\n" : "";
  return above + section("Generated secrets that are not valid:", lines);
}

function sortedLines(refs: readonly SecretRef[]): string[] {
  return [...new Set(refs.map(secretName))].sort(compareCodePoints);
}

/** `APP KEY`; the pull secret is named without its key. */
export function secretName({ application, key }: SecretRef): string {
  return application === PULL_SECRET ? application : `${application} ${key}`;
}

function section(heading: string, lines: readonly string[]): string {
  return lines.length === 0 ? "" : `${heading}\n${lines.map((line) => `• ${printable(line)}\n`).join("")}`;
}
