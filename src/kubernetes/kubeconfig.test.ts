import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Kubeconfig, mergeKubeconfigs, readKubeconfig } from "./kubeconfig.js";

const SECTIONS = ["clusters", "contexts", "users"] as const;
const read = (text: string, file = "k"): Kubeconfig => readKubeconfig(text, file, "/d");
/** The file that each name comes from. */
const originsOf = (config: Kubeconfig) =>
  Object.fromEntries(
    SECTIONS.map((section) => [
      section,
      Object.fromEntries([...config[section]].map(([name, { file }]) => [name, file])),
    ]),
  );

describe("merging kubeconfigs", () => {
  const name = fc.constantFrom("a", "b", "c", "__proto__", "1");
  const names = fc.uniqueArray(name);
  const file = fc.record({
    clusters: names,
    contexts: names,
    users: names,
    current: fc.option(name, { nil: undefined }),
  });

  test("takes each name, and the current context, from the first file that has it", () => {
    fc.assert(
      fc.property(fc.array(file, { maxLength: 5 }), (files) => {
        const configs = files.map(({ clusters, contexts, users, current }, index) =>
          read(
            JSON.stringify({
              "current-context": current,
              clusters: clusters.map((one) => ({ name: one, cluster: { server: `${index}` } })),
              contexts: contexts.map((one) => ({ name: one, context: { cluster: `${index}` } })),
              users: users.map((one) => ({ name: one, user: { token: `${index}` } })),
            }),
            `${index}`,
          ),
        );
        const merged = mergeKubeconfigs(configs);
        expect(merged.currentContext).toBe(files.find(({ current }) => current !== undefined)?.current);
        for (const section of SECTIONS) {
          const all = new Set(files.flatMap((one) => one[section]));
          expect([...merged[section].keys()].sort()).toEqual([...all].sort());
          for (const [key, entry] of merged[section])
            expect(entry.file).toBe(`${files.findIndex((one) => (one[section] as string[]).includes(key))}`);
        }
        // Merging is associative.
        const [first = read(""), ...others] = configs;
        expect(originsOf(mergeKubeconfigs([first, mergeKubeconfigs(others)]))).toEqual(originsOf(merged));
      }),
      { numRuns: 200 },
    );
  });
});

describe("a kubeconfig", () => {
  test("may be empty, and may lack sections", () => {
    for (const text of ["", "# nothing\n", "{}", "clusters: null\nusers: []\n"])
      expect(read(text)).toMatchObject({ currentContext: undefined, clusters: new Map() });
  });

  test.each([
    ["- a\n", "k: is a list; it must"],
    ["clusters: {}\n", 'k:1:1: "clusters" is a mapping; it must be a list'],
    ["users:\n- hunter2\n", "k:2:3: entry 1 is a string; it must be a mapping"],
    ["users:\n- user: {token: hunter2}\n", 'k:2:3: "name" is missing'],
    ["users:\n- name: 1\n", 'k:2:3: "name" is a number; it must be a string'],
    ["users:\n- name: a\n- name: a\n", 'k:3:3: "a" appears twice in users'],
    ["current-context: [hunter2]\n", 'k:1:1: "current-context" is a list; it must be a string'],
    ["users: 'hunter2\n", "k:2:1: "],
    ["users: &a [*a]\n", "k:1:12: "],
    ["a: b\na: c\n", "k:2:1: "],
  ])("that is %j is refused without a value", (text, message) => {
    const error = (() => {
      try {
        return read(text);
      } catch (thrown) {
        return thrown as Error;
      }
    })();
    expect(error).toHaveProperty("message", expect.stringContaining(message));
    expect(error).not.toHaveProperty("message", expect.stringContaining("hunter2"));
  });

  test("that expands without end is refused at once", () => {
    const levels = Array.from({ length: 30 }, (_, n) => `a${n + 1}: &a${n + 1} [*a${n}, *a${n}, *a${n}]`).join("\n");
    expect(() => read(`a0: &a0 [x]\n${levels}\n`)).toThrow(/^k:\d+:\d+: /);
  });
});
