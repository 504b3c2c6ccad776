import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readManifests } from "../manifests/read.js";
import { readTemplates } from "./read-templates.js";

const RELEASE = { name: "app", namespace: "space" };
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function read(files: Readonly<Record<string, string>>, values = {}) {
  const all = { "Chart.yaml": "name: app\nversion: 1.0.0\n", ...files };
  const chart = new Map(Object.entries(all).map(([path, text]) => [path, bytes(text)]));
  return readTemplates({ files: chart, values }, RELEASE);
}

/** What a template renders for `data:`. */
function made(template: string, values = {}, helpers = ""): unknown {
  const { objects } = read(
    { "templates/x.yaml": `kind: X\ndata: ${template}\n`, "templates/_helpers.tpl": helpers },
    values,
  );
  return (objects[0] as { data?: unknown } | undefined)?.data;
}

describe("a template that can be read", () => {
  test.each<[string, unknown, object?]>([
    ["{{ .Values.a.b }}", "x", { a: { b: "x" } }],
    ['"{{ .Release.Name }}-{{ .Release.Namespace }}-{{ .Chart.Name }}"', "app-space-app"],
    ['{{ printf "%s-%s" .Release.Name "x" | trunc 5 | trimSuffix "-" | quote }}', "app-x"],
    ['{{ .Values.missing | default "d" }}', "d"],
    ["{{ if .Values.on }}a{{ else if .Values.other }}b{{ else }}c{{ end }}", "b", { on: false, other: 1 }],
    ["{{ with .Values.a }}{{ .b }}{{ $.Release.Name }}{{ end }}", "xapp", { a: { b: "x" } }],
    ["[{{ range $i, $v := .Values.l }}{{ $i }}{{ $v }},{{ end }}]", ["0a", "1b"], { l: ["a", "b"] }],
    ["[{{ range $k, $v := .Values.m }}{{ $k }}={{ $v }},{{ end }}]", ["a=1", "b=2"], { m: { b: 2, a: 1 } }],
    ['{{ $x := "a" }}{{ if true }}{{ $x = "b" }}{{ end }}{{ $x }}', "b"],
    ['{{ (index .Values "a-b").c }}', "x", { "a-b": { c: "x" } }],
    ['{{- $p := splitn "/" 2 .Values.p }} {{ $p._1 }}', "b/c", { p: "a/b/c" }],
    ["\n  {{- toYaml .Values.t | nindent 2 }}", { a: [1, { b: "c" }], d: {} }, { t: { a: [1, { b: "c" }], d: {} } }],
    ["{{ tpl .Values.t . }}", "app", { t: "{{ .Release.Name }}" }],
    ["a{{/* }} */}}b", "ab"],
    ["{{ not (and .Values.a (eq .Values.b 1)) }}", false, { a: "x", b: 1 }],
  ])("%s", (template, expected, values = {}) => {
    expect(made(template, values)).toEqual(expected);
  });

  test("helpers are called with what they are given", () => {
    const helpers =
      '{{- define "app.fullname" -}}{{- if .Values.fullnameOverride -}}{{ .Values.fullnameOverride }}{{- else -}}' +
      "{{- $name := default .Chart.Name .Values.nameOverride -}}{{- if contains $name .Release.Name -}}" +
      '{{- .Release.Name | trunc 63 -}}{{- else -}}{{- printf "%s-%s" .Release.Name $name -}}{{- end -}}{{- end -}}{{- end -}}' +
      '{{- define "of" -}}{{ .a }}-{{ $.a }}{{- end -}}';
    expect(made('{{ include "app.fullname" . }}', {}, helpers)).toBe("app");
    expect(made('{{ include "app.fullname" . }}', { nameOverride: "web" }, helpers)).toBe("app-web");
    expect(made('{{ template "of" (dict "a" "x") }}', {}, helpers)).toBe("x-x");
  });

  test("a subchart has its own values, the global ones, and the name that it is given", () => {
    const { objects } = read(
      {
        "Chart.yaml":
          "name: app\ndependencies:\n  - {name: sub, alias: one}\n  - {name: sub, alias: two, condition: two.on}\n",
        "charts/sub/Chart.yaml": "name: sub\n",
        "charts/sub/values.yaml": "own: default\non: true\n",
        "charts/sub/templates/x.yaml": 'kind: X\ndata: "{{ .Chart.Name }} {{ .Values.own }} {{ .Values.global.g }}"\n',
      },
      { global: { g: "all" }, one: { own: "mine" }, two: { on: false } },
    );
    expect(objects).toEqual([{ kind: "X", data: "one mine all" }]);
  });
});

