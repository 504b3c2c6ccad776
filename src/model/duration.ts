/** Seconds of each unit of time, the largest first. */
export const UNITS = { day: 86_400, hour: 3600, minute: 60, second: 1 } as const;

const BY_LETTER: Readonly<Record<string, number>> = { d: UNITS.day, h: UNITS.hour, m: UNITS.minute, s: UNITS.second };

/** Seconds of a duration as Vault writes it: `3650d`, `1h30m`, or plain seconds; undefined if it is none. */
export function secondsOf(text: string): number | undefined {
  const written = /^\d+$/.test(text) ? `${text}s` : text;
  if (!/^(\d{1,9}[smhd])+$/.test(written)) return undefined;
  const parts = [...written.matchAll(/(\d+)(.)/g)];
  return parts.reduce((sum, [, number, unit = ""]) => sum + Number(number) * (BY_LETTER[unit] ?? 0), 0) || undefined;
}
