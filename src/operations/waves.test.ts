import { expect, test } from "vitest";
import { copy, environmentOf, hash, password, ref, template } from "../../test/support/model.js";
import type { Change } from "../model/plan.js";
import type { ApplicationWrite } from "../model/write.js";
import { inWaves, sourcesOf } from "./waves.js";

const write = (application: string, ...changes: string[]): ApplicationWrite => ({
  kind: "put",
  application,
  cas: 0,
  values: new Map(),
  planned: {
    application,
    action: "update",
    base: { kind: "absent" },
    changes: changes.map((text): Change => {
      const [key = "", action = "update"] = text.split(" ");
      return {
        ...ref(`${application}/${key}`),
        action: action === "delete" ? action : "update",
        cause: { kind: "missing" },
      };
    }),
  },
});
const waves = (writes: readonly ApplicationWrite[], ...secrets: Parameters<typeof environmentOf>[0]) =>
  inWaves(writes, environmentOf(secrets)).map((wave) => wave.map(({ application }) => application));

test("sources are written before their copies, and what does not hang together at once", () => {
  const secrets = [password("a/p"), copy("b/p", "a/p"), copy("c/p", "b/p"), password("d/p")];
  expect(waves([write("c", "p"), write("b", "p"), write("d", "p"), write("a", "p")], ...secrets)).toEqual([
    ["d", "a"],
    ["b"],
    ["c"],
  ]);
});

test("a copy waits for all of its sources, and for none that is not written", () => {
  const secrets = [password("a/p"), copy("b/p", "a/p"), template("c/t", ref("a/p"), ref("b/p"), ref("x/p"))];
  expect(waves([write("c", "t"), write("b", "p"), write("a", "p")], ...secrets)).toEqual([["a"], ["b"], ["c"]]);
});

test("applications that copy from each other go together, last", () => {
  const secrets = [
    password("a/p"),
    copy("a/q", "b/p"),
    password("b/p"),
    copy("b/q", "a/p"),
    password("c/p"),
    copy("d/p", "a/p"),
  ];
  expect(waves([write("a", "p", "q"), write("b", "p", "q"), write("c", "p")], ...secrets)).toEqual([["c"], ["a", "b"]]);
});

test("only what a write changes counts, within an application nothing does, and there may be nothing to write", () => {
  const secrets = [password("a/p"), hash("a/h", "p"), copy("b/p", "a/p"), copy("b/q", "c/p"), password("b/r")];
  const sources = (...changes: string[]) => [...sourcesOf(write("b", ...changes), environmentOf(secrets))];
  expect(sources("p")).toEqual(["a"]);
  expect(sources("p", "q", "r")).toEqual(["a", "c"]);
  expect(sources("p delete", "r", "unknown")).toEqual([]);
  expect([...sourcesOf(write("a", "h"), environmentOf(secrets))]).toEqual([]);
  expect([...sourcesOf(write("stranger", "k"), environmentOf(secrets))]).toEqual([]);
  expect(waves([], ...secrets)).toEqual([]);
});

test("a chain through many applications is as many waves, in the order of the chain", () => {
  const names = Array.from({ length: 20_000 }, (_, i) => `a${i}`);
  const secrets = names.map((name, i) => (i === 0 ? password(`${name}/p`) : copy(`${name}/p`, `a${i - 1}/p`)));
  const found = waves(
    names.toReversed().map((name) => write(name, "p")),
    ...secrets,
  );
  expect(found.flat()).toEqual(names);
});
