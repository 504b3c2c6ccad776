/** The largest of any number of numbers, of which a call takes only so many; `least` if there is none larger. */
export function largest(numbers: Iterable<number>, least: number): number {
  let result = least;
  for (const number of numbers) result = Math.max(result, number);
  return result;
}
