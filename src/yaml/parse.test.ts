import { array, assert, constantFrom, oneof, property, string } from "fast-check";
import { describe, expect, test } from "vitest";
import { ConfigurationError } from "../errors.js";
import type { AnyDiagnostic } from "../model/diagnostic.js";
import { parseYaml, type YamlDocument } from "./parse.js";

const INDICATORS = "[]{}:,-?#&*!|>'\"%@`\\\n\t ~=<".split("");

const parse = (text: string): YamlDocument => parseYaml(text, () => "f.yaml");

function problemOf(text: string): AnyDiagnostic {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.diagnostic;
    throw error;
  }
  throw new Error("parsed without a problem");
}

describe("documents", () => {
  test.each(["", "# only a comment\n", "\n\n", "---\n", "\uFEFF"])("%j is empty", (text) => {
    expect(parse(text).value).toBeNull();
  });

  test("a byte order mark and CRLF change nothing", () => {
    expect(parse("\uFEFFa: 1\r\nb: |\r\n  x\r\n  y\r\n").value).toEqual({ a: 1, b: "x\ny\n" });
  });

  test.each([
    ["--- 1\n--- 2\n", 2, 5],
    ["a: 1\n---\nb: 2\n", 3, 1],
  ])("%j is more than one", (text, line, column) => {
    expect(problemOf(text)).toMatchObject({
      code: "yaml-several-documents",
      place: { file: "f.yaml", line, column },
    });
  });

  test("a block scalar that the end of the file cuts off has no final newline", () => {
    expect(parse("a: |\n  x\n  y").value).toEqual({ a: "x\ny" });
  });

  test("blank lines after an escaped line break are kept", () => {
    expect(parse('a: "x\\\n\n   y"').value).toEqual({ a: "x\ny" });
  });

  test("lines inside brackets and quotes need no indentation", () => {
    const text = 'a: {\n"b": [\n1\n]\n}\nc: "x\ny"\nd: 1\nd: 2\n';
    expect(parse(text)).toMatchObject({
      value: { a: { b: [1] }, c: "x y", d: 2 },
      duplicates: [{ place: { line: 9, column: 1 } }],
    });
  });
});

describe("a line of a quoted text that begins with a tab", () => {
  test.each<[string, unknown]>([
    ['a: "x\n\ty"', { a: "x y" }],
    ["a: 'x\n\t y\n \tz'\nb: 1", { a: "x y z", b: 1 }],
    ['k:\n  - "x\n\n\ty"', { k: ["x\ny"] }],
    ['a: "x\\\n\ty"', { a: "xy" }],
    ['a: "x\n\t"', { a: "x " }],
    ['{a: "x\n\ty"}', { a: "x y" }],
  ])("%j is read as PyYAML does", (text, value) => expect(parse(text).value).toEqual(value));

  test.each(["a: x\n\ty", "a: [1,\n\t2]", 'a:\n\t"x"', 'a: "x"\n\t# c\nb: 1', '"x\n\ty": 1', 'a: "x\n---\ty"'])(
    "is none: %j",
    (text) => expect(() => parse(text)).toThrow(ConfigurationError),
  );

  test("stands where it stands", () => {
    expect(parse('a: "x\n\ty"\nb: 1').locate(["b"], "value")).toMatchObject({ line: 3, column: 4 });
  });
});

describe("a comment that begins right behind a quote, a bracket or a comma", () => {
  test.each<[string, unknown]>([
    ['m: {a: b, c: "v"}#c\nn: 1', { m: { a: "b", c: "v" }, n: 1 }],
    ["m: 'v'#c", { m: "v" }],
    ["m: [#c\n a,#c\n 'b'#c\n]#c\u2028n: 1#2", { m: ["a", "b"], n: "1#2" }],
    ["[a#b,c]", ["a#b", "c"]],
    ['m: "a#b"#c: "', { m: "a#b" }],
  ])("%j is read as PyYAML does", (text, value) => expect(parse(text).value).toEqual(value));

  test("hides nothing, and moves nothing", () => {
    expect(parse("m: {}#c\nn: 1").locate(["n"], "value")).toEqual({ file: "f.yaml", line: 2, column: 4 });
    expect(problemOf("m: ''#c\n  n: 1")).toMatchObject({ code: "yaml-syntax", place: { line: 2 } });
  });
});

