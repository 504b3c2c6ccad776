const DURATION =
  /^(?:(?<days>\d+)d|(?:(?<hours>\d+(?:\.\d*)?)h)?(?:(?<minutes>\d+(?:\.\d*)?)m)?(?:(?<seconds>\d+(?:\.\d*)?)s?)?)$/;

/** Seconds of a duration as Vault accepts it (`90`, `1h30m`, `3650d`, nothing), or undefined if it is not one. */
export function parseDuration(text: string): number | undefined {
  const sign = text.startsWith("-") ? -1 : 1;
  const parts = DURATION.exec(text.replace(/^[+-]/, ""))?.groups;
  if (parts === undefined) return undefined;
  const [days, hours, minutes, seconds] = ["days", "hours", "minutes", "seconds"].map((unit) =>
    Number(parts[unit] ?? 0),
  );
  return sign * Math.trunc((days ?? 0) * 86_400 + (hours ?? 0) * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0));
}

/** A duration as Go prints it: `3h0m0s`, `1m0s`, `0s`. */
export function formatDuration(seconds: number): string {
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  if (hours > 0) return `${hours}h${minutes}m${rest}s`;
  return minutes > 0 ? `${minutes}m${rest}s` : `${rest}s`;
}

/** A duration without the units that are zero: `768h`, `1h30m`. */
export function shortDuration(seconds: number): string {
  return formatDuration(seconds)
    .replace(/([hm])0s$/, "$1")
    .replace(/h0m$/, "h");
}

/** A time as Go prints it (RFC 3339, without trailing zeros in the fraction); the empty string for none. */
export function formatTime(milliseconds: number | null): string {
  return milliseconds === null ? "" : new Date(milliseconds).toISOString().replace(/\.?(?<!0)0+Z$/, "Z");
}
