import { describe, expect, test } from "vitest";
import { parsePattern } from "./sops-pattern.js";

describe("a regular expression of a SOPS file", () => {
  test.each([
    ["^(data|stringData)$", ["data", "stringData"], ["Data", "xdata", "datax", ""]],
    ["(?i)password|token", ["PassWord", "my_token_2"], ["passw"]],
    ["^.*(_key|[Ss]ecret)$", ["a_key", "theSecret"], ["keys", "secrets"]],
    ["^(?:[a-z]+_)?value$", ["value", "a_value"], ["A_value", "_value"]],
    ["^value[0-9]{1,3}$", ["value1", "value123"], ["value", "value1234"]],
    ["^a{2}$", ["aa"], ["a", "aaa"]],
    ["^a{2,}$", ["aa", "aaaa"], ["a"]],
    ["^[^a-c.]+$", ["xyz"], ["xay", "x.y"]],
    ["^[]x-]+$", ["]x-"], ["y"]],
    ["\\Av\\.x\\z", ["v.x"], ["vax", "v.xy"]],
    ["\\bkey\\b", ["key", "a key", "a-key-b"], ["keys", "a_key"]],
    ["^\\w+\\s\\d$", ["ab 1"], ["ab_1", "ab\u00a01"]],
    ["^(?P<name>a|b)+?$", ["abab"], ["abc"]],
    ["^.$", ["x", "\u{1F600}", "\r"], ["\n", "xx"]],
    ["(?s)^.$", ["\n"], [""]],
    ["^x\\/y\\@\\_$", ["x/y@_"], []],
    ["", ["", "anything"], []],
    ["a||b", ["", "x"], []],
  ] as const)("%s means what it means to Go", (pattern, matching, others) => {
    const matches = parsePattern(pattern);
    expect(matching.filter((name) => !matches?.(name))).toEqual([]);
    expect(others.filter((name) => matches?.(name))).toEqual([]);
  });

  test.each([
    ["(", "a)", "[a", "*a", "a**", "a{2", "\\", "(?=a)", "(?<!a)", "(?i:a)", "[[:alpha:]]", "\\pL", "\\1", "[z-a]"],
    ["a".repeat(1001), "(a{1000}){1000}", "(?:".repeat(300) + ")".repeat(300) + "(?!)"],
  ])("that is none, or too large, is not understood", (...patterns) => {
    expect(patterns.filter((pattern) => parsePattern(pattern) !== undefined)).toEqual([]);
  });

  test.each(["^(a+)+$", "^(a|a)*$", "(a*)*b", "^(.*a){12}$", "(?:a?){100}a{100}"])("%s takes no time", (pattern) => {
    const matches = parsePattern(pattern);
    const names = [10, 20, 200, 2000].map((length) => `${"a".repeat(length)}!`);
    // JavaScript's own engine would not finish the third one.
    expect(names.map((name) => matches?.(name))).toHaveLength(names.length);
  });
});
