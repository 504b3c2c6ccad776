import { PhalanxError } from "../errors.js";

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** Seconds of a duration as Vault writes it: `3650d`, `1h30m`, or plain seconds. */
export function durationSeconds(option: string, text: string): number {
  const parts = [...text.matchAll(/(\d{1,9})([smhd])/g)];
  const seconds = /^\d{1,9}$/.test(text)
    ? Number(text)
    : parts.reduce((sum, [, number, unit]) => sum + Number(number) * (UNITS[unit ?? "s"] ?? 0), 0);
  const whole = /^\d{1,9}$/.test(text) || parts.map(([part]) => part).join("") === text;
  if (whole && seconds > 0) return seconds;
  throw new PhalanxError(`${option} ${text} is no duration`, { hint: "Write it as in 3650d, 12h or 30m." });
}
