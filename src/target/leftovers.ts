import type { ApplicationHistory } from "../model/history.js";
import type { UnknownClass } from "../model/plan.js";
import { findUnknown } from "../secrets/unknown.js";
import type { Loaded } from "./load.js";

/** The unrequired keys in the latest version of an application, in code point order. */
export function leftoversIn(
  { environment, declares }: Pick<Loaded, "environment" | "declares">,
  { application, metadata, versions }: ApplicationHistory,
): ReadonlyMap<string, UnknownClass> {
  const latest = versions.at(-1);
  if (latest?.values === undefined) return new Map();
  const { version, createdTime, values } = latest;
  const state = { kind: "present", version, createdTime, customMetadata: metadata.customMetadata, values } as const;
  const unknown = findUnknown({
    environment,
    declares,
    current: new Map([[application, state]]),
    staticSecrets: undefined,
    exclude: new Set(),
  });
  return new Map(unknown.map(({ key, class: why }) => [key, why]));
}