describe("a text that needs quotes", () => {
  test.each<[string, string, number]>([
    ["a:\n  description: a: b\n  if: x\n", "yaml-colon-unquoted", 17],
    ["- a: b: c", "yaml-colon-unquoted", 7],
    ["{a: b: c}", "yaml-colon-unquoted", 6],
    ["a: b:", "yaml-colon-unquoted", 5],
    ['d: "a" b', "yaml-text-behind-quotes", 8],
    ["d: 'it's'", "yaml-text-behind-quotes", 8],
    ['a: "x: y": z', "yaml-text-behind-quotes", 10],
    ["d: @a", "yaml-indicator-unquoted", 4],
    ["d: `a`", "yaml-indicator-unquoted", 4],
    ["d: %a", "yaml-indicator-unquoted", 4],
    // These have wrong indentation, or a quote would not help.
    ["a: b\n c: d", "yaml-syntax", 3],
    ["d: {a} b", "yaml-syntax", 8],
  ])("%j: %s", (text, code, column) => expect(problemOf(text)).toMatchObject({ code, place: { column } }));
});

describe("separators of lines and paragraphs", () => {
  test.each<[string, unknown]>([
    ["a: x\u2028  y", { a: "x\u2028y" }],
    ['a: "x \u2028 y"', { a: "x\u2028y" }],
    ["a: 'x\u2028\n\u2029y'", { a: "x\u2028\n\u2029y" }],
    ['a: "\u2028x\u2029"', { a: "\u2028x\u2029" }],
    ['a: "x\\\u2028  y"', { a: "xy" }],
    ['a: "\\u2028x\u2028\\\\"', { a: "\u2028x\u2028\\" }],
    ["a: |\n  x\u2028  y\n  z\u2028", { a: "x\u2028y\nz\u2028" }],
    ["a: |+\n \u2028  \n", { a: "\u2028\n" }],
    ["a: >-\n  x\u2028  y\n  z\n", { a: "x\u2028y z" }],
    ["a: >\n  x\n\u2028  y\n", { a: "x\u2028y\n" }],
    ["# c\u2028a: 1", { a: 1 }],
    ["a: 1\u2028b: [2,\u20293]", { a: 1, b: [2, 3] }],
  ])("%j is read as PyYAML does", (text, value) => expect(parse(text).value).toEqual(value));

  test("beside half of a surrogate pair are refused", () => {
    expect(problemOf('a: "x\u2028 \\uD800 y"').code).toBe("yaml-escape-invalid");
  });
});

