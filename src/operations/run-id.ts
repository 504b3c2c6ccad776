/**
 * The id of a run: the UTC time of its start and a random part.
 *
 * @param random Three bytes.
 */
export function runId(start: Date, random: Uint8Array): string {
  const time = start
    .toISOString()
    .replace(/\.\d+Z$/, "Z")
    .replaceAll(/[-:]/g, "");
  return `${time}-${Buffer.from(random).toString("hex")}`;
}
