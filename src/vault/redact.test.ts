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
    expect(redact([text], [])[0]).toBe(text);
  });

  test.each(["hvs.CAESIJ4x8W0kZb1", "Zq8fK2mPx91LsTbb", "c2VjcmV0LXZhbHVlLWhlcmU9PQ", "0123456789abcdef0123"])(
    "does not hold what looks like a credential: %s",
    (credential) => {
      expect(redact([`invalid token ${credential}`], [])[0]).toBe("invalid token (redacted)");
    },
  );

  test("does not hold what it was sent, in any form", () => {
    const value = "two words & more\nand a line";
    const said = [value, JSON.stringify(value), encodeURIComponent(value), "and a line"].join(" | ");
    expect(redact([said], [value])[0]).toBe('(redacted) | "(redacted)" | (redacted) | (redacted)');
  });

  test("is one line of a bounded length", () => {
    expect(redact([`a\n b\t${"c ".repeat(1000)}`], [])[0]).toMatch(/^a b (c )+…$/);
    expect(redact(["a ".repeat(1000)], [])[0]?.length).toBe(401);
  });

  test("is looked at as far as it can be shown, however much it is", () => {
    const value = "correct horse battery staple ".repeat(2000);
    const texts = [`${"x ".repeat(100)}${value}`, "y ".repeat(30_000_000), ...Array.from({ length: 1000 }, () => "z")];
    const shown = redact(texts, [value]);
    expect(shown).toHaveLength(10);
    expect(shown[0]).toBe("x ".repeat(100).trim());
    expect(shown[1]).toHaveLength(401);
  });
});
