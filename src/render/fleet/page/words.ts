import { count } from "../../count.js";
import type { ApplicationState, Changed, Expiry, FleetSecret } from "../../../model/fleet-report.js";

/** How a cell's state is displayed: shape, word and colour. */
export interface StateLook {
  readonly symbol: string;
  readonly word: string;
  /** What it means, for the legend. */
  readonly meaning: string;
}

export const LOOKS: Readonly<Record<ApplicationState, StateLook>> = {
  unresolved: { symbol: "✕", word: "unresolved", meaning: "a secret has no value, and no way to get one" },
  missing: { symbol: "○", word: "missing", meaning: "Vault lacks a secret" },
  drifted: { symbol: "≠", word: "different", meaning: "Vault does not hold the expected value" },
  unknown: { symbol: "?", word: "unknown", meaning: "Vault holds a secret that nothing requires" },
  clean: { symbol: "✓", word: "clean", meaning: "as it should be" },
  "not-audited": { symbol: "–", word: "not audited", meaning: "no credentials, or the audit failed" },
  empty: { symbol: "·", word: "no secrets", meaning: "enabled, and needs no secret" },
};

/** From what needs a person most to what needs no one. */
export const STATES_BY_WEIGHT = Object.keys(LOOKS) as readonly ApplicationState[];

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** `2026-11-24`. */
export function day(time: string): string {
  return time.slice(0, 10);
}

/** Whole days between two moments. */
export function daysBetween(from: string, to: string): number {
  return Math.floor((Date.parse(to) - Date.parse(from)) / DAY);
}

/** A time span, in the unit that a person would use. */
export function span(from: string, to: string): string {
  const hours = Math.floor((Date.parse(to) - Date.parse(from)) / HOUR);
  if (hours < 1) return "less than an hour";
  if (hours < 48) return count(hours, "hour");
  const days = Math.floor(hours / 24);
  if (days < 60) return count(days, "day");
  return days < 730 ? count(Math.floor(days / 30.44), "month") : count(Math.floor(days / 365.25), "year");
}

/** An age, as far as it is known. */
export function ageOf({ changed }: FleetSecret, now: string): string {
  if (changed === undefined) return "";
  if (daysBetween(changed.at, now) < 1) return changed.exact ? "today" : "unknown";
  return `${changed.exact ? "" : "at least "}${span(changed.at, now)}`;
}

/** The same as a sentence, in days, like most values of `--max-age`. */
export function ageSentence({ at, exact }: Changed, now: string): string {
  const days = daysBetween(at, now);
  if (days < 1) return exact ? `less than a day old (changed ${day(at)})` : `last changed on ${day(at)} or earlier`;
  return exact
    ? `${count(days, "day")} old (changed ${day(at)})`
    : `at least ${count(days, "day")} old (last changed on ${day(at)} or earlier)`;
}

export function expiryText({ at, state }: Expiry, now: string): string {
  // If shards are merged some time after the audit, it may have expired since.
  return state === "expired" || Date.parse(at) <= Date.parse(now)
    ? `expired ${span(at, now)} ago, on ${day(at)}`
    : `expires in ${span(now, at)}, on ${day(at)}`;
}
