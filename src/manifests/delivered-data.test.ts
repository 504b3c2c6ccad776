import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Delivery, DeliveryPart } from "../model/consumer.js";
import { ForeignValue, SecretValue, type StoredValue } from "../model/secret-value.js";
import { deliveredData, deliveredSecret, type Values } from "./delivered-data.js";
import { goJson, plainDecimal } from "./go-json.js";

const all: DeliveryPart = { kind: "keys", path: "secret/app" };
const one: DeliveryPart = { kind: "key", path: "secret/app", key: "k", as: "K" };

/** Strings as they are, anything else as the JSON text that Vault sent. */
function values(of: Readonly<Record<string, string | { json: string }>>): Values {
  return new Map(
    Object.entries(of).map(([key, value]): [string, StoredValue] => [
      key,
      typeof value === "string" ? new SecretValue(value) : new ForeignValue(value.json),
    ]),
  );
}

function texts(data: ReturnType<typeof deliveredData>): unknown {
  return data === "not comparable"
    ? data
    : Object.fromEntries([...data].map(([key, bytes]) => [key, Buffer.from(bytes).toString()]));
}

const MIXED = values({
  text: "<é>\n",
  number: { json: "1e21" },
  yes: { json: "true" },
  nothing: { json: "null" },
  object: { json: '{"b": [1, 0.10], "a": "<&>\\u2028", "": null}' },
});
const JSON_OF_OBJECT = '{"":null,"a":"\\u003c\\u0026\\u003e\\u2028","b":[1,0.10]}';

describe("all keys", () => {
  test.each<[Delivery["by"], object]>([
    ["VaultSecret", { text: "<é>\n", number: "1e21", yes: "true", object: JSON_OF_OBJECT }],
    ["VaultStaticSecret", { text: "<é>\n", number: "1e21", yes: "true", nothing: "null", object: JSON_OF_OBJECT }],
    [
      "ExternalSecret",
      {
        text: "<é>\n",
        number: "1000000000000000000000",
        yes: "true",
        nothing: "",
        object: JSON_OF_OBJECT.replace("0.10", "0.1"),
      },
    ],
  ])("are what %s makes of them", (by, expected) => {
    expect(texts(deliveredData(by, all, MIXED))).toEqual(expected);
  });

  test.each<[string, Delivery["by"], DeliveryPart, Values, unknown]>([
    ["only some", "VaultSecret", { ...all, only: ["a", "missing"] }, values({ a: "1", b: "2" }), { a: "1" }],
    ["all but some", "VaultStaticSecret", { ...all, except: ["a"] }, values({ a: "1", b: "2" }), { b: "2" }],
    ["a list", "VaultSecret", all, values({ a: { json: "[1]" } }), "not comparable"],
    [
      "a list that is not taken",
      "VaultSecret",
      { ...all, only: ["b"] },
      values({ a: { json: "[1]" }, b: "2" }),
      { b: "2" },
    ],
    ["a list", "VaultStaticSecret", all, values({ a: { json: "[1, 2]" } }), { a: "[1,2]" }],
    ["a list", "ExternalSecret", all, values({ a: { json: "[1, 2]" } }), { a: "[1,2]" }],
    [
      "base64",
      "VaultSecret",
      { ...all, base64: true },
      values({ a: "aGk\r\n=", b: { json: "5" } }),
      { a: "hi", b: "5" },
    ],
    ["base64 that is none", "VaultSecret", { ...all, base64: true }, values({ a: "aGk" }), "not comparable"],
    ["base64", "ExternalSecret", { ...all, base64: true }, values({ a: { json: "1234" } }), { a: "\ufffdm\ufffd" }],
    ["a name that no Secret has", "VaultSecret", all, values({ "a b": "1" }), "not comparable"],
    ["a name that no Secret has", "ExternalSecret", all, values({ "a b": "1" }), { a_b: "1" }],
    ["two of one name", "ExternalSecret", all, values({ "a b": "1", a_b: "1" }), "not comparable"],
    ["a number that is none", "ExternalSecret", all, values({ a: { json: "1e999" } }), "not comparable"],
    ["names of prototypes", "VaultSecret", all, values({ constructor: "1" }), { constructor: "1" }],
  ])("%s of %s", (_, by, part, of, expected) => {
    expect(texts(deliveredData(by, part, of))).toEqual(expected);
  });
});

