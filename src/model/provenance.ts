import type { NotedRun, RunNote } from "./run-note.js";

/** One run of this program that wrote to Vault. */
export interface RunInfo extends RunNote {
  /** `20261124T070102Z-1a2b3c`: the UTC time of its start and a random part. */
  readonly id: string;
  readonly environment: string;
  /** Abbreviated commit of the configuration, with `+` if the checkout had changes; empty if unknown. */
  readonly commit: string;
  /** Version of this program. */
  readonly tool: string;
}

/** Who wrote a version. */
export interface VersionWriter {
  readonly run: string;
  readonly commit: string;
  readonly tool: string;
}

/** A soft delete or an undelete by this program; KV itself keeps no trace of an undelete. */
export interface DeletionEvent {
  readonly kind: "delete" | "undelete";
  readonly version: number;
  /** RFC 3339, UTC, milliseconds. */
  readonly time: string;
  readonly run: string;
}

/** How a generated key, or the source of one, got its value. */
export interface GeneratedKey {
  readonly generator: string;
  /** The KV version in which its value last changed. */
  readonly changedIn: number;
}

/** What this program has noted in an application's custom metadata. Nothing in it derives from a value. */
export interface Provenance {
  readonly environment: string | undefined;
  readonly writers: ReadonlyMap<number, VersionWriter>;
  readonly events: readonly DeletionEvent[];
  /** By run, newest first: who started it, with which command, and why. Versions before 0.2 did not note this. */
  readonly runs: ReadonlyMap<string, NotedRun>;
  readonly keys: ReadonlyMap<string, GeneratedKey>;
  /** A deleted version that a restore has undeleted to read, and has not deleted again yet. */
  readonly recovering?: number | undefined;
}

export type CustomMetadata = Readonly<Record<string, string>>;

const PREFIX = "phalanx.";
const MAX_VALUE = 512;
/** The server allows 64 keys in all; others may need some too. */
const MAX_ENTRIES = { writers: 8, events: 4, keys: 24 } as const;
const MAX_KEYS = 64;
/** Enough for the longest note, with room for others; fewer if other programs keep many keys here. */
const MAX_RUN_ENTRIES = 10;

/** The environment that noted something last; undefined if none did. Cheaper than to read all notes. */
export function notedEnvironment(metadata: CustomMetadata): string | undefined {
  return metadata[`${PREFIX}environment`];
}

/** Reads the notes of earlier runs. Damaged or unknown ones are skipped: correctness never depends on them. */
export function decodeProvenance(metadata: CustomMetadata): Provenance {
  const fields = (name: keyof typeof MAX_ENTRIES): string[][] =>
    [metadata[PREFIX + name], ...range(MAX_ENTRIES[name]).map((i) => metadata[`${PREFIX}${name}.${i}`])]
      .flatMap((value) => (value ? value.split(" ") : []))
      .map((entry) => entry.split("|"));
  const writers = new Map<number, VersionWriter>();
  for (const [version, run, commit = "", tool = ""] of fields("writers")) {
    if (isVersion(version) && run) writers.set(Number(version), { run, commit, tool });
  }
  const newestFirst = fields("events").flatMap(([kind, version, time, run]): DeletionEvent[] =>
    (kind === "delete" || kind === "undelete") && isVersion(version) && time && run
      ? [{ kind, version: Number(version), time, run }]
      : [],
  );
  const keys = new Map<string, GeneratedKey>();
  for (const [key, generator, version] of fields("keys")) {
    const name = key === undefined ? undefined : decode(key);
    if (name !== undefined && generator && isVersion(version))
      keys.set(name, { generator, changedIn: Number(version) });
  }
  const recovering = metadata[`${PREFIX}recovering`];
  const environment = notedEnvironment(metadata);
  const runs = new Map<string, NotedRun>();
  for (const entry of joined(metadata).split(" ")) {
    const [run, ...texts] = entry.split("|");
    const [command = "", by = "", reason = "", other = ""] = texts.map(decode);
    if (run && (texts.length === 3 || texts.length === 4))
      runs.set(run, { command, by, reason, environment: other === "" ? environment : other });
  }
  return {
    environment,
    writers,
    events: newestFirst.toReversed(),
    runs,
    keys,
    ...(isVersion(recovering) && { recovering: Number(recovering) }),
  };
}