describe("mappings", () => {
  test("a key that appears twice is reported, and its last value counts", () => {
    const { value, duplicates } = parse("a: 1\nb:\n  c: 1\n  c: 2\na: 3\n");
    expect(value).toEqual({ a: 3, b: { c: 2 } });
    expect(duplicates).toMatchObject([
      {
        code: "yaml-duplicate-key",
        details: { key: "c" },
        place: { file: "f.yaml", line: 4, column: 3 },
      },
      {
        code: "yaml-duplicate-key",
        details: { key: "a" },
        place: { file: "f.yaml", line: 5, column: 1 },
      },
    ]);
  });

  test("a repeated key in a mapping that aliases refer to is reported once", () => {
    expect(parse("a: &x {k: 1, k: 2}\nb: *x\nc: {<<: *x, k: 3}\n").duplicates).toHaveLength(1);
  });

  test.each([
    ["{<<: {a: 1}, a: 2}", { a: 2 }],
    ["{a: 2, <<: {a: 1}}", { a: 2 }],
    ["{<<: [{a: 1}, {a: 2, b: 2}], c: 3}", { a: 1, b: 2, c: 3 }],
    ["{<<: {a: 1}, <<: {a: 2}}", { a: 2 }],
    [
      "a: &a {x: 1}\nb: &b {<<: *a, y: 2}\nc: {<<: *b, z: 3}",
      { a: { x: 1 }, b: { x: 1, y: 2 }, c: { x: 1, y: 2, z: 3 } },
    ],
    ["'<<': 1", { "<<": 1 }],
  ])("merges in %j", (text, value) => {
    expect(parse(text)).toMatchObject({ value, duplicates: [] });
  });

  test.each(["<<: 1", "<<: [1]", "a: <<"])("%j merges nothing", (text) => {
    expect(() => parse(text)).toThrow(ConfigurationError);
  });

  test("keys that are no strings become strings", () => {
    const value = { 1: 0, true: 1, null: 2, "2001-01-01T00:00:00.000Z": 3, "=": 4 };
    expect(parse("1: 0\nyes: 1\n~: 2\n2001-01-01: 3\n=: 4\n").value).toEqual(value);
  });

  test("keys that are no strings are pointed out", () => {
    const text =
      'on: 0\n"off": 0\nm: &m\n  0123: 0\n  1:30: 0\nn: {null: 0, 2001-01-01: 0, <<: *m, 1.5: 0}\no: *m\n<<: {yes: 0}\n=: 0\n';
    expect(parse(text).oddKeys()).toMatchObject([
      {
        code: "yaml-key-not-string",
        details: { is: "boolean", read: "true" },
        place: { file: "f.yaml", line: 1, column: 1 },
      },
      {
        code: "yaml-key-not-string",
        details: { is: "number", read: "83" },
        place: { file: "f.yaml", line: 4, column: 3 },
      },
      {
        code: "yaml-key-not-string",
        details: { is: "number", read: "90" },
        place: { file: "f.yaml", line: 5, column: 3 },
      },
      {
        code: "yaml-key-not-string",
        details: { is: "null", read: "null" },
        place: { file: "f.yaml", line: 6, column: 5 },
      },
      {
        code: "yaml-key-not-string",
        details: { is: "date", read: "2001-01-01T00:00:00.000Z" },
        place: { file: "f.yaml", line: 6, column: 14 },
      },
      {
        code: "yaml-key-not-string",
        details: { is: "number", read: "1.5" },
        place: { file: "f.yaml", line: 6, column: 37 },
      },
      {
        code: "yaml-key-not-string",
        details: { is: "boolean", read: "true" },
        place: { file: "f.yaml", line: 8, column: 6 },
      },
    ]);
  });

  test("keys come in the order of the file, even where they look like integers", () => {
    const document = parse('m: &m {"10": 0, b: 0}\nn: {"9": 0, __proto__: 0, <<: *m, "1": 0, b: 1, "9": 1}\n');
    expect(document.keys([])).toEqual(["m", "n"]);
    expect(document.keys(["n"])).toEqual(["10", "b", "9", "__proto__", "1"]);
    expect([document.keys(["n", "1"]), document.keys(["x"]), parse("").keys([])]).toEqual([[], [], []]);
  });

  test.each(["? [a]\n: 1", "{a: 1}: 2", "!!binary /w==: 1"])("%j has a key that cannot be one", (text) => {
    expect(() => parse(text)).toThrow(ConfigurationError);
  });

  test("__proto__ and constructor are keys like any other", () => {
    const { value } = parse("__proto__: {polluted: 1}\nconstructor: 2\n");
    expect(Object.keys(value as object)).toEqual(["__proto__", "constructor"]);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(value).not.toHaveProperty("polluted");
  });
});

describe("limits", () => {
  test("nesting ends at 100", () => {
    expect(parse("[".repeat(99) + "]".repeat(99)).value).toBeInstanceOf(Array);
    expect(() => parse("[".repeat(101) + "]".repeat(101))).toThrow(ConfigurationError);
  });

  test("aliases do not get around it", () => {
    const lines = Array.from({ length: 120 }, (_, index) => `- &a${index} [${index ? `*a${index - 1}` : ""}]`);
    expect(problemOf(lines.join("\n")).code).toBe("yaml-too-deep");
  });

  test("aliases cannot multiply a document without bound", () => {
    const lines = Array.from(
      { length: 20 },
      (_, n) =>
        `- &a${n} [${
          n
            ? Array(9)
                .fill(`*a${n - 1}`)
                .join(",")
            : "x"
        }]`,
    );
    expect(problemOf(lines.join("\n"))).toMatchObject({ code: "yaml-too-many-aliases", place: { line: 6 } });
  });

  test("a document without aliases may be large", () => {
    expect(parse("- x\n".repeat(150_000)).value).toHaveLength(150_000);
  });
});

