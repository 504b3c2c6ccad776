/** Milliseconds to wait before something is done again that was done `count` times; undefined: its result stands. */
export type Pauses<T> = (result: T, count: number) => number | undefined;

/**
 * Does something, and again as long as there is a pause after its result.
 *
 * @param wait Where it comes to false, the result stands: somebody has asked to stop.
 * @returns The last result.
 */
export async function retry<T>(
  work: (count: number) => Promise<T>,
  pauseAfter: Pauses<T>,
  wait: (milliseconds: number) => Promise<unknown>,
): Promise<T> {
  for (let count = 1; ; count++) {
    const result = await work(count);
    const pause = pauseAfter(result, count);
    if (pause === undefined || (await wait(pause)) === false) return result;
  }
}

/** The pauses of something that only needs a moment to show: each twice as long as the one before, from 100 ms on. */
export function until<T>(shows: (result: T) => boolean, times: number): Pauses<T> {
  return (result, count) => (shows(result) || count >= times ? undefined : 50 * 2 ** count);
}
