import { diagnostic } from "../model/diagnostics/index.js";
import { type Context, notify } from "../terminal/context.js";

/** Warns of other environments whose credentials in Vault have the names of those of one. */
export function warnOfSharers(context: Context, environment: string, environments: readonly string[]): void {
  if (environments.length === 0) return;
  notify(context, diagnostic("prefix-in-common", { environments, what: "credentials" }, { subject: { environment } }));
}
