import { expect, test } from "vitest";
import { type FingerprintEntry, sharedValues } from "./fingerprints.js";

const entry = (environment: string, key: string, fingerprint: string, location = environment): FingerprintEntry => ({
  environment,
  application: "a",
  key,
  location,
  fingerprint,
});

test("comparing finds one value in two environments, but not in two of one prefix, nor twice in one", () => {
  const shared = sharedValues([entry("x", "k", "1"), entry("y", "k", "1"), entry("x", "j", "2"), entry("x", "l", "2")]);
  expect(shared).toEqual([
    [
      { environment: "x", application: "a", key: "k" },
      { environment: "y", application: "a", key: "k" },
    ],
  ]);
  expect(sharedValues([entry("x", "k", "1", "same"), entry("y", "k", "1", "same")])).toEqual([]);
});