/** Custom metadata with the provenance replaced, and everything else unchanged. */
export function encodeProvenance(metadata: CustomMetadata, provenance: Provenance): CustomMetadata {
  const others = Object.entries(metadata).filter(([key]) => !key.startsWith(PREFIX));
  const newestFirst = [...provenance.writers].sort(([a], [b]) => b - a);
  const entries = [
    ...others,
    ...(provenance.environment === undefined ? [] : [[`${PREFIX}environment`, provenance.environment]]),
    ...(provenance.recovering === undefined ? [] : [[`${PREFIX}recovering`, `${provenance.recovering}`]]),
    ...pack(
      "writers",
      newestFirst.map(([version, { run, commit, tool }]) => `${version}|${run}|${commit}|${tool}`),
    ),
    ...pack(
      "events",
      provenance.events.toReversed().map(({ kind, version, time, run }) => `${kind}|${version}|${time}|${run}`),
    ),
    ...pack(
      "keys",
      [...provenance.keys]
        .filter(([key]) => key.isWellFormed())
        .toSorted(([, a], [, b]) => b.changedIn - a.changedIn)
        .map(([key, { generator, changedIn }]) => `${encodeURIComponent(key)}|${generator}|${changedIn}`),
    ),
  ];
  // What nothing depends on is dropped first.
  return Object.fromEntries([
    ...entries,
    ...packRuns(provenance, Math.min(MAX_RUN_ENTRIES, MAX_KEYS - entries.length)),
  ]);
}

/**
 * The notes of the runs that wrote what still exists. A note may be longer than one value, so all of them form a single
 * text split over several values. They have keys of their own, so that older versions read the rest as before.
 */
function packRuns(provenance: Provenance, values: number): [string, string][] {
  const { runs, writers, events } = provenance;
  const wrote = new Set([...writers.values(), ...events].map(({ run }) => run));
  let text = "";
  for (const [run, { command, by, reason, environment = "" }] of runs) {
    // Most runs are of the environment that is noted once for all of them.
    const other = environment === provenance.environment || environment === "" ? [] : [environment];
    const texts = [command, by, reason, ...other].map(encodeURIComponent);
    if (!wrote.has(run) || texts.join("") === "") continue;
    const entry = [run, ...texts].join("|");
    const longer = text === "" ? entry : `${text} ${entry}`;
    if (longer.length > values * MAX_VALUE) break;
    text = longer;
  }
  return Array.from({ length: Math.ceil(text.length / MAX_VALUE) }, (_, i) => [
    runsKey(i),
    text.slice(i * MAX_VALUE, (i + 1) * MAX_VALUE),
  ]);
}

function joined(metadata: CustomMetadata): string {
  let text = "";
  for (let i = 0; i < MAX_RUN_ENTRIES; i++) text += metadata[runsKey(i)] ?? "";
  return text;
}

function runsKey(i: number): string {
  return i === 0 ? `${PREFIX}runs` : `${PREFIX}runs.${i}`;
}

/** Spreads entries over as many values as they need; entries that do not fit are dropped, oldest first. */
function pack(name: keyof typeof MAX_ENTRIES, entries: readonly string[]): [string, string][] {
  const values: string[] = [];
  for (const entry of entries) {
    const last = values.at(-1);
    if (last !== undefined && last.length + 1 + entry.length <= MAX_VALUE)
      values[values.length - 1] = `${last} ${entry}`;
    else if (entry.length <= MAX_VALUE && values.length < MAX_ENTRIES[name]) values.push(entry);
  }
  return values.map((value, i) => [i === 0 ? PREFIX + name : `${PREFIX}${name}.${i}`, value]);
}

function range(end: number): number[] {
  return Array.from({ length: end - 1 }, (_, i) => i + 1);
}

function isVersion(text: string | undefined): text is string {
  return text !== undefined && /^[1-9]\d{0,8}$/.test(text);
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
