import type { Environment } from "../model/environment.js";
import { sourcesOf as sourcesOfSecret } from "../model/secret.js";
import type { ApplicationWrite } from "../model/write.js";

/**
 * Groups writes so that an application is written after those that it copies from: a run that stops in the middle
 * leaves no copy that is newer than its source. Applications that copy from each other go together, last.
 */
export function inWaves(writes: readonly ApplicationWrite[], environment: Environment): ApplicationWrite[][] {
  const waiting = new Map(
    writes.map((write) => [write.application, { write, sources: [...sourcesOf(write, environment)] }] as const),
  );
  const waves: ApplicationWrite[][] = [];
  while (waiting.size > 0) {
    const left = [...waiting.values()];
    const ready = left.filter(({ sources }) => sources.every((source) => !waiting.has(source)));
    const wave = (ready.length > 0 ? ready : left).map(({ write }) => write);
    for (const { application } of wave) waiting.delete(application);
    waves.push(wave);
  }
  return waves;
}

/** The other applications that a write's changed keys are copied from. */
export function sourcesOf({ application, planned }: ApplicationWrite, environment: Environment): Set<string> {
  const secrets = environment.applications.get(application)?.secrets;
  const sources = planned.changes.flatMap(({ key, action }) => {
    const secret = action === "delete" ? undefined : secrets?.get(key);
    return secret ? sourcesOfSecret(secret).map((source) => source.application) : [];
  });
  return new Set(sources.filter((source) => source !== application));
}
