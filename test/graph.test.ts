import { afterAll, describe, expect, test } from "vitest";
import { layOut } from "../src/graph/layout.js";
import type { GraphEdge, GraphNode } from "../src/model/secret-graph.js";
import { phalanx } from "./support/cli.js";
import { environmentFiles, makeTree, type TestTree } from "./support/tree.js";

const EVIL = "</text><script>alert(1)</script>\"'`|]; x --> y\\\n%%{init}%%";
const trees: TestTree[] = [];
afterAll(() => Promise.all(trees.map((tree) => tree.remove())));

async function graph(files: Parameters<typeof environmentFiles>[1], ...args: string[]): Promise<string> {
  const tree = await makeTree(environmentFiles("https://vault.example.org", files));
  trees.push(tree);
  const { exit, stdout, stderr } = await phalanx(["graph", "test", ...args], { cwd: tree.root });
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: "" });
  return stdout;
}

const FILES = {
  a: {
    values: "f: {yep: true, nope: false}\n",
    secrets: `
pw: {description: x, generate: {type: password}}
hash: {description: x, generate: {type: bcrypt-password-hash, source: pw}}
url: {description: x, generate: {type: template, template: "postgres://u:\${pw}@h/\${b/name}"}}
gone: {description: x, if: f.yep, copy: {application: zzz, key: k}}
idle: {description: x, copy: {application: b, key: name, if: f.nope}, generate: {type: password, if: f.yep}}
un: {description: x, if: f.nope}
lost: {copy: {application: a, key: un}}
c1: {copy: {application: a, key: c2}}
c2: {copy: {application: a, key: c3}}
c3: {copy: {application: a, key: c1}}
behind: {copy: {application: a, key: c1}}
`,
  },
  b: {
    secrets: `
name: {description: x, value: a-fixed-value}
deep: {copy: {application: a, key: url}}
deeper: {copy: {application: b, key: deep}}
lonely: {description: x}
`,
  },
};

describe("as text", () => {
  test("what everything comes from", async () => {
    expect(await graph(FILES)).toMatchInlineSnapshot(`
      "a/behind  copy
      └─ a copy of a/c1  copy, on a CYCLE
         └─ a copy of a/c2  copy, on a CYCLE
            └─ a copy of a/c3  copy, on a CYCLE
               └─ a copy of a/c1  copy, on a CYCLE (shown above)
      a/gone  copy [if f.yep: true]
      └─ a copy of zzz/k  NOT THERE: zzz is not enabled
      a/hash  generated (bcrypt-password-hash)
      └─ made from a/pw  generated (password)
      a/idle  generated (password)
      └─ [if f.nope: false] not a copy of b/name  fixed
      a/lost  copy
      └─ a copy of a/un  NOT THERE: its condition is false [if f.nope: false]
      b/deeper  copy
      └─ a copy of b/deep  copy
         └─ a copy of a/url  template
            ├─ made from a/pw  generated (password)
            └─ made from b/name  fixed
      "
    `);
  });

  test("what comes from everything", async () => {
    expect(await graph(FILES, "--reverse")).toMatchInlineSnapshot(`
      "a/pw  generated (password)
      ├─ made into a/hash  generated (bcrypt-password-hash)
      └─ part of a/url  template
         └─ copied to b/deep  copy
            └─ copied to b/deeper  copy
      a/un  NOT THERE: its condition is false [if f.nope: false]
      └─ copied to a/lost  copy
      b/name  fixed
      ├─ [if f.nope: false] not copied to a/idle  generated (password)
      └─ part of a/url  template (shown above)
      zzz/k  NOT THERE: zzz is not enabled
      └─ copied to a/gone  copy [if f.yep: true]
      a/c1  copy, on a CYCLE
      ├─ copied to a/behind  copy
      └─ copied to a/c3  copy, on a CYCLE
         └─ copied to a/c2  copy, on a CYCLE
            └─ copied to a/c1  copy, on a CYCLE (shown above)
      "
    `);
  });

  test("one secret, one application, and everything", async () => {
    expect(await graph(FILES, "b/deep")).toMatchInlineSnapshot(`
      "b/deep  copy
      └─ a copy of a/url  template
         ├─ made from a/pw  generated (password)
         └─ made from b/name  fixed
      "
    `);
    expect(await graph(FILES, "b/name", "--reverse")).toMatchInlineSnapshot(`
      "b/name  fixed
      ├─ [if f.nope: false] not copied to a/idle  generated (password)
      └─ part of a/url  template
         └─ copied to b/deep  copy
            └─ copied to b/deeper  copy
      "
    `);
    expect(await graph(FILES, "zzz", "--reverse")).toMatchInlineSnapshot(`
      "zzz/k  NOT THERE: zzz is not enabled
      └─ copied to a/gone  copy [if f.yep: true]
      "
    `);
    expect(await graph(FILES, "b")).toContain("b/lonely  static");
    expect(await graph(FILES)).not.toContain("lonely");
    expect(await graph(FILES, "--all")).toContain("b/lonely  static");
  });

  test("a long chain and a wide fan end", async () => {
    const chain = Array.from({ length: 2000 }, (_, i) => `k${i}: {copy: {application: a, key: k${i + 1}}}\n`);
    const fan = Array.from({ length: 500 }, (_, i) => `f${i}: {copy: {application: a, key: k2000}}\n`);
    const files = { a: { secrets: [...chain, ...fan, "k2000: {description: x}\n"].join("") } };
    const text = await graph(files);
    expect(text).toContain("k50  copy (continues)");
    expect(text.split("\n").length).toBeLessThan(2000);
    expect(await graph(files, "--format", "svg")).toContain("k1999");
  });

  test("what two templates share is drawn once below each other", async () => {
    const level = (i: number): string =>
      `t${i}: {description: x, generate: {type: template, template: "\${t${i + 1}} \${u${i + 1}}"}}\nu${i}: {description: x, generate: {type: template, template: "\${t${i + 1}} \${u${i + 1}}"}}\n`;
    const secrets = `${Array.from({ length: 30 }, (_, i) => level(i)).join("")}t30: {description: x}\nu30: {description: x}\n`;
    expect((await graph({ a: { secrets } })).split("\n").length).toBeLessThan(400);
  });
});

