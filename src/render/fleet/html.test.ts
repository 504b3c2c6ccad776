import { expect, test } from "vitest";
import { embeddedJson } from "./html.js";

test("embedded JSON cannot end its element", () => {
  const text = [...embeddedJson({ name: "</script><!--\u2028\u2029&" })].join("");
  expect(text).not.toMatch(/[<>&\u2028\u2029]/);
  expect(JSON.parse(text)).toEqual({ name: "</script><!--\u2028\u2029&" });
});
