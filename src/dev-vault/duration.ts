const UNIT_SECONDS: Readonly<Record<string, number>> = {
  ns: 1e-9,
  us: 1e-6,
  µs: 1e-6,
  μs: 1e-6,
  ms: 1e-3,
  s: 1,
  m: 60,
  h: 3600,
};

/** Seconds of a duration as Vault accepts it (`90`, `1h30m`, `3650d`), or undefined if it is none. */
export function parseDuration(text: string): number | undefined {
  const trimmed = text.trim();
  if (trimmed === "") {
    return 0;
  }
  if (/^[+-]?\d+$/.test(trimmed)) {
    return Number(trimmed);
  }
  const days = /^(\d+)d$/.exec(trimmed);
  if (days !== null) {
    return Number(days[1]) * 86_400;
  }
  if (!/^[+-]?(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/.test(trimmed)) {
    return undefined;
  }
  let seconds = 0;
  for (const [, amount, unit] of trimmed.matchAll(/(?<![\d.])([\d.]+)([a-zµμ]+)/g)) {
    seconds += Number(amount) * (UNIT_SECONDS[unit ?? ""] ?? 0);
  }
  return Math.trunc(trimmed.startsWith("-") ? -seconds : seconds);
}

/** A duration as Go prints it: `3h0m0s`, `1m0s`, `0s`. */
export function formatDuration(seconds: number): string {
  const sign = seconds < 0 ? "-" : "";
  const size = Math.abs(seconds);
  const hours = Math.floor(size / 3600);
  const minutes = Math.floor(size / 60) % 60;
  const rest = size % 60;
  if (hours > 0) {
    return `${sign}${hours}h${minutes}m${rest}s`;
  }
  return minutes > 0 ? `${sign}${minutes}m${rest}s` : `${sign}${rest}s`;
}

/** A duration without the units that are zero: `768h`, `1h30m`. */
export function shortDuration(seconds: number): string {
  return formatDuration(seconds)
    .replace(/([hm])0s$/, "$1")
    .replace(/h0m$/, "h");
}

/** A moment as Go prints it (RFC 3339, no trailing zeros in the fraction); the empty string for none. */
export function formatTime(milliseconds: number | null): string {
  return milliseconds === null ? "" : new Date(milliseconds).toISOString().replace(/\.?(?<!0)0+Z$/, "Z");
}
