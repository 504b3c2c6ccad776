/** Milliseconds to wait before something done `count` times is repeated; undefined: its result is final. */
export type Pauses<T> = (result: T, count: number) => number | undefined;

/**
 * Repeats something as long as there is a pause after its result.
 *
 * @param wait Resolves to false after an interrupt: the result is final.
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

/** Pauses to wait for something to become visible: from 100 ms, doubling each time. */
export function until<T>(shows: (result: T) => boolean, times: number): Pauses<T> {
  return (result, count) => (shows(result) || count >= times ? undefined : 50 * 2 ** count);
}
