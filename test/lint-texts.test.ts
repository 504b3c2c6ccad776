import { expect, test } from "vitest";
import { lint, smallTree, told } from "./support/lint.js";

/** What is said of one application `a` that both environments enable. */
const ofApplication = (files: Readonly<Record<string, string>>): string[] => told(lint(smallTree({ a: files })));
const ofSecrets = (text: string): string[] => ofApplication({ "secrets.yaml": text });

const PEM = ["-----BEGIN CERTIFICATE-----", "MIIBszCCAVmg", "-----END CERTIFICATE-----"];

test.each([
  ["folded", "s:\n  description: >-\n    The password.\n    copy:\n      application: b\n      key: s\n", "copy", 4],
  ["deeper still", "s:\n  description: >-\n    The password\n      application: b\n      key: s\n", "application", 4],
  ["literal", "s:\n  description: |\n    The password.\n    if: config.on\n", "if", 4],
  [
    "behind a blank line",
    "s:\n  description: >-\n    The password.\n\n    generate:\n      type: password\n",
    "generate",
    5,
  ],
  ["in quotes", 's:\n  description: "The password.\n    key: s"\n', "key", 3],
  ["the next secret", "s:\n  description: >-\n    The password.\n    t:\n      description: x\n", "description", 5],
])("a field that is part of the description above it: %s", (_, text, field, line) => {
  expect(ofSecrets(text)).toEqual([
    `a/secrets.yaml:2:3 warning swallowed-field [one,two] a/s: "${field}:" on line ${line} is part of the description`,
  ]);
});

test.each([
  ["s:\n  description: >-\n    The password: ask\n    the database's owner. Note:\n    not the key: that is t.\n"],
  ["s:\n  description: 'What key: is not said'\n  copy:\n    application: a\n    key: t\nt: {description: x}\n"],
  ["s: {description: 'x, value: none',\n      value: none}\n"],
])("a description that is none of that: %j", (text) => expect(ofSecrets(text)).toEqual([]));

test("a condition that is a text like false, where it stands", () => {
  expect(
    ofApplication({
      "secrets.yaml": "s: {description: x, if: a.enabled}\nt: {description: x, if: a.mode}\n",
      "values.yaml": 'a:\n  enabled: "false"\n  mode: "never"\n',
      "values-two.yaml": "a:\n  enabled: 'No'\n  mode: ''\n",
    }),
  ).toEqual([
    "a/values-two.yaml:2:12 warning text-boolean [two] a/s: the condition a.enabled is a string that looks false, but every non-empty string counts as true",
    "a/values.yaml:2:12 warning text-boolean [one] a/s: the condition a.enabled is a string that looks false, but every non-empty string counts as true",
  ]);
});

test("white space around the only line of a value or a template", () => {
  const lines = (secret: string) => `${secret}: {description: x, `;
  expect(
    ofSecrets(
      `s:\n  description: x\n  value: |\n    one\n${lines("t")}value: " one"}\n${lines("u")}value: "one\\n\\n"}\n` +
        `v:\n  description: x\n  generate:\n    type: template\n    template: |\n      x \${s}\n` +
        `fine:\n  description: x\n  value: |\n    one\n    two\nblank: {description: x, value: " "}\n`,
    ).filter((line) => !line.includes(" extension ")),
  ).toEqual([
    'a/secrets.yaml:3:3 warning outer-white-space [one,two] a/s: "value" has a line break before or after its only line',
    'a/secrets.yaml:5:21 warning outer-white-space [one,two] a/t: "value" has white space before or after its only line',
    'a/secrets.yaml:6:21 warning outer-white-space [one,two] a/u: "value" has a line break before or after its only line',
    'a/secrets.yaml:11:5 warning outer-white-space [one,two] a/v: "template" has a line break before or after its only line',
  ]);
});

test.each([
  ["plain", `value:\n    ${PEM.join("\n    ")}`, "value"],
  ["folded", `value: >-\n    ${PEM.join("\n    ")}`, "value"],
  ["with backslashes", `value: '${PEM.join("\\n")}'`, "value"],
  ["in a template", `generate: {type: template, template: '${PEM.join(" ")}\${t}'}`, "template"],
])("a PEM that has lost its line breaks: %s", (_, text, field) => {
  expect(
    ofSecrets(`s:\n  description: x\n  ${text}\nt: {description: x}\n`).filter((line) => line.includes("pem")),
  ).toEqual([
    expect.stringContaining(
      `warning flattened-pem [one,two] a/s: the PEM in "${field}" has lost its line breaks`,
    ) as unknown,
  ]);
});

test.each([
  ["with its lines", `value: |\n    ${PEM.join("\n    ")}\n`],
  ["in double quotes", `value: "${PEM.join("\\n")}\\n"`],
  ["in JSON", `value: '{"certificate": "${PEM.join("\\n")}"}'`],
])("a PEM that is whole: %s", (_, text) => {
  expect(ofSecrets(`s:\n  description: x\n  ${text}\n`)).toEqual([]);
});

const RANDOM = 'p: {description: x, generate: {type: random, length: 20, charset: "abc@/"}}\n';

test.each([
  ["a random password with other characters", RANDOM, "x://u:${p}@h", true],
  ["a copy of one", `${RANDOM}c: {copy: {application: a, key: p}}\n`, "x://u:${c}@h", true],
  ["behind another secret", `${RANDOM}u: {description: x}\n`, "x://${u}:${p}@h", true],
  ["in base64", "p: {description: x, generate: {type: password}}\n", "x://h/?q=${p|base64}", true],
  ["encoded", RANDOM, "x://u:${p|urlencode}@h", false],
  ["in base64, and encoded", RANDOM, "x://u:${p|base64|urlencode}@h", false],
  ["hexadecimal", "p: {description: x, generate: {type: password}}\n", "x://u:${p}@h", false],
  ["letters and digits", "p: {description: x, generate: {type: random, length: 20}}\n", "x://u:${p}@h", false],
  ["behind the URL", RANDOM, "x://h password=${p}", false],
  ["in no URL", RANDOM, "password=${p}", false],
])("a generated value in a URL: %s", (_, secrets, template, isSaid) => {
  const found = ofSecrets(`${secrets}t: {description: x, generate: {type: template, template: "${template}"}}\n`);
  const [, key = ""] = /\$\{([pc])/.exec(template) ?? [];
  const line = secrets.split("\n").length;
  expect(found.filter((finding) => finding.includes("unencoded"))).toEqual(
    isSaid
      ? [
          `a/secrets.yaml:${line}:48 warning unencoded-in-url [one,two] a/t: a/${key} may contain characters that have a meaning in a URL`,
        ]
      : [],
  );
});
