/** Seconds per unit of time, largest first. */
export const UNITS = { day: 86_400, hour: 3600, minute: 60, second: 1 } as const;

const BY_LETTER: Readonly<Record<string, number>> = { d: UNITS.day, h: UNITS.hour, m: UNITS.minute, s: UNITS.second };

/**
 * Seconds of a duration in Vault's format: `3650d`, `1h30m`; undefined if it is not one. A number without a unit would
 * be seconds to Vault, but days to the person who wrote it.
 */
export function secondsOf(text: string): number | undefined {
  if (!/^(\d{1,9}[smhd])+$/.test(text)) return undefined;
  const parts = [...text.matchAll(/(\d+)(.)/g)];
  return parts.reduce((sum, [, number, unit = ""]) => sum + Number(number) * (BY_LETTER[unit] ?? 0), 0) || undefined;
}

/** The inverse: `1h30m`. */
export function durationText(seconds: number): string {
  let left = Math.round(seconds);
  const parts = Object.entries(BY_LETTER).map(([letter, length]) => {
    const number = Math.floor(left / length);
    left -= number * length;
    return number === 0 ? "" : `${number}${letter}`;
  });
  return parts.join("") || "0s";
}
