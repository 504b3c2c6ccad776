import { expect, test } from "vitest";
import type { Consumer, Delivery, DeliveryPart, Use } from "../model/consumer.js";
import { isBehind, keysBehind } from "./behind.js";
import { joinConsumers } from "./join.js";

const delivery = (...parts: readonly DeliveryPart[]): Delivery => ({
  by: "VaultSecret",
  object: { kind: "VaultSecret", group: "ricoberger.de", namespace: "ns", name: "app" },
  secret: "app",
  parts,
});
const consumer = (name: string, namespace: string, ...uses: readonly Use[]): Consumer => ({
  object: { kind: "Deployment", group: "apps", namespace, name },
  workload: true,
  uses,
});
const use = (secret: string, keys: Use["keys"]): Use => ({ secret, keys, kind: "volume", container: "main" });

const KEYS: DeliveryPart = { kind: "keys", path: "a" };
const ONE: DeliveryPart = { kind: "key", path: "a", key: "k", as: "K" };
const MADE: DeliveryPart = { kind: "made", path: "a", as: "url", from: ["x", "y"] };
const UNTOLD: DeliveryPart = { kind: "made", path: "a", as: undefined, from: undefined };

test.each<[string, readonly DeliveryPart[], string, ReturnType<typeof keysBehind>]>([
  ["a key under its own name", [KEYS], "k", [{ path: "a", keys: ["k"] }]],
  ["a key that is not among them", [{ ...KEYS, only: ["j"] }], "k", []],
  ["a key that is left out", [{ ...KEYS, except: ["k"] }], "k", []],
  ["a key of another name", [ONE], "K", [{ path: "a", keys: ["k"] }]],
  ["another one", [ONE], "k", []],
  ["what a template makes", [MADE], "url", [{ path: "a", keys: ["x", "y"] }]],
  ["what a template may make", [UNTOLD], "k", [{ path: "a", keys: "not-told" }]],
  [
    "a key of several",
    [ONE, { ...KEYS, path: "b" }],
    "K",
    [
      { path: "a", keys: ["k"] },
      { path: "b", keys: ["K"] },
    ],
  ],
])("behind %s", (_, parts, dataKey, rows) => {
  expect(keysBehind(delivery(...parts), dataKey)).toEqual(rows);
});

test.each<[string, readonly DeliveryPart[], Use["keys"], ReturnType<typeof keysBehind>]>([
  ["some keys", [KEYS], ["a", "b"], [{ path: "a", keys: ["a", "b"] }]],
  ["all", [KEYS], "all", [{ path: "a", keys: "all" }]],
  ["all of some", [{ ...KEYS, only: ["a", "b"], except: ["b"] }], "all", [{ path: "a", keys: ["a"] }]],
  ["all but some", [{ ...KEYS, except: ["a"] }], "all", [{ path: "a", keys: "all", except: ["a"] }]],
  ["all but some that come otherwise", [ONE, { ...KEYS, except: ["k"] }], "all", [{ path: "a", keys: "all" }]],
  [
    "all of two paths",
    [ONE, { ...KEYS, path: "b" }],
    "all",
    [
      { path: "a", keys: ["k"] },
      { path: "b", keys: "all" },
    ],
  ],
  ["what is told and what is not", [ONE, UNTOLD], "all", [{ path: "a", keys: "not-told" }]],
  ["what is not delivered", [ONE], ["z"], []],
])("behind a use of %s", (_, parts, keys, rows) => {
  const [joined] = joinConsumers([delivery(...parts)], [consumer("c", "ns", use("app", keys))]);
  expect(joined?.consumers[0]?.uses[0]?.behind).toEqual(rows);
});

test("a consumer uses the Secrets of its own namespace", () => {
  const consumers = [
    consumer("a", "ns", use("app", "all"), use("other", "all"), use("app", ["k"])),
    consumer("b", "elsewhere", use("app", "all")),
    consumer("c", "ns", use("other", "all")),
  ];
  const joined = joinConsumers([delivery(KEYS)], consumers);
  expect(joined.map(({ consumers }) => consumers.map(({ object, uses }) => [object.name, uses.length]))).toEqual([
    [["a", 2]],
  ]);
});

test("whether a key is behind", () => {
  expect(isBehind({ path: "a", keys: ["k"] }, "k")).toBe(true);
  expect(isBehind({ path: "a", keys: ["k"] }, "l")).toBe(false);
  expect(isBehind({ path: "a", keys: "all", except: ["k"] }, "k")).toBe(false);
  expect(isBehind({ path: "a", keys: "all" }, "k")).toBe(true);
  expect(isBehind({ path: "a", keys: "not-told" }, "k")).toBe("not-told");
});
