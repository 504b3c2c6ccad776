import { describe, expect, test } from "vitest";
import { refId, type Secret } from "../model/secret.js";
import { orderByDependency } from "./order.js";

const copy = (key: string, from: string): Secret => ({
  application: "a",
  key,
  kind: "copy",
  from: { application: "a", key: from },
  description: undefined,
  encoded: false,
});
const root = (key: string): Secret => ({ application: "a", key, kind: "static", description: "x", encoded: false });
const ids = (refs: readonly { application: string; key: string }[]): string[] => refs.map(refId);

describe("orderByDependency", () => {
  test("puts sources before what is made from them", () => {
    const { order } = orderByDependency([copy("c", "b"), copy("b", "a"), root("a")]);
    expect(ids(order)).toEqual(["a/a", "a/b", "a/c"]);
  });

  test("finds the members of each cycle, and what hangs on them", () => {
    const { order, cycles, behindCycles } = orderByDependency([
      copy("x", "y"),
      copy("y", "x"),
      copy("behind", "x"),
      copy("further", "behind"),
      root("free"),
      copy("self", "self"),
    ]);
    expect(ids(order)).toEqual(["a/free"]);
    expect([...cycles].map(([id, members]) => [id, ids(members)])).toEqual([
      ["a/x", ["a/x", "a/y"]],
      ["a/y", ["a/x", "a/y"]],
      ["a/self", ["a/self"]],
    ]);
    expect(ids(behindCycles)).toEqual(["a/behind", "a/further"]);
  });

  test("finds a cycle from what hangs on it", () => {
    const { cycles, behindCycles } = orderByDependency([copy("behind", "x"), copy("x", "y"), copy("y", "x")]);
    expect([...cycles.keys()]).toEqual(["a/x", "a/y"]);
    expect(ids(behindCycles)).toEqual(["a/behind"]);
  });

  test("places what is made from several secrets after all of them, and finds cycles through them", () => {
    const template = (key: string, ...from: string[]): Secret => ({
      application: "a",
      key,
      kind: "template",
      parts: from.map((source) => ({ source: { application: "a", key: source }, filters: [] })),
      description: "x",
      encoded: false,
    });
    expect(ids(orderByDependency([template("t", "b", "c", "b"), copy("c", "b"), root("b")]).order)).toEqual([
      "a/b",
      "a/c",
      "a/t",
    ]);
    const { order, cycles, behindCycles } = orderByDependency([
      template("x", "free", "y"),
      copy("y", "x"),
      template("z", "free", "x"),
      root("free"),
    ]);
    expect(ids(order)).toEqual(["a/free"]);
    expect([...cycles.keys()].sort()).toEqual(["a/x", "a/y"]);
    expect(ids(behindCycles)).toEqual(["a/z"]);
  });

  test("takes a source that is not among the secrets as given", () => {
    expect(ids(orderByDependency([copy("b", "elsewhere")]).order)).toEqual(["a/b"]);
  });

  test("follows chains of any length, and any number of copies of one secret", () => {
    const chain = Array.from({ length: 20_000 }, (_, i) => copy(`${i + 1}`, `${i}`));
    expect(orderByDependency([...chain.toReversed(), root("0")]).order).toHaveLength(20_001);
    const fan = Array.from({ length: 100_000 }, (_, i) => copy(`k${i}`, "0"));
    expect(orderByDependency([...fan, root("0")]).order).toHaveLength(100_001);
  });
});
