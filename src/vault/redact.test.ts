import { describe, expect, test } from "vitest";
import { redact } from "./redact.js";

describe("what a server says", () => {
  test.each([
    "permission denied",
    "1 error occurred: * permission denied",
    "check-and-set parameter did not match the current version",
    "no handler for route 'secret/data/phalanx/demo'. route entry not found.",
    'Get "https://vault.example.org:8200/v1/auth/token/lookup-self": dial tcp 127.0.0.1:8200: connect: connection refused',
    "failed to validate role: KubernetesAuthBackend is not configured",
  ])("is shown as it is if it is words and addresses: %s", (text) => {
    expect(redact(text, [])).toBe(text);
  });

  test.each(["hvs.CAESIJ4x8W0kZb1", "Zq8fK2mPx91LsTbb", "c2VjcmV0LXZhbHVlLWhlcmU9PQ", "0123456789abcdef0123"])(
    "does not hold what looks like a credential: %s",
    (credential) => {
      expect(redact(`invalid token ${credential}`, [])).toBe("invalid token (redacted)");
    },
  );

  test("does not hold what it was sent, in any form", () => {
    const value = "two words & more\nand a line";
    const said = [value, JSON.stringify(value), encodeURIComponent(value), "and a line"].join(" | ");
    expect(redact(said, [value])).toBe('(redacted) | "(redacted)" | (redacted) | (redacted)');
  });

  test("is one line of a bounded length", () => {
    expect(redact(`a\n b\t${"c ".repeat(1000)}`, [])).toMatch(/^a b (c )+…$/);
    expect(redact("a ".repeat(1000), []).length).toBe(401);
  });
});