describe("drawings", () => {
  const evil = {
    a: { secrets: `${JSON.stringify(EVIL)}: {copy: {application: b, key: pw}}\n` },
    b: { secrets: "pw: {description: x}\n" },
  };

  test("hold no value", async () => {
    for (const format of ["text", "mermaid", "dot", "svg", "json"])
      expect(await graph(FILES, "--format", format, "--all")).not.toContain("a-fixed-value");
  });

  test("escape names in SVG", async () => {
    const svg = await graph(evil, "--format", "svg");
    expect(svg).not.toContain("<script");
    expect(svg).toContain("&#60;script&#62;");
    expect(tagsOf(svg)).toEqual([]);
  });

  test("escape names in Mermaid", async () => {
    const lines = (await graph(evil, "--format", "mermaid")).split("\n");
    expect(lines[1]).toMatch(/^ {2}n0\["[^"`\\<>[\]{}|;%]*(#\d+;[^"`\\<>[\]{}|%;]*)*<br\/>copy"\]:::copy$/);
    expect(lines[3]).toBe('  n1 -->|"copied to"| n0');
  });

  test("escape names in DOT", async () => {
    const dot = await graph(evil, "--format", "dot");
    const [, line = ""] = dot
      .split("\n")
      .filter((each) => each.includes("label="))
      .toReversed();
    expect(dot.split("\n")).toHaveLength(8);
    // Nothing but the closing quotation mark is unescaped.
    expect(line.replaceAll(/\\./g, "").match(/"/g)).toHaveLength(2);
  });

  test("are the same each time", async () => {
    expect(await graph(FILES, "--format", "svg")).toBe(await graph(FILES, "--format", "svg"));
  });

  test("carry both colour schemes", async () => {
    expect(await graph(FILES, "--format", "svg")).toContain("@media (prefers-color-scheme: dark)");
  });

  test("of nothing say so", async () => {
    const files = { a: { secrets: "pw: {description: x}\n" } };
    expect(await graph(files, "--format", "svg")).toContain("No secret here is copied or made from another.");
    expect(await graph(files)).toBe("");
  });

  test("JSON has nodes and edges", async () => {
    const { nodes, edges } = JSON.parse(await graph(FILES, "a/url", "--format", "json")).result;
    expect(nodes.map(({ key }: GraphNode) => key)).toEqual(["pw", "url", "name"]);
    expect(edges).toEqual([
      { from: "a/pw", to: "a/url", kind: "template", active: true },
      { from: "b/name", to: "a/url", kind: "template", active: true },
    ]);
  });
});

/** Elements of an SVG that are not closed, or closed wrongly. */
function tagsOf(svg: string): string[] {
  const open: string[] = [];
  for (const [, end, name = "", , self] of svg.matchAll(/<(\/?)([a-z]+)((?:\s+[\w:-]+="[^"]*")*)\s*(\/?)>/gi)) {
    if (end) expect(open.pop()).toBe(name);
    else if (!self) open.push(name);
  }
  expect(svg.replaceAll(/<\/?[a-z]+(?:\s+[\w:-]+="[^"<>]*")*\s*\/?>/gi, "")).not.toMatch(/[<>](?!Y)/);
  return open;
}

describe("layout", () => {
  const nodes = (...ids: string[]): GraphNode[] =>
    ids.map((id) => ({
      id,
      application: "a",
      key: id,
      nature: undefined,
      absent: undefined,
      conditions: [],
      onCycle: false,
    }));
  const edges = (...pairs: [string, string][]): GraphEdge[] =>
    pairs.map(([from, to]) => ({ from, to, kind: "copy", active: true, condition: undefined }));

  test("puts every node after its sources, and no two in one place", () => {
    const graph = {
      nodes: nodes("a", "b", "c", "d", "e", "f"),
      edges: edges(["a", "b"], ["b", "c"], ["a", "c"], ["d", "c"], ["e", "f"]),
    };
    const { cells, layers, rows } = layOut(graph);
    const layer = new Map(cells.map((cell) => [cell.id, cell.layer]));
    for (const { from, to } of graph.edges) expect(layer.get(from)).toBeLessThan(layer.get(to) ?? 0);
    expect(new Set(cells.map((cell) => `${cell.layer} ${cell.row}`)).size).toBe(6);
    expect([layers, rows]).toEqual([3, 3]);
  });

  test("draws cycles, too", () => {
    const { cells } = layOut({ nodes: nodes("a", "b", "c"), edges: edges(["a", "b"], ["b", "a"], ["b", "c"]) });
    expect(cells.map(({ id, layer }) => `${id}${layer}`)).toEqual(["a0", "b1", "c2"]);
  });

  test("of nothing is empty", () => {
    expect(layOut({ nodes: [], edges: [] })).toEqual({ cells: [], layers: 0, rows: 0 });
  });
});
