import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readEvent } from "../src/action/event.js";
import type { Context } from "../src/terminal/context.js";
import { mergeFiles } from "../src/fleet-audit/merge.js";
import { readRollouts } from "../src/fleet-audit/read-rollouts.js";
import { parseShard } from "../src/fleet-audit/shard-option.js";
import { timeoutFrom } from "../src/access/network.js";
import { readPending } from "../src/runs/pending-run.js";
import { readDocument } from "../src/runs/plan-document.js";
import { selection } from "../src/target/selection.js";
import { durationSeconds } from "../src/target/duration.js";
import { isConditionPath } from "../src/config/helm-values.js";
import { loadEnvironment } from "../src/config/environment.js";
import { parseTemplate } from "../src/config/template.js";
import { parseJson } from "../src/dev-vault/json.js";
import { parsePolicy } from "../src/dev-vault/policy.js";
import { PhalanxError } from "../src/errors.js";
import { gitError } from "../src/git/run.js";
import type { Transport } from "../src/http/request.js";
import { lintTree } from "../src/lint/lint.js";
import { decodeProvenance } from "../src/model/provenance.js";
import { ForeignValue } from "../src/model/secret-value.js";
import { jsonText } from "../src/render/json.js";
import { markdownCode, markdownText } from "../src/render/markdown.js";
import { PLAIN, wrap } from "../src/render/style.js";
import { yamlText } from "../src/render/yaml.js";
import { looksLikeAge, recipientTypes } from "../src/sources/encrypted/age-format.js";
import { parseIdentities } from "../src/sources/encrypted/identities.js";
import { readMetadata } from "../src/sources/encrypted/sops-metadata.js";
import { decryptValue } from "../src/sources/encrypted/sops-value.js";
import { checkStaticSecrets } from "../src/sources/file.js";
import { getJson } from "../src/sources/onepassword/client.js";
import { exactMembers } from "../src/vault/exact-members.js";
import type { ConnectSession } from "../src/sources/onepassword/client.js";
import { openSession } from "../src/vault/open-session.js";
import { send, type VaultSession } from "../src/vault/protocol.js";
import { parseYaml } from "../src/yaml/parse.js";
import { chosen, counter, patience } from "./support/fuzz.js";
import { memoryTree } from "./support/lint.js";
import { environmentOf } from "./support/model.js";

const KILOBYTE = 2 ** 10;
const SIZES = chosen([8, 64], [8, 64, 1024]).map((size) => size * KILOBYTE);

/** Each alone, and some that begin something again and again. */
const PIECES = Array.from("/. \na\"'{[-:#&*$\\\t\r\0\uFEFF\u2028😀@|>!%?,}]<=~0Aé`_(+").concat(
  ["a\n", "- ", "a ", " #", "${", "{{", "}}", '\\"', "a: ", "\n ", "'a", '"a', "a.", "0.", "=a", "a,", "\r\n", " \n"],
  chosen([], ["{{- ", "a/", "--", "*a", "&a ", "a-", "A0", "\\u", "${a", "$$", "/*", "*/", "/**/", "[a", "<a>", "e-"]),
);

/** Those that most patterns repeat. */
const FIRST = new Set(["/", " ", "\n", "a"]);

const ENVIRONMENT = environmentOf([]);
const inputs = counter("texts of growing size");
afterAll(inputs.report);

let directory = "";
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "phalanx-size-"));
});
afterAll(() => rm(directory, { recursive: true }));

const SETTINGS = "vaultUrl: https://vault.example.org\nvaultPathPrefix: secret/x\napplications: {app: true}\n";
const FILES: Readonly<Record<string, string>> = {
  "environments/values.yaml": 'name: ""\napplications: {}\n',
  "environments/values-test.yaml": SETTINGS,
  "applications/app/Chart.yaml": "name: app\n",
  "applications/app/secrets.yaml": "s: {description: x}\n",
};

function withFile(path: string): (text: string) => void {
  return (text) => {
    const tree = memoryTree({ ...FILES, [path]: text });
    refusable(() => loadEnvironment(tree, "test"));
    refusable(() => lintTree(tree, { templates: true }));
  };
}

/** What a user can cause is no failure. */
function refusable(work: () => unknown): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof PhalanxError)) throw error;
  }
}

function fileReader(read: (context: Context, path: string) => Promise<unknown>): (text: string) => Promise<void> {
  return async (text) => {
    const path = join(directory, "file.json");
    await writeFile(path, text);
    const env = { GITHUB_EVENT_PATH: path, GITHUB_EVENT_NAME: "push", XDG_STATE_HOME: directory };
    await read({ cwd: directory, env, now: () => new Date(0) } as unknown as Context, path).catch((error: unknown) => {
      if (!(error instanceof PhalanxError)) throw error;
    });
  };
}