test.each<[string, DeliveryPart, Values, unknown]>([
  ["a string", one, values({ k: "v" }), { K: "v" }],
  ["base64", { ...one, base64: true }, values({ k: "aGk=" }), { K: "hi" }],
  ["a number with the digits that Vault sends", one, values({ k: { json: "1e21" } }), { K: "1e21" }],
  ["null", one, values({ k: { json: "null" } }), { K: "" }],
  ["a list", one, values({ k: { json: "[ ]" } }), { K: "[]" }],
  ["nothing", one, values({}), "not comparable"],
])("a single key that holds %s", (_, part, of, expected) => {
  expect(texts(deliveredData("ExternalSecret", part, of))).toEqual(expected);
});

test("of several parts the first that has a data key gives it; what was not read is not comparable", () => {
  const made: DeliveryPart = { kind: "made", path: "a", as: "made", from: undefined };
  const delivery: Delivery = {
    by: "ExternalSecret",
    object: { kind: "ExternalSecret", group: "external-secrets.io", namespace: "ns", name: "app" },
    secret: "app",
    parts: [made, { ...one, path: "a" }, { ...all, path: "b" }, { ...all, path: "unread", only: ["z"] }],
  };
  const read = new Map([
    ["a", values({ k: "first" })],
    ["b", values({ K: "second", other: "third", made: "never" })],
  ]);
  const held = deliveredSecret(delivery, (path) => read.get(path));
  const shown = (key: string): unknown => {
    const value = held(key);
    return value instanceof Uint8Array ? Buffer.from(value).toString() : value;
  };
  expect(["K", "other", "made", "z", "y"].map(shown)).toEqual([
    "first",
    "third",
    "not comparable",
    "not comparable",
    "absent",
  ]);
});

describe("JSON as Go writes it", () => {
  test.each([
    ['{"b":1,"a":{"d":2,"c":3}}', '{"a":{"c":3,"d":2},"b":1}'],
    ['{"\u{1f600}":1,"\uffff":2}', '{"\uffff":2,"\u{1f600}":1}'],
    ['{"a":1,"a":2}', '{"a":2}'],
    ['"\\ud800 \\/ \\u00e9 \\u007f"', '"\ufffd / é \u007f"'],
    ['{"__proto__":{"a":1},"2":0,"1":0}', '{"1":0,"2":0,"__proto__":{"a":1}}'],
    ["[1,", undefined],
    [`${"[".repeat(5000)}${"]".repeat(5000)}`, undefined],
  ])("%s", (json, expected) => {
    expect(goJson(json, "as-written")).toBe(expected);
  });

  test("means the same, and is its own text", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = goJson(JSON.stringify(value, null, 1), "as-written") ?? "";
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(goJson(text, "as-written")).toBe(text);
      }),
    );
  });

  test.each([
    [1e21, "1000000000000000000000"],
    [-1.5e-7, "-0.00000015"],
    [1.25e22, "12500000000000000000000"],
    [0.1, "0.1"],
    [-0, "-0"],
    [Number.POSITIVE_INFINITY, undefined],
  ])("the number %d without an exponent is %s", (number, text) => {
    expect(plainDecimal(number)).toBe(text);
  });

  test("no number has one", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
        expect(plainDecimal(number)).toMatch(/^-?\d+(\.\d+)?$/);
        expect(Number(plainDecimal(number))).toBe(number);
      }),
    );
  });
});
