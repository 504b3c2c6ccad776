import { secondsOf } from "./duration.js";

/** A moment as a person writes it. */
export type Moment =
  | {
      readonly kind: "time";
      readonly time: Date;
      /** The last millisecond of the second that was written; `time`, unless it was written without a fraction. */
      readonly until: Date;
      /** Whether it has a zone; otherwise it was read as UTC, in which this program prints times. */
      readonly zoned: boolean;
    }
  /** This long before now, by whichever clock applies. */
  | { readonly kind: "ago"; readonly seconds: number };

/** In seconds: about three hundred years. */
const LONGEST = 1e10;

const WRITTEN =
  /^(\d{4}-\d\d-\d\d)(?:[Tt ](\d\d:\d\d)(?:(:\d\d)(\.\d{1,9})?)?(?: ?([Zz]|UTC)|([+-](?:[01]\d|2[0-3]):[0-5]\d))?)?$/;

/**
 * Parses a duration with its unit (`10m`: this long ago), a date (its first moment), or a date and a time, as in RFC 3339
 * or separated by a space. Undefined for anything else: what is ambiguous is rejected.
 */
export function parseMoment(text: string): Moment | undefined {
  const duration = /^(\S+?)(?: ago)?$/.exec(text)?.[1] ?? "";
  const seconds = /^\d+$/.test(duration) ? undefined : secondsOf(duration);
  if (seconds !== undefined && seconds < LONGEST) return { kind: "ago", seconds };
  const [, date, minutes = "00:00", second, fraction = "", utc, offset] = WRITTEN.exec(text) ?? [];
  if (date === undefined) return undefined;
  const local = `${date}T${minutes}${second ?? ":00"}`;
  const asUtc = new Date(`${local}Z`);
  // An invalid day or hour would become another one.
  if (Number.isNaN(asUtc.getTime()) || !asUtc.toISOString().startsWith(local)) return undefined;
  const time = new Date(`${local}${fraction.slice(0, 4)}${offset ?? "Z"}`);
  const until = second === undefined || fraction !== "" ? time : new Date(time.getTime() + 999);
  return { kind: "time", time, until, zoned: utc !== undefined || offset !== undefined };
}

export function momentAt(moment: Moment, now: Date): Date {
  return moment.kind === "time" ? moment.time : new Date(now.getTime() - moment.seconds * 1000);
}

/** The state at a second is what it was when that second was over: times are shown without their fractions. */
export function momentUntil(moment: Moment, now: Date): Date {
  return moment.kind === "time" ? moment.until : momentAt(moment, now);
}
