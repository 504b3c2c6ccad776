import { describe, expect, test } from "vitest";
import { lint, smallTree, told } from "./support/lint.js";

const vaultSecret = (name: string, more = ""): string =>
  `apiVersion: ricoberger.de/v1alpha1
kind: VaultSecret
metadata:
  name: ${name}
spec:
  path: "{{ .Values.global.vaultSecretsPath }}/a"
${more}  type: Opaque
`;

const deployment = (name: string, key: string): string =>
  `          env:
            - name: "X"
              valueFrom:
                secretKeyRef:
                  name: ${name}
                  key: ${key}
`;

const SECRETS = "used: {description: x}\n";

const said = (files: Readonly<Record<string, string>>, extra = {}): string[] =>
  told(lint(smallTree({ a: { "secrets.yaml": SECRETS, ...files } }, extra)));

describe("keys that charts use", () => {
  test("are declared: nothing is said", () => {
    expect(said({ "templates/vs.yaml": vaultSecret('"a"'), "templates/d.yaml": deployment("a", '"used"') })).toEqual(
      [],
    );
  });

  test("are not declared", () => {
    const files = {
      "templates/vs.yaml": vaultSecret('{{ template "a.fullname" . }}-secret'),
      "templates/d.yaml": deployment('{{- include "a.fullname" . }}-secret', "usde") + deployment("other", "foreign"),
      "charts/b/templates/more/d.yaml": deployment('{{ include "a.fullname" . }}-secret', "'absent'"),
    };
    expect(said(files)).toEqual([
      "a/charts/b/templates/more/d.yaml:6:19 warning chart-undeclared [one,two] the chart uses the key absent of its secret, which no secrets.yaml of a declares",
      "a/secrets.yaml:1:1 warning chart-unused [one,two] a/used: nothing in the chart names this key",
      "a/templates/d.yaml:6:19 warning chart-undeclared [one,two] the chart uses the key usde of its secret, which no secrets.yaml of a declares",
    ]);
    expect(told(lint(smallTree({ a: { "secrets.yaml": SECRETS, ...files } }), false))).toEqual([]);
  });

  test("come from lists, volumes and templates of the operator", () => {
    const files = {
      "templates/vs.yaml": `${vaultSecret("a", "  keys:\n    - used\n    - k1\n")}---\n${vaultSecret("b", '  templates:\n    x: "{% .Secrets.k2 %}"\n    y: >-\n      {% index .Secrets "k3" %}\n')}`,
      "templates/d.yaml": `      volumes:
        - name: v
          secret:
            secretName: a
            items:
              - key: k4
                path: x
${deployment("b", "x")}`,
    };
    expect(said(files).map((line) => line.replace(/warning.*the key/, ""))).toEqual([
      "a/templates/d.yaml:6:17  k4 of its secret, which no secrets.yaml of a declares",
      "a/templates/vs.yaml:9:7  k1 of its secret, which no secrets.yaml of a declares",
      "a/templates/vs.yaml:19:12  k2 of its secret, which no secrets.yaml of a declares",
      "a/templates/vs.yaml:21:10  k3 of its secret, which no secrets.yaml of a declares",
    ]);
  });

  test.each([
    ["in a comment", `{{- /*\n${deployment("a", "gone")}*/}}\n# used\n`],
    ["optional", `${deployment("a", "gone")}                  optional: true\n# used\n`],
    ["put together", deployment("a", '"{{ .Values.x }}-gone"')],
    ["of another secret", `${deployment("other", "gone")}# used\n`],
  ])("do not count when %s", (_, text) => {
    expect(said({ "templates/vs.yaml": vaultSecret("a"), "templates/d.yaml": text })).toEqual([]);
  });
});

describe("a secret that nothing in the chart names", () => {
  const chart = { "templates/vs.yaml": vaultSecret("a"), "templates/d.yaml": "kind: Deployment\n" };
  const unused = "a/secrets.yaml:1:1 warning chart-unused [one,two] a/used: nothing in the chart names this key";

  test("is reported", () => {
    expect(said(chart)).toEqual([unused]);
    expect(said({ ...chart, "templates/d.yaml": "          secret:\n            secretName: tls\n" })).toEqual([
      unused,
    ]);
  });

  test.each<[string, Record<string, string>]>([
    ["a volume has all of it", { "templates/d.yaml": "          secret:\n            secretName: a\n" }],
    ["a container has all of it", { "templates/d.yaml": "            - secretRef:\n                name: a\n" }],
    ["a values file names the key", { "values.yaml": "x: used\n" }],
    ["another chart may take it", { "Chart.yaml": "name: a\ndependencies:\n  - name: redis\n" }],
    [
      "another secret is made from it",
      { "secrets-one.yaml": "h: {copy: {application: a, key: used}, description: used}\n" },
    ],
    ["there is no secret of Kubernetes", { "templates/vs.yaml": "kind: Service\n" }],
    ["values choose the secret", { "values.yaml": "existingSecret: a\n" }],
  ])("is not reported where %s", (_, files) => {
    expect(said({ ...chart, ...files }).filter((line) => line.includes("/used: "))).toEqual([]);
  });

  test("is not reported where another application copies it", () => {
    const copying = {
      "environments/values-one.yaml":
        "vaultUrl: https://vault.example.org\nvaultPathPrefix: secret/one\napplications: {a: true, b: true}\n",
      "applications/b/Chart.yaml": "name: b\n",
      "applications/b/secrets.yaml": "s: {copy: {application: a, key: used}}\n",
    };
    expect(said(chart, copying)).toEqual([]);
  });
});