function answered(
  status: number,
  ask: (session: VaultSession & ConnectSession) => Promise<unknown>,
): (text: string) => Promise<void> {
  return async (body) => {
    const transport: Transport = () =>
      Promise.resolve({ status, headers: { "retry-after": body.slice(0, 8000) }, body });
    const session = openSession({
      url: "https://x",
      token: "a-long-token",
      namespace: undefined,
      transport,
      sleep: () => Promise.resolve(),
      machineTime: () => 0,
    });
    await ask({ ...session, now: () => new Date(0) }).catch((error: unknown) => {
      if (!(error instanceof PhalanxError)) throw error;
    });
  };
}

const json =
  (read: (text: string) => unknown): ((text: string) => unknown) =>
  (text) =>
    read(JSON.stringify(text));
const ENC = "ENC[AES256_GCM,data:";

/** What reads a text from outside, and what a text that is valid so far begins with. */
const PARSERS: readonly (readonly [string, (text: string) => unknown, readonly string[]])[] = [
  [
    "YAML",
    (text) => parseYaml(text, () => "f.yaml"),
    ["", "a: ", "a:\n  - ", 'a: "', "a: '", "a: |\n  ", "a: [", "a: {", "a: &", "a: !", "a: 1", "a: 1.", "? "],
  ],
  [
    "secrets.yaml",
    withFile("applications/app/secrets.yaml"),
    ["", "s: {description: '", 's: {if: "a', "s: {value: ", "s: # phalanx-lint: "],
  ],
  [
    "a template of a secret",
    json((text) => withFile("applications/app/secrets.yaml")(`s: {generate: {type: template, template: ${text}}}\n`)),
    ["", "${app/s}"],
  ],
  ["settings", withFile("environments/values-test.yaml"), ["", SETTINGS, `${SETTINGS}x: '`]],
  [
    "an address",
    json((text) => withFile("environments/values-test.yaml")(SETTINGS.replace(/https.*/, text))),
    ["", "https://x/", "https://"],
  ],
  [
    "a prefix",
    json((text) => withFile("environments/values-test.yaml")(SETTINGS.replace(/secret\/.*/, text))),
    ["", "secret/", "/"],
  ],
  ["values of a chart", withFile("applications/app/values.yaml"), ["", "config: {a: "]],
  ["a credential in values", json((text) => withFile("applications/app/values.yaml")(`a: ${text}\n`)), ["gt-", "eyJ"]],
  [
    "a Helm template",
    withFile("applications/app/templates/x.yaml"),
    [
      "",
      "kind: VaultSecret\nmetadata:\n  name: app\nspec:\n  path: secret/app\n  keys:\n",
      "kind: VaultSecret\nmetadata:\n",
      "kind: ",
      "  secretKeyRef:\n",
      "  secretName: a\n  items:\n",
      "  secretName: ",
      "secretRef: ",
      "key: ",
      "{{- /*",
    ],
  ],
  [
    "a template of Argo CD",
    withFile("environments/templates/applications/p/app.yaml"),
    ["", " destination:\n  namespace: "],
  ],
  ["static secrets", (text) => checkStaticSecrets(text, "f", ENVIRONMENT), ["", "applications: {app: {s: {value: '"]],
  [
    "a plan file",
    fileReader((context, path) => readDocument(context, path, "test", (file) => file)),
    ["", '{"format": "phalanx-plan", "a": "'],
  ],
  ["a state file", fileReader((context) => readPending(context, "test")), ["", '{"format": "']],
  ["a report of a shard", fileReader((context, path) => mergeFiles(context, [path])), ["", '{"format": "']],
  [
    "a look at a cluster",
    fileReader((context, path) => readRollouts(context, [path])),
    ["", '{"version": 1, "command": "rollout status", "result": {"environment": "'],
  ],
  ["an event of GitHub", fileReader(readEvent), ["", '{"before": "']],
  ["what Git says", gitError, ["", "fatal: "]],
  [
    "notes",
    (text) => decodeProvenance({ "phalanx.writers": text, "phalanx.keys": text, "phalanx.events": text }),
    ["", "1|r|c|t "],
  ],
  [
    "an answer of Vault",
    answered(400, (session) => send(session, { method: "GET", path: "x" })),
    ["", '{"errors": ["'],
  ],
  ["an error of Vault", json(answered(400, (session) => send(session, { method: "GET", path: "x" }))), [""]],
  [
    "errors of Vault",
    (text) =>
      answered(403, (session) => send(session, { method: "GET", path: "x" }))(`{"errors":[${JSON.stringify(text)}]}`),
    ["", "a-long-token "],
  ],
  ["members of an answer", (text) => exactMembers(`{"a":${JSON.stringify(text)},"b":[${JSON.stringify(text)}]}`), [""]],
  ["a value of Vault", (text) => new ForeignValue(JSON.stringify([text])).mayBeRounded, ["", "1"]],
  ["an answer of 1Password", answered(200, (session) => getJson(session, "x", { for: "items" })), ["", '{"items": ["']],
  ["a condition", isConditionPath, ["", "a"]],
  ["a template", (text) => parseTemplate(text, "app"), ["", "${app/"]],
  ["a duration", (text) => durationSeconds("--x", text), ["", "1h"]],
  ["a time-out", (text) => timeoutFrom({ env: { T: text } } as unknown as Context, "T"), ["1", "1."]],
  ["a shard", parseShard, ["", "1/"]],
  ["an argument", (text) => selection(ENVIRONMENT, "--exclude", [text]), ["", "app/"]],
  [
    "a file of age",
    (text) => [looksLikeAge(Buffer.from(text)), recipientTypes(Buffer.from(text))],
    ["", "age-encryption.org/v1\n-> "],
  ],
  ["identities of age", (text) => parseIdentities(text, "f"), ["", "AGE-SECRET-KEY-1"]],
  [
    "a rule of SOPS",
    (text) =>
      readMetadata({ age: [{ enc: "x" }], lastmodified: "x", mac: "x", encrypted_regex: text }, "f").encrypts([text]),
    ["", "^(", "[a"],
  ],
  [
    "a name under a rule of SOPS",
    (text) =>
      readMetadata(
        { age: [{ enc: "x" }], lastmodified: "x", mac: "x", encrypted_regex: "^(a*)*(.*a){3}$" },
        "f",
      ).encrypts([text]),
    [""],
  ],
  ["a value of SOPS", (text) => decryptValue(text, Buffer.alloc(32), "x:"), ["", ENC, `${ENC}a,iv:`]],
  ["a policy of the embedded server", (text) => plainly(() => parsePolicy(text)), ["", 'path "a" {', "# ", 'path "']],
  ["JSON of the embedded server", (text) => plainly(() => parseJson(text)), ["", '{"a": "']],
  [
    "text that is shown",
    (text) => [wrap(text, PLAIN, "  "), markdownText(text), markdownCode(text), jsonText([text])],
    [""],
  ],
  ["YAML that is written", (text) => yamlText({ [text]: text }, {}), [""]],
];

