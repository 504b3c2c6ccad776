import { expect, test } from "vitest";
import { parseYaml } from "../yaml/parse.js";
import { yamlText } from "./yaml.js";

const UNSEEN = "\u200b\u2060\ufeff\u00ad\u202e\u{e0041}\u3164\ue000\u00a0";

test("YAML in which every character is seen, and which means the same", () => {
  const long = "word ".repeat(30).trim();
  const document = {
    [`key${UNSEEN}`]: { description: `a ${UNSEEN} ${long}`, lines: "a\nb\n", value: null },
    "escaped-1-": ["escaped-1-", `"\\${UNSEEN}\t`, long],
    __proto__x: true,
  };
  const text = yamlText(document, { lineWidth: 70 });
  expect(text).toMatch(/^[\n\x20-\x7e]*$/);
  expect(parseYaml(text, () => "f.yaml").value).toEqual(document);
});
