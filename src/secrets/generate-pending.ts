import type { SecretValue } from "../model/secret-value.js";
import { refId } from "../model/secret.js";
import { generateValue, type GeneratorPorts } from "./generators.js";
import { type FreshValue, type PendingSecret, type Resolved, resolve, type ResolveInput } from "./resolve.js";

/** As many as Node processes at once: any that queued up behind them could no longer be stopped. */
const AT_ONCE = 4;

/**
 * Generates every pending value, each one once and a few concurrently, and resolves again until nothing is pending.
 * Call it only for a plan that is going to be applied.
 *
 * @param proceed Called before each; throws to stop.
 */
export async function generatePending(
  input: ResolveInput,
  ports: GeneratorPorts,
  proceed: () => void = () => undefined,
): Promise<{ readonly resolved: Resolved; readonly fresh: ReadonlyMap<string, FreshValue> }> {
  const fresh = new Map(input.fresh);
  for (;;) {
    const resolved = resolve({ ...input, fresh });
    const ready = [...resolved].flatMap(([id, { resolution }]) =>
      resolution.kind === "pending" && refId(resolution.root) === id
        ? (withSource(resolution.root, resolved) ?? [])
        : [],
    );
    if (ready.length === 0) return { resolved, fresh };
    const queue = ready.values();
    const work = async (): Promise<void> => {
      for (const { secret, source } of queue) {
        proceed();
        fresh.set(refId(secret), { value: await generateValue(secret.rule, source, ports), source });
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  }
}

interface ReadyToGenerate {
  readonly secret: PendingSecret;
  readonly source: SecretValue | undefined;
}

/** Undefined while the source itself is still to be generated. */
function withSource(secret: PendingSecret, resolved: Resolved): ReadyToGenerate | undefined {
  if (!("source" in secret.rule)) return { secret, source: undefined };
  const source = resolved.get(refId({ application: secret.application, key: secret.rule.source }))?.resolution;
  return source?.kind === "known" ? { secret, source: source.value } : undefined;
}
