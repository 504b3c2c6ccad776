/** The largest number of any number of items, of which a call of `Math.max` takes only so many; at least `least`. */
export function largest<T>(items: Iterable<T>, numberOf: (item: T) => number, least = 0): number {
  let result = least;
  for (const item of items) result = Math.max(result, numberOf(item));
  return result;
}
