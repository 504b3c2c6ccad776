/** The maximum over any number of items, whereas `Math.max` takes a limited number of arguments; at least `least`. */
export function largest<T>(items: Iterable<T>, numberOf: (item: T) => number, least = 0): number {
  let result = least;
  for (const item of items) result = Math.max(result, numberOf(item));
  return result;
}
