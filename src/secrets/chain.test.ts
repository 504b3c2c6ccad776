import { describe, expect, test } from "vitest";
import { copy, environmentOf, fixed, hash, password, ref, template } from "../../test/support/model.js";
import { refId, type Secret } from "../model/secret.js";
import { chains } from "./chain.js";
import { resolveDeclared } from "./resolve-declared.js";

function follow(start: string, secrets: readonly Secret[]): unknown[] {
  const { refs, hidden, stop } = chains(resolveDeclared(environmentOf(secrets)))(ref(start));
  return [refs.map(refId).join(" "), hidden, stop && `${refId(stop)} ${stop.reason.kind}`];
}

describe("where a value comes from", () => {
  test("is followed over copies to what is none", () => {
    const secrets = [copy("a/x", "b/x"), copy("b/x", "c/x"), password("c/x")];
    expect(follow("a/x", secrets)).toEqual(["b/x c/x", 0, undefined]);
    expect(follow("c/x", secrets)).toEqual(["", 0, undefined]);
  });

  test("ends where a source is not there, whatever stands between", () => {
    const secrets = [hash("a/h", "x"), copy("a/x", "b/x"), template("b/x", "text", ref("off/x"))];
    expect(follow("a/h", secrets)).toEqual(["a/x b/x off/x", 0, "b/x source-application-not-enabled"]);
    expect(follow("b/x", secrets)).toEqual(["off/x", 0, "b/x source-application-not-enabled"]);
  });

  test("ends where a source is of no use", () => {
    const secrets = [copy("a/c", "a/h"), hash("a/h", "long"), fixed("a/long", "x".repeat(73))];
    expect(follow("a/c", secrets)).toEqual(["a/h a/long", 0, "a/h source-too-long"]);
  });

  test("goes once around a cycle", () => {
    const secrets = [copy("a/x", "a/y"), copy("a/y", "a/z"), copy("a/z", "a/y")];
    expect(follow("a/x", secrets)).toEqual(["a/y a/z a/y", 0, "a/y cycle"]);
    expect(follow("a/z", secrets)).toEqual(["a/y a/z", 0, "a/z cycle"]);
    expect(follow("b/x", [copy("b/x", "b/x")])).toEqual(["b/x", 0, "b/x cycle"]);
  });

  test("is cut where it is long, but for its end", () => {
    const many = Array.from({ length: 50 }, (_, i) => copy(`a/k${i}`, `a/k${i + 1}`));
    const { refs, hidden } = chains(resolveDeclared(environmentOf([...many, password("a/k50")])))(ref("a/k0"));
    expect([refs.slice(17).map(refId), hidden]).toEqual([["a/k18", "a/k19", "a/k50"], 30]);
  });
});
