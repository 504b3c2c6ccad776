/** Longer than any meaningful name. The host of a URL, of at most 253 characters, is never truncated. */
const LONGEST = { name: 120, text: 400 } as const;

/** Truncates a text that was made long to push other output out of sight; keeps its start and end. */
export function shorten(text: string, kind: keyof typeof LONGEST): string {
  const limit = LONGEST[kind];
  if (text.length <= limit) return text;
  const end = Math.floor(limit / 4);
  return `${text.slice(0, limit - end).toWellFormed()}…${text.slice(-end).toWellFormed()}`;
}
