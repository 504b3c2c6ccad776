import type { Environment } from "../model/environment.js";
import { sourcesOf as sourcesOfSecret } from "../model/secret.js";
import type { ApplicationWrite } from "../model/write.js";

/**
 * Groups writes so that an application comes after those it copies from: a run that stops midway leaves no copy newer
 * than its source. Applications that copy from each other go together, last.
 */
export function inWaves(writes: readonly ApplicationWrite[], environment: Environment): ApplicationWrite[][] {
  const written = new Set(writes.map(({ application }) => application));
  const followers = new Map<string, Waiting[]>();
  const waiting = writes.map((write): Waiting => {
    const sources = [...sourcesOf(write, environment)].filter((source) => written.has(source));
    const entry = { write, sources: sources.length };
    for (const source of sources) {
      const others = followers.get(source);
      if (others) others.push(entry);
      else followers.set(source, [entry]);
    }
    return entry;
  });
  const waves: ApplicationWrite[][] = [];
  const left = new Set(writes);
  let wave = waiting.filter(({ sources }) => sources === 0);
  while (wave.length > 0) {
    waves.push(wave.map(({ write }) => write));
    const next: Waiting[] = [];
    for (const { write } of wave) {
      left.delete(write);
      for (const follower of followers.get(write.application) ?? []) {
        follower.sources -= 1;
        if (follower.sources === 0) next.push(follower);
      }
    }
    wave = next;
  }
  return left.size > 0 ? [...waves, [...left]] : waves;
}

/** A write, and how many of the applications it copies from are still to be written. */
interface Waiting {
  readonly write: ApplicationWrite;
  sources: number;
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
