import { expect, test } from "vitest";
import { columns, fold } from "./fold.js";

test.each<[string, string, string]>([
  ["what fits", "Error: short", "Error: short"],
  [
    "a sentence",
    "Error: Some secrets could not be resolved: dashboard/forge-token",
    "Error: Some secrets could not be\n  resolved: dashboard/forge-token",
  ],
  [
    "a sentence below another",
    "    Give a file with --secrets FILE, or set it in Vault.",
    "    Give a file with --secrets FILE, or\n    set it in Vault.",
  ],
  [
    "a point of a list",
    "  ! ingress/key has no value in Vault, and no other source",
    "  ! ingress/key has no value in Vault,\n    and no other source",
  ],
  [
    "a row of a table",
    "  --json   Print the report as JSON, with the cause",
    "  --json   Print the report as JSON,\n           with the cause",
  ],
  [
    "a row whose second column is far to the right",
    "  --exclude <application>  Leave it alone, always",
    "  --exclude <application>\n      Leave it alone, always",
  ],
  ["a branch", "├─ made from dashboard/admin.password of old", "├─ made from dashboard/admin.password of\n│    old"],
  [
    "a command",
    "  phalanx secrets sync demo --secrets 'my file.yaml' --delete",
    "  phalanx secrets sync demo --secrets \\\n      'my file.yaml' --delete",
  ],
  [
    "a command with a quote in a name",
    String.raw`  phalanx secrets sync demo --secrets 'it'\''s my file.yaml'`,
    String.raw`  phalanx secrets sync demo --secrets \
      'it'\''s my file.yaml'`,
  ],
  [
    "what has half a quote",
    "  phalanx secrets sync demo doesn't do that here",
    "  phalanx secrets sync demo doesn't do\n  that here",
  ],
  [
    "a command behind what it is for",
    "To undo this: phalanx secrets restore demo --run 20261128T125126Z-1236ba",
    "To undo this:\n    phalanx secrets restore demo --run \\\n        20261128T125126Z-1236ba",
  ],
  [
    "a command inside of a sentence",
    "Hint: Run: git fetch origin. Then run it again.",
    "Hint: Run: git fetch origin. Then run it\n  again.",
  ],
  [
    "a long word",
    "  value applications/gatekeeper/secrets.yaml:7:1",
    "  value\napplications/gatekeeper/secrets.yaml:7:1",
  ],
  [
    "a question",
    "Write 3 secrets of the environment demo? [y/N] ",
    "Write 3 secrets of the environment demo?\n  [y/N] ",
  ],
  ["JSON", `{"msg":"${"word ".repeat(20)}"}`, `{"msg":"${"word ".repeat(20)}"}`],
  ["progress", `\r${"word ".repeat(20)}`, `\r${"word ".repeat(20)}`],
])("%s at 40 columns", (_, text, expected) => {
  expect(fold(text, 40)).toBe(expected);
  expect(fold(expected, 40)).toBe(expected);
});

test("colours take no columns", () => {
  const painted = "\u001b[31mone two three\u001b[39m four";
  expect(columns(painted)).toBe(18);
  expect(fold(painted, 18)).toBe(painted);
  expect(fold(painted, 17)).toBe("\u001b[31mone two three\u001b[39m\n  four");
});
