import { invalidValue } from "./invalid-value.js";

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** Seconds of a duration as Vault writes it: `3650d`, `1h30m`, or plain seconds. */
export function durationSeconds(option: string, text: string): number {
  const given = /^\d+$/.test(text) ? `${text}s` : text;
  const parts = [...given.matchAll(/(\d{1,9})([smhd])/g)];
  const seconds = parts.reduce((sum, [, number, unit = "s"]) => sum + Number(number) * (UNITS[unit] ?? 0), 0);
  if (seconds > 0 && parts.map(([part]) => part).join("") === given) return seconds;
  throw invalidValue(option, text, "duration");
}