describe("paths in Vault that charts read", () => {
  const reading = (path: string, kind = "VaultSecret"): string =>
    `apiVersion: x/v1\nkind: ${kind}\nmetadata:\n  name: s\nspec:\n  path: ${path}\n`;
  const PREFIX = "{{ .Values.global.vaultSecretsPath }}";
  const b = { b: { "secrets.yaml": "k: {description: x}\n" } };
  const saidOf = (text: string, extra = {}, others = {}): string[] =>
    told(lint(smallTree({ a: { "templates/v.yaml": text }, ...b, ...others }, extra))).map((line) =>
      line.replace(/warning chart-path /, ""),
    );

  test.each([
    ["of another application", reading(`"${PREFIX}/b"`)],
    ["of the pull secret", reading(`"${PREFIX}/pull-secret"`)],
    ["deeper than an application", reading(`"${PREFIX}/ts/software"`)],
    ["elsewhere", reading("secret/shared/gone")],
    ["put together", reading(`"${PREFIX}/{{ .Values.x }}"`)],
    ["of its chart", reading(`"${PREFIX}/{{ .Chart.Name }}"`)],
    ["in a comment", `{{- /*\n${reading(`"${PREFIX}/gone"`)}*/}}\n`],
    ["of another kind", reading(`"${PREFIX}/gone"`, "Job")],
  ])("%s: nothing is said", (_, text) => {
    expect(saidOf(text)).toEqual([]);
  });

  test.each([
    [reading(`"${PREFIX}/gone"`), "6:9"],
    [reading(`'{{- $.Values.global.vaultSecretsPath -}}/gone'`), "6:9"],
    [reading(`{{ printf "%s/gone" .Values.global.vaultSecretsPath | quote }}`), "6:9"],
    [
      `{{- $path := splitn "/" 2 .Values.global.vaultSecretsPath }}\n${reading('"{{ $path._1 }}/gone"', "VaultStaticSecret")}`,
      "7:9",
    ],
    [`${reading("x", "ExternalSecret")}  data:\n    - remoteRef:\n        key: "${PREFIX}/gone"\n`, "9:14"],
  ])("that nobody declares: %s", (text, at) => {
    expect(saidOf(text)).toEqual([
      `a/templates/v.yaml:${at} [one,two] the chart reads PREFIX/gone from Vault, which no enabled application declares`,
    ]);
  });

  test("that are written out count where they are below the prefix", () => {
    expect(saidOf(reading("secret/one/gone"))).toEqual([
      "a/templates/v.yaml:6:9 [one] the chart reads PREFIX/gone from Vault, which no enabled application declares",
    ]);
  });

  test("of an application that is not enabled count unless a condition stands before them", () => {
    const off = {
      "environments/values-two.yaml":
        "vaultUrl: https://vault.example.org\nvaultPathPrefix: secret/two\napplications: {a: true}\n",
    };
    const text = reading(`"${PREFIX}/b"`);
    expect(saidOf(text, off)).toEqual([
      "a/templates/v.yaml:6:9 [two] the chart reads PREFIX/b from Vault, which no enabled application declares",
    ]);
    expect(saidOf(`{{- if .Values.useB }}\n${text}{{- end }}\n`, off)).toEqual([]);
    expect(saidOf(`{{- if .Values.x }}\n{{- end }}\n${text}`, off)).toHaveLength(1);
    // Another name may be that of what somebody writes by hand, where the condition is true.
    expect(saidOf(`{{- if .Values.x }}\n${reading(`"${PREFIX}/gone"`)}{{- end }}\n`)).toEqual([]);
  });

  test("of an application without secrets", () => {
    expect(saidOf(reading(`"${PREFIX}/c"`), {}, { c: {} })).toHaveLength(1);
  });

  test.each([
    ["", ""],
    ["{{- if .Values.x }}\n", "{{- end }}\n"],
  ])("of an application that was renamed, even below a condition: %s", (before, after) => {
    const { findings } = lint(
      smallTree({
        a: {
          "secrets.yaml": SECRETS,
          "templates/v.yaml": before + reading(`"${PREFIX}/gone"`) + after,
          "templates/d.yaml": "# used",
        },
      }),
    );
    expect(findings.map(({ diagnostic: { code, details } }) => [code, details])).toEqual([
      ["chart-path-undeclared", { name: "gone", enabled: false, meant: "a" }],
    ]);
  });
});
