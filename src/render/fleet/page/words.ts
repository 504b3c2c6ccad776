import { count } from "../../count.js";
import type { ApplicationState, Changed, Expiry, FleetSecret } from "../../../model/fleet-report.js";

/** How a cell's state is shown: by shape, word and colour. */
export interface StateLook {
  readonly symbol: string;
  readonly word: string;
  /** What it means, for the legend. */
  readonly meaning: string;
}

export const LOOKS: Readonly<Record<ApplicationState, StateLook>> = {
  unresolved: { symbol: "✕", word: "unresolved", meaning: "a secret has no value and none can be made" },
  missing: { symbol: "○", word: "missing", meaning: "Vault lacks a secret" },
  drifted: { symbol: "≠", word: "drifted", meaning: "Vault holds another value than expected" },
  unknown: { symbol: "?", word: "unknown", meaning: "Vault holds what nobody requires" },
  clean: { symbol: "✓", word: "clean", meaning: "as it should be" },
  "not-audited": { symbol: "–", word: "not audited", meaning: "no credentials, or the audit failed" },
  empty: { symbol: "·", word: "no secrets", meaning: "enabled, and needs no secret" },
};

/** From what needs a person most to what needs nobody. */
export const STATES_BY_WEIGHT = Object.keys(LOOKS) as readonly ApplicationState[];

const DAY = 86_400_000;

/** `2026-11-24`, as everywhere in the world. */
export function day(time: string): string {
  return time.slice(0, 10);
}

/** Whole days from one moment to another. */
export function daysBetween(from: string, to: string): number {
  return Math.floor((Date.parse(to) - Date.parse(from)) / DAY);
}

/** A time, in the unit that a person would use. */
export function span(days: number): string {
  if (days < 1) return "less than a day";
  if (days < 60) return count(days, "day");
  return days < 730 ? count(Math.floor(days / 30.44), "month") : count(Math.floor(days / 365.25), "year");
}

/** An age as far as it is known. */
export function ageOf({ changed }: FleetSecret, now: string): string {
  if (changed === undefined) return "";
  const days = daysBetween(changed.at, now);
  if (days < 1) return changed.exact ? "today" : "unknown";
  return changed.exact ? span(days) : `at least ${span(days)}`;
}

/** The same as a sentence. */
export function ageSentence({ at, exact }: Changed, now: string): string {
  const days = daysBetween(at, now);
  if (exact) return `${span(days)} old, since ${day(at)}`;
  return days < 1 ? `at least since ${day(at)}` : `at least ${span(days)} old, since ${day(at)}`;
}

/** An expiry in words. */
export function expiryText({ at, state }: Expiry, now: string): string {
  if (state === "expired") return `expired on ${day(at)}`;
  return `expires on ${day(at)}, in ${span(daysBetween(now, at))}`;
}