/** The embedded server answers whatever its parsers throw. */
function plainly(work: () => unknown): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
  }
}

/** Milliseconds of work, whatever else the machine does meanwhile. */
async function timeOf(read: (text: string) => unknown, text: string): Promise<number> {
  inputs.count();
  const start = process.cpuUsage();
  try {
    await read(text);
  } catch (error) {
    if (!(error instanceof PhalanxError)) throw error;
  }
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

/** Beyond this many times what linear growth makes of a smaller text, it is not linear. A square would be 8 times. */
const SLACK = 4;

/** What is done faster is measured against what this machine needs to sort a text of the same length. */
let floor = 0;
beforeAll(async () => {
  const text = "ab".repeat((SIZES[0] ?? 0) / 2);
  for (let i = 0; i < 20; i++) floor = Math.max(floor, await timeOf((each) => each.split("").sort().join(""), text));
});

/** The size at which reading takes far longer than a smaller text of the same kind says; undefined if none does. */
async function grows(
  read: (text: string) => unknown,
  [start, piece, end]: readonly [start: string, piece: string, end: string],
): Promise<string | undefined> {
  const textOf = (size: number): string => start + piece.repeat(Math.ceil(size / piece.length)) + end;
  const [least = 0, ...larger] = SIZES;
  const base = Math.max(await timeOf(read, textOf(least)), floor);
  for (const size of larger) {
    const bound = base * (size / least) * SLACK;
    let time = Infinity;
    // A collection of garbage may have come between, however long it took.
    for (let tries = 0; tries < 8 && time > bound && (tries < 3 || time < 1000); tries++)
      time = Math.min(time, await timeOf(read, textOf(size)));
    if (time > bound) return `${JSON.stringify([start, piece, end])}: ${Math.round(time / base)} times`;
  }
  return undefined;
}

describe("takes a time that grows as the text does", { timeout: patience(120_000) }, () => {
  test.each(PARSERS)("%s", async (_, read, starts) => {
    // What repeats well fails only at an end that is something else.
    const texts = starts.flatMap((start) =>
      PIECES.flatMap((piece) => ["", "x!"].map((end) => [start, piece, end] as const)),
    );
    const few = texts.filter(([, piece, end], i) => i % 9 === 0 || (end !== "" && FIRST.has(piece)));
    const found: string[] = [];
    for (const text of chosen(few, texts)) {
      const growth = await grows(read, text);
      if (growth !== undefined) found.push(growth);
    }
    expect(found).toEqual([]);
  });
});
