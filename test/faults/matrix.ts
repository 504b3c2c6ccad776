import type { Ideal } from "./driver.js";
import { type Fault, FAULT_KINDS } from "./kinds.js";
import { type Signal, signalsAt } from "./signals.js";
import type { ServerName } from "./stage.js";

/** Every request of a command's undisturbed run. */
function moments({ requests }: Ideal): { server: ServerName; index: number }[] {
  return (["connect", "vault"] as const).flatMap((server) =>
    Array.from({ length: requests[server] }, (_, index) => ({ server, index })),
  );
}

export function allFaults(ideal: Ideal): Fault[] {
  return moments(ideal).flatMap((moment) =>
    FAULT_KINDS.flatMap((kind) => [false, true].map((lasts) => ({ kind, lasts, ...moment }))),
  );
}

export function allSignals(ideal: Ideal): Signal[] {
  return moments(ideal).flatMap(({ server, index }) => signalsAt(server, index));
}

/** Numbers from 0 to 1, the same for the same seed. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    // A linear congruential generator, by Numerical Recipes; its upper bits are the better ones.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Chooses the same of the same list for the same seed. */
export function sample<T>(list: readonly T[], count: number, seed: number): T[] {
  const [left, random]: [T[], () => number] = [[...list], randomFrom(seed)];
  const chosen: T[] = [];
  while (chosen.length < count && left.length > 0) chosen.push(...left.splice(Math.floor(random() * left.length), 1));
  return chosen;
}