describe("problems", () => {
  test.each([
    ["a: [1\n", 2, 1],
    ["a: b: c\n", 1, 5],
    ["a: 1\nb:\tx\n", 2, 3],
    ["a: x\ty\n", 1, 5],
    ["a: x\0y\n", 1, 5],
    ["a: x\n# \u0007\n", 2, 3],
    ["a: *b\n", 1, 4],
    ["a: &x [*x]\n", 1, 8],
    ["- &x 1\n- &x 2\n", 2, 3],
    ["a:\n  !foo b\n", 2, 3],
    ["a: =\n", 1, 4],
    ["a: [b?c]\n", 1, 5],
    ["a: {b: -, c: d}\n", 1, 8],
    ["a: {b: - }\n", 1, 8],
  ])("%j has one at %i:%i", (text, line, column) => {
    expect(problemOf(text)).toMatchObject({ place: { line, column } });
  });

  test("a lone `-` inside brackets is told to be quoted", () => {
    for (const text of ["a: {b: -}", "[-, 1]", "[ -\n]"]) expect(problemOf(text).code).toBe("yaml-scalar-unquoted");
    expect(problemOf("[a -b c, 'd' e]").code).toBe("yaml-text-behind-quotes");
  });

  test("a text of any kind is read or refused with a ConfigurationError, and soon", () => {
    const piece = constantFrom(
      ...INDICATORS,
      ..."a: ,- ,<<: ,&a ,*a ,!!int ,---\n,|\n  ,\r\n,1,yes,\0,\\x,\u{1F600}".split(","),
    );
    const text = oneof(
      string({ unit: "binary" }),
      array(piece, { maxLength: 40 }).map((all) => all.join("")),
    );
    assert(
      property(text, (text) => {
        try {
          parse(text).locate(["a", 0]);
        } catch (error) {
          expect(error).toBeInstanceOf(ConfigurationError);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test("no message holds a value of the document", () => {
    const secret = "hunter2";
    const around = array(constantFrom(...INDICATORS, "a: ", "!", "!e!", "!<", "%TAG ", "!!int ", "\n---\n", secret), {
      maxLength: 12,
    });
    assert(
      property(around, around, (before, after) => {
        try {
          parse(`${before.join("")}${secret}${after.join("")}`);
        } catch (error) {
          if (!(error instanceof ConfigurationError)) throw error;
          expect(
            [JSON.stringify(error.diagnostic), error.message, error.stack, String(error.cause)].join(),
          ).not.toContain(secret);
        }
      }),
      { numRuns: 5000 },
    );
  });
});

describe("locate", () => {
  const text = "a: 1\nb:\n  c: [x, {d: 'y'}]\n  <<: &m\n    e: |\n      z\nf: *m\ng:\n";

  test.each([
    [["a"], "key", 1, 1],
    [["a"], "value", 1, 4],
    [["b", "c"], "key", 3, 3],
    [["b", "c", 1, "d"], "key", 3, 11],
    [["b", "c", 1, "d"], "value", 3, 14],
    [["b", "e"], "key", 5, 5],
    [["f"], "value", 7, 4],
    [["f", "e"], "key", 5, 5],
    [["g"], "value", 8, 1],
    [["b", "c", 7], "key", 3, 3],
    [["b", "none", "deeper"], "key", 2, 1],
    [["none"], "key", 1, 1],
    [[], "value", 1, 1],
  ] as const)("%j %s is at %i:%i", (path, what, line, column) => {
    expect(parse(text).locate(path, what)).toEqual({ file: "f.yaml", line, column });
  });

  test("in an empty document everything is at its start", () => {
    expect(parse("").locate(["a"])).toEqual({ file: "f.yaml", line: 1, column: 1 });
  });
});