describe("what cannot be told", () => {
  test.each([
    "{{ somethingElse . }}",
    '{{ include "nowhere" . }}',
    "{{ .Values.a | regexReplaceAll `a+` }}",
    "{{ .Files.Get `x` | somethingElse }}",
    "{{ $undeclared }}",
    '"{{ somethingElse }}-x"',
  ])("%s is counted, and no name", (template) => {
    const text = `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: ${template}\nspec: {}\n`;
    const { objects, untold } = read({ "templates/x.yaml": text });
    expect(untold).toBe(1);
    expect(readManifests(objects, "space").consumers).toEqual([]);
  });

  test("of an image, or of labels, it does not matter", () => {
    const text =
      "kind: X\nmetadata:\n  labels:\n    {{- other . | nindent 4 }}\n    a: b\nspec:\n  image: {{ other }}\n";
    expect(read({ "templates/x.yaml": text })).toMatchObject({ untold: 0 });
  });

  test("a container that cannot be named uses what it uses all the same", () => {
    const text =
      "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n    - name: {{ other }}\n      image: x\n" +
      "      envFrom: [{secretRef: {name: s}}]\n";
    const [consumer] = readManifests(read({ "templates/x.yaml": text }).objects, "space").consumers;
    expect(consumer?.uses).toEqual([{ secret: "s", keys: "all", kind: "env-from", container: "not-told" }]);
  });

  test("text that is no template, or no YAML, is counted", () => {
    expect(read({ "templates/x.yaml": "{{ if }" }).untold).toBe(1);
    expect(read({ "templates/x.yaml": "kind: X\na: [\n" }).untold).toBe(1);
    expect(read({ "templates/x.yaml": "{{ end }}" }).untold).toBe(1);
  });
});

describe("a hostile chart", () => {
  const rangeOf = (depth: number): string =>
    `${"{{ range .Values.l }}".repeat(depth)}{{ range $.Values.l }}x{{ end }}${"{{ end }}".repeat(depth)}`;
  const list = Array.from({ length: 200 }, (_, i) => [i]);

  test.each<[string, Record<string, string>, object?]>([
    ["calls itself", { "templates/x.yaml": '{{ define "a" }}{{ include "a" . }}{{ end }}{{ include "a" . }}' }],
    [
      "doubles with each call",
      {
        "templates/x.yaml": `${Array.from({ length: 60 }, (_, i) => `{{ define "d${i}" }}${`{{ include "d${i + 1}" . }}`.repeat(2)}{{ end }}`).join("")}{{ define "d60" }}xxxxxxxxxx{{ end }}{{ include "d0" . }}`,
      },
    ],
    ["turns for ever", { "templates/x.yaml": rangeOf(4) }, { l: list }],
    ["nests without end", { "templates/x.yaml": `${"{{ if true }}".repeat(5000)}x${"{{ end }}".repeat(5000)}` }],
    ["opens brackets", { "templates/x.yaml": `{{ ${"(".repeat(100_000)} }}` }],
    ["pipes without end", { "templates/x.yaml": `{{ "x"${' | replace "x" "xxxxxxxxxx"'.repeat(50)} }}` }],
    [
      "works without end",
      Object.fromEntries(
        Array.from({ length: 30 }, (_, i) => [
          `templates/${i}.yaml`,
          '{{ range .Values.l }}{{ range $.Values.l }}{{ $.Values.big | replace "x" "y" | len }}{{ end }}{{ end }}',
        ]),
      ),
      { l: list, big: "x".repeat(100_000) },
    ],
    ["lacks many lines", { "templates/x.yaml": `kind: X\n${"  a:\n  {{ other }}\n".repeat(20_000)}` }],
    ["calls its own text", { "templates/x.yaml": "{{ tpl .Values.t . }}" }, { t: "{{ tpl .Values.t . }}" }],
    ["begins comments", { "templates/x.yaml": "{{/*".repeat(100_000) }],
    ["begins actions", { "templates/x.yaml": "{{".repeat(100_000) }],
    ["begins strings", { "templates/x.yaml": `{{ ${'"\\'.repeat(100_000)}` }],
  ])("that %s comes to an end", (_, files, values) => {
    expect(read(files, values).untold).toBeGreaterThanOrEqual(0);
  });

  test("aliases that grow are refused", () => {
    const lines = ["a0: &a0 [x,x,x,x,x,x,x,x,x,x]"];
    for (let i = 1; i < 12; i++)
      lines.push(`a${i}: &a${i} [${Array.from({ length: 10 }, () => `*a${i - 1}`).join(",")}]`);
    expect(read({ "templates/x.yaml": `kind: X\n${lines.join("\n")}\n` }).untold).toBe(1);
  });

  test("names of every object are no traps", () => {
    const values = JSON.parse('{"__proto__": {"polluted": "yes"}, "constructor": "c"}') as object;
    expect(made("{{ .Values.polluted }}x{{ .Values.toString }}", values)).toBe("x");
    expect(made('{{ (dict "__proto__" "x").polluted }}y{{ constructor }}', values)).not.toBe("yesy");
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});

const pieces = fc.constantFrom(
  "{{",
  "}}",
  "{{-",
  "-}}",
  " if ",
  " end ",
  " else ",
  " range ",
  " with ",
  " define ",
  ' "a" ',
  " .Values.x ",
  " $ ",
  " $x := ",
  " | ",
  "(",
  ")",
  " include ",
  " tpl ",
  " quote ",
  " nindent 3 ",
  "/*",
  "*/",
  "kind: X\n",
  "- a\n",
  "\n",
  ": ",
  "`",
);

test("whatever a template is, it is read or counted", () => {
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 60 }), (words) => {
      const { objects, untold } = read({ "templates/x.yaml": words.join("") }, { x: ["a", { b: "{{ . }}" }] });
      expect(untold).toBeGreaterThanOrEqual(0);
      readManifests(objects, "space");
    }),
    { numRuns: 2000 },
  );
});

test("what has no braces comes out as it is", () => {
  const texts = fc.stringMatching(/^[a-z0-9 .:,-]{0,40}$/);
  fc.assert(
    fc.property(texts, (text) => {
      expect(made(JSON.stringify(text))).toBe(text);
      expect(made("{{ .Values.t | quote }}", { t: text })).toBe(text);
    }),
  );
});
