import { describe, expect, test } from "vitest";
import { encodeProvenance } from "../model/provenance.js";
import { expiryOf, isOlder, lastChanged, needsVersions } from "./ages.js";

const NOW = new Date("2026-11-24T00:00:00Z");

describe("the age of a generated value", () => {
  const writer = { run: "20260101T120000Z-abcdef", commit: "", tool: "1" };
  const state = (version: number, changedIn?: number, writers: readonly number[] = [version]) => ({
    kind: "present" as const,
    version,
    createdTime: "2026-10-01T00:00:00Z",
    values: new Map(),
    customMetadata: encodeProvenance(
      {},
      {
        environment: "e",
        writers: new Map(writers.map((number) => [number, writer])),
        events: [],
        runs: new Map(),
        keys: new Map(changedIn === undefined ? [] : [["k", { generator: "password", changedIn }]]),
      },
    ),
  });

  test("is exact where the latest version changed it, or is the first one", () => {
    expect(lastChanged("k", state(3, 3), undefined)).toEqual({ at: "2026-10-01T00:00:00Z", exact: true });
    expect(lastChanged("k", state(1), undefined)).toEqual({ at: "2026-10-01T00:00:00Z", exact: true });
  });

  test("comes from the name of the run that changed it", () => {
    expect(lastChanged("k", state(3, 2, [3, 2]), undefined)).toEqual({ at: "2026-01-01T12:00:00Z", exact: true });
  });

  test("is only a lower bound where nobody noted it, or another program wrote since", () => {
    expect(lastChanged("k", state(3), undefined)).toEqual({ at: "2026-10-01T00:00:00Z", exact: false });
    expect(lastChanged("k", state(3, 3, [2]), undefined)).toEqual({ at: "2026-10-01T00:00:00Z", exact: false });
  });

  test("is at least that of the oldest version that KV still has, where its own is gone", () => {
    const info = (createdTime: string) => ({ createdTime, deletionTime: "", destroyed: false });
    const versions = {
      currentVersion: 9,
      maxVersions: 0,
      metadataVersion: undefined,
      customMetadata: {},
      versions: new Map([
        [8, info("2026-03-01T00:00:00Z")],
        [9, info("2026-10-01T00:00:00Z")],
      ]),
    };
    expect(lastChanged("k", state(9, 2), versions)).toEqual({ at: "2026-03-01T00:00:00Z", exact: false });
    expect(lastChanged("k", state(9, 8), versions)).toEqual({ at: "2026-03-01T00:00:00Z", exact: true });
  });

  test("needs the metadata only where it decides", () => {
    const rule = { type: "password" as const };
    const secret = { application: "a", key: "k", kind: "generate" as const, rule, description: "", encoded: false };
    const needs = (latest: ReturnType<typeof state>, days: number | undefined) =>
      needsVersions([secret], latest, NOW, days === undefined ? undefined : days * 86_400);
    expect(needs(state(9, 2), 365)).toBe(true);
    expect(needs(state(9, 2), 10)).toBe(false);
    expect(needs(state(9, 2), undefined)).toBe(false);
    expect(needs(state(9, 9), 365)).toBe(false);
  });

  test("expiries and limits", () => {
    expect(expiryOf("2026-11-23T00:00:00Z", NOW).state).toBe("expired");
    expect(expiryOf("2026-12-20T00:00:00Z", NOW).state).toBe("soon");
    expect(expiryOf("2027-01-01T00:00:00Z", NOW).state).toBe("valid");
    expect(isOlder("2026-11-22T00:00:00Z", NOW, 86_400)).toBe(true);
    expect(isOlder("2020-01-01T00:00:00Z", NOW, undefined)).toBe(false);
  });
});
