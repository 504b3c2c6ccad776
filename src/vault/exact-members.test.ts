import fc from "fast-check";
import { expect, test } from "vitest";
import { exactMembers } from "./exact-members.js";

test("every member is the text that it was written as", () => {
  const json = '{"a":1.50 , "b" : "x\\"y" ,"c":[1,{"d":"]"}],"__proto__":{"e":12345678901234567890},"f":null}';
  expect([...exactMembers(json)]).toEqual([
    ["a", "1.50"],
    ["b", '"x\\"y"'],
    ["c", '[1,{"d":"]"}]'],
    ["__proto__", '{"e":12345678901234567890}'],
    ["f", "null"],
  ]);
});

test("of several members of one name the last counts", () => {
  expect([...exactMembers('{"a":1,"a":2}')]).toEqual([["a", "2"]]);
});

test("no depth is too deep", () => {
  const deep = "[".repeat(200_000) + "]".repeat(200_000);
  expect(exactMembers(`{"a":${deep}}`).get("a")).toBe(deep);
});

test("what JSON.parse makes of each member is what it makes of the whole", () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string({ unit: "binary" }), fc.jsonValue()),
      fc.constantFrom(0, 2),
      (value, indent) => {
        const json = JSON.stringify(value, null, indent);
        const members = [...exactMembers(json)].map(([name, text]): [string, unknown] => [name, JSON.parse(text)]);
        expect(members).toEqual(Object.entries(JSON.parse(json) as object));
      },
    ),
  );
});
