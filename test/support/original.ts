import { createPrivateKey } from "node:crypto";
import { readFile } from "node:fs/promises";
import { isDeepStrictEqual } from "node:util";
import { load } from "js-yaml";
import { phalanx } from "./cli.js";
import { type Kv, openKv } from "./kv.js";

/** The expected value in Vault: literal, unchanged, a copy, or new and of a given format. */
interface ExpectedValue {
  readonly value?: string;
  readonly kept?: true;
  readonly copy?: readonly [application: string, key: string];
  readonly generated?: keyof typeof FORMATS;
}

type Held = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

interface Command {
  readonly step: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly exit: number;
  readonly stdout: string;
  readonly after: Readonly<Record<string, Readonly<Record<string, ExpectedValue>>>>;
}

interface Edit {
  readonly do: "wipe" | "drop" | "set" | "unset";
  readonly app: string;
  readonly key: string;
  readonly value: string;
}

type Step = Command | { readonly template: unknown } | { readonly tamper: string; readonly edits: readonly Edit[] };

/** One session with the original, as described in `test/fixtures/original/README.md`. */
export interface Recording {
  readonly environment: string;
  readonly vaultPathPrefix: string;
  readonly steps: readonly Step[];
}

/** A replayed step, and all of its differences from the recording. */
export interface Played {
  readonly step: string;
  readonly differences: readonly string[];
}

const FORMATS = {
  password: (value: string) => /^[0-9a-f]{64}$/.test(value),
  "gafaelfawr-token": (value: string) => /^gt-[\w-]{22}\.[\w-]{22}$/.test(value),
  "fernet-key": (value: string) => /^[\w-]{43}=$/.test(value),
  // The tests generate cheaper hashes than the program.
  "bcrypt-password-hash": (value: string) => /^\$2b\$\d\d\$[./A-Za-z0-9]{53}$/.test(value),
  mtime: (value: string) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(value),
  "rsa-private-key": (value: string) => createPrivateKey(value).asymmetricKeyDetails?.modulusLength === 2048,
};

export async function readRecording(path: string): Promise<Recording> {
  return JSON.parse(await readFile(path, "utf8")) as Recording;
}

/** The steps of a recording that are commands, by name. */
export function stepNames({ steps }: Recording): string[] {
  return steps.flatMap((step) => ("step" in step ? [step.step] : "template" in step ? ["static-template"] : []));
}

export interface Stage {
  readonly url: string;
  readonly token: string;
  readonly config: string;
  readonly staticFile: string;
}

/** Repeats with our program what was done with the original. */
export async function replay(recording: Recording, { url, token, config, staticFile }: Stage): Promise<Played[]> {
  const kv = openKv(url, token, recording.vaultPathPrefix);
  const played: Played[] = [];
  const run = (args: readonly string[], env = {}) => phalanx(args, { env: { VAULT_TOKEN: token, ...env } });
  for (const step of recording.steps) {
    if ("tamper" in step) await tamper(kv, recording.vaultPathPrefix, step.edits);
    else if ("template" in step) {
      const { stdout } = await run(["secrets", "static-template", "-c", config, recording.environment]);
      const same = isDeepStrictEqual(load(stdout), step.template);
      played.push({ step: "static-template", differences: same ? [] : ["other content"] });
    } else {
      const before = await held(kv, recording.vaultPathPrefix);
      const places: Readonly<Record<string, string>> = { CONFIG: config, STATIC: staticFile };
      const { exit, stdout } = await run(
        step.args.map((arg) => places[arg] ?? arg),
        step.env,
      );
      const after = await held(kv, recording.vaultPathPrefix);
      played.push({
        step: step.step,
        differences: [
          ...(exit === step.exit ? [] : [`exit ${exit} instead of ${step.exit}`]),
          ...lineDifferences(step, stdout),
          ...valueDifferences(step, before, after),
        ],
      });
      // If only ours continued, reset to the original's state before the next step.
      if (exit !== step.exit) await put(kv, recording.vaultPathPrefix, before);
    }
  }
  return played;
}

/** The lines of a sync come in any order; only ours explains unresolved secrets. */
function lineDifferences({ args, stdout: expected }: Command, stdout: string): string[] {
  const lines = (text: string): string[] =>
    text
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => line.replace(/^(• \S+\/\S+): .*$/, "$1"));
  const [want, got] = [lines(expected), lines(stdout)];
  if (args[1] !== "sync" && isDeepStrictEqual([...want].sort(), [...got].sort()) && !isDeepStrictEqual(want, got))
    return ["other order"];
  return [
    ...want.filter((line) => !got.includes(line)).map((line) => `lacks: ${line}`),
    ...got.filter((line) => !want.includes(line)).map((line) => `unexpected: ${line}`),
  ];
}

function valueDifferences({ after: expected }: Command, before: Held, after: Held): string[] {
  const names = (held: Readonly<Record<string, object>>): string[] =>
    Object.entries(held).flatMap(([application, keys]) => Object.keys(keys).map((key) => `${application} ${key}`));
  return [...new Set([...names(expected), ...names(after)])].flatMap((name) => {
    const [application = "", key = ""] = name.split(" ");
    const wanted = expected[application]?.[key];
    const [old, value] = [before[application]?.[key], after[application]?.[key]];
    if (wanted === undefined) return [`${name} is in Vault`];
    if (value === undefined) return [`${name} is not in Vault`];
    if (wanted.kept) return value === old ? [] : [`${name} was changed`];
    if (wanted.value !== undefined) return value === wanted.value ? [] : [`${name} has a different value`];
    if (wanted.copy !== undefined) {
      const [from, key] = wanted.copy;
      return value === after[from]?.[key] ? [] : [`${name} is not the value of ${from} ${key}`];
    }
    if (wanted.generated === undefined) throw new Error(`${name}: the recording expects nothing known`);
    if (typeof value !== "string" || !FORMATS[wanted.generated](value)) return [`${name} is not a ${wanted.generated}`];
    return value !== old || wanted.generated === "mtime" ? [] : [`${name} was not generated anew`];
  });
}

async function held(kv: Kv, prefix: string): Promise<Held> {
  const names = await list(kv, prefix);
  const values = await Promise.all(names.map(async (name) => [name, await kv.get(name)] as const));
  return Object.fromEntries(values.flatMap(([name, data]) => (data === undefined ? [] : [[name, data]])));
}

async function list(kv: Kv, prefix: string): Promise<string[]> {
  const { status, body } = await kv.call("GET", `${prefix.replace("/", "/metadata/")}?list=true`);
  return status === 200 ? (body as { data: { keys: string[] } }).data.keys : [];
}

async function put(kv: Kv, prefix: string, held: Held): Promise<void> {
  await wipe(kv, prefix);
  for (const [name, values] of Object.entries(held)) await kv.put(name, values);
}

async function wipe(kv: Kv, prefix: string): Promise<void> {
  for (const name of await list(kv, prefix)) await drop(kv, prefix, name);
}

async function drop(kv: Kv, prefix: string, name: string): Promise<void> {
  await kv.call("DELETE", `${prefix.replace("/", "/metadata/")}/${name}`);
}

async function tamper(kv: Kv, prefix: string, edits: readonly Edit[]): Promise<void> {
  for (const { do: what, app, key, value } of edits) {
    if (what === "wipe") await wipe(kv, prefix);
    if (what === "drop") await drop(kv, prefix, app);
    if (what === "set") await kv.set(app, key, value);
    if (what === "unset") await kv.unset(app, key);
  }
}
