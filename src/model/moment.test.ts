import { describe, expect, test } from "vitest";
import { momentAt, momentUntil, parseMoment } from "./moment.js";

const NOW = new Date("2026-11-28T12:00:00Z");
const read = (text: string): string | undefined => {
  const moment = parseMoment(text);
  return moment && `${momentAt(moment, NOW).toISOString()}${moment.kind === "time" && !moment.zoned ? " in UTC" : ""}`;
};

describe("a moment", () => {
  test.each([
    ["2026-11-27T08:30:00Z", "2026-11-27T08:30:00.000Z"],
    ["2026-11-27t08:30:00z", "2026-11-27T08:30:00.000Z"],
    ["2026-11-27T08:30:00+01:00", "2026-11-27T07:30:00.000Z"],
    ["2026-11-27T08:30:00.123456789Z", "2026-11-27T08:30:00.123Z"],
    ["2026-11-27T08:30Z", "2026-11-27T08:30:00.000Z"],
    ["2026-11-27 08:30:00 UTC", "2026-11-27T08:30:00.000Z"],
    ["2026-11-27 08:30:00Z", "2026-11-27T08:30:00.000Z"],
    ["2026-11-27 08:30", "2026-11-27T08:30:00.000Z in UTC"],
    ["2026-11-27T08:30:15", "2026-11-27T08:30:15.000Z in UTC"],
    ["2026-11-27", "2026-11-27T00:00:00.000Z in UTC"],
    ["2028-02-29", "2028-02-29T00:00:00.000Z in UTC"],
    ["10m", "2026-11-28T11:50:00.000Z"],
    ["1h30m", "2026-11-28T10:30:00.000Z"],
    ["2d ago", "2026-11-26T12:00:00.000Z"],
  ])("is read from %s", (text, expected) => {
    expect(read(text)).toBe(expected);
  });

  test.each([
    ["2026-11-27T08:30:00Z", "2026-11-27T08:30:00.999Z"],
    ["2026-11-27 08:30:00 UTC", "2026-11-27T08:30:00.999Z"],
    ["2026-11-27T08:30:00.250Z", "2026-11-27T08:30:00.250Z"],
    ["2026-11-27T08:30Z", "2026-11-27T08:30:00.000Z"],
    ["2026-11-27", "2026-11-27T00:00:00.000Z"],
    ["10m", "2026-11-28T11:50:00.000Z"],
  ])("covers the second that it names: %s", (text, expected) => {
    const moment = parseMoment(text);
    expect(moment && momentUntil(moment, NOW).toISOString()).toBe(expected);
  });

  test.each([
    "",
    "10",
    "20261127",
    "yesterday",
    "latest",
    "08:30",
    "27.11.2026",
    "11/27/2026",
    "2026-11",
    "2026-11-31",
    "2027-02-29",
    "2026-13-01",
    "2026-11-27T24:00:00Z",
    "2026-11-27T08:60Z",
    "2026-11-27 08:30 CET",
    "2026-11-27 8:30",
    "2026-11-27T08:30:00+25:00",
    "10m ago ago",
    " 10m",
    "-10m",
    "1M",
    "999999999d",
  ])('is not guessed from "%s"', (text) => {
    expect(read(text)).toBeUndefined();
  });
});
