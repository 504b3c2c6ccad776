import { describe, expect, test } from "vitest";
import type { Environment } from "../model/environment.js";
import { renderAuditScreen } from "./audit-screen.js";
import { coloured, PLAIN } from "./style.js";

const environment: Environment = {
  name: "test",
  vault: { url: "https://vault.example.org", mount: "secret", path: "test" },
  onepassword: undefined,
  disabled: new Set(),
  applications: new Map(),
  siblings: () => [],
};

describe("the report of an audit at a terminal", () => {
  test.each([
    ["plain", PLAIN],
    ["coloured", coloured(80)],
  ])("shows a key as it is, whatever it means to a replacement: %s", (_, style) => {
    const key = "a$$b$&c";
    const unknown = [{ application: "app", key, class: "undeclared" as const, unsourced: false }];
    const plan = { environment: "test", applications: [], unknown, unresolved: [], blocked: [] };
    expect(renderAuditScreen({ plan, failed: [], environment }, style)).toContain(
      `  ? ${key}  ${style === PLAIN ? "" : "\u001b[22m"}no secrets.yaml declares it`,
    );
  });

  test("turns no text round, whatever the prefix", () => {
    const vault = { ...environment.vault, path: "\u202etset" };
    const plan = { environment: "test", applications: [], unknown: [], unresolved: [], blocked: [] };
    expect(renderAuditScreen({ plan, failed: [], environment: { ...environment, vault } }, PLAIN)).toBe(
      "Audit of test, secret/\\u{202e}tset at https://vault.example.org\n\nClean: nothing is missing, different or unknown in test. Not checked: generated\nvalues (only with --verify).\n",
    );
  });
});
