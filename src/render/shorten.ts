/** Longer than any name that means something. The host of a URL, of at most 253 characters, is never cut. */
const LONGEST = { name: 120, text: 400 } as const;

/** Cuts what was made long to push other things out of sight; beginning and end stay. */
export function shorten(text: string, kind: keyof typeof LONGEST): string {
  const limit = LONGEST[kind];
  if (text.length <= limit) return text;
  const end = Math.floor(limit / 4);
  return `${text.slice(0, limit - end).toWellFormed()}…${text.slice(-end).toWellFormed()}`;
}
