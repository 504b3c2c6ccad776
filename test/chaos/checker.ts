import { mannerOf } from "../faults/checks.js";
import type { Finished } from "../support/cli.js";
import { attribute, otherChanges, type Written } from "./attribution.js";
import { credentialLies } from "./credentials.js";
import { changedKeys, type History, sameValues } from "./history.js";
import { staleCopies } from "./stale.js";
import type { TrailEntry } from "./trail.js";

/** A run of the program with a token of its own, as an operator saw it. */
export interface ChaosRun {
  readonly kind: string;
  readonly args: readonly string[];
  readonly token: string;
  /** Exit status -1 stands for a process that was killed. */
  readonly finished: Finished;
  /** What was done to it, to be read where something is wrong. */
  readonly disturbed?: readonly string[];
  /** What is in the file that a credential was to be written to. */
  readonly file?: string | undefined;
}

/** Everything that is known of a time in which runs were made. */
export interface Evidence {
  readonly prefix: string;
  readonly runs: readonly ChaosRun[];
  readonly trail: readonly TrailEntry[];
  readonly history: History;
  /** The accessors of all tokens that live. */
  readonly accessors: ReadonlySet<string>;
}

/** All statements of runs that are not so, by what they say, what KV holds, and what the server has seen. */
export function untruths(evidence: Evidence): string[] {
  const { runs, trail, history, prefix } = evidence;
  const written = attribute(trail, history, prefix);
  return [
    ...runs.flatMap((run) =>
      [
        ...(run.kind === "audit" || run.finished.exit < 0 ? [] : mannerOf(run.finished)),
        ...statements(run, written, evidence),
        ...credentialLies(run, evidence),
      ].map((text) => `${run.args.join(" ")}: ${text}`),
    ),
    ...losses(written, history),
    ...staleCopies(runs, written, history),
  ];
}

const LINE = /^(Created|Updated|Deleted|Restored|Copied) Vault secret for (\S+)(?: (\S+))?$/gm;

/** The applications of which a run says that it cannot know. */
export function unknownIn({ stderr }: Finished): ReadonlySet<string> {
  return new Set(
    [...stderr.matchAll(/whether (\S+) was (?:written|destroyed) is unknown/g)].map(([, name = ""]) => name),
  );
}

/** The applications that a run says another one to have written, and which. */
export function sharedIn({ stderr }: Finished): ReadonlyMap<string, string> {
  const line = /^Run (\S+) wrote (\S+) at the same moment, with the same values/gm;
  return new Map([...stderr.matchAll(line)].map(([, run = "", name = ""]) => [name, run]));
}

/** Whether a run says that it could not note a write. */
export function isCalledUnnoted({ stderr }: Finished, application: string): boolean {
  return stderr
    .split("\n")
    .some(
      (line) =>
        line.startsWith(`To undo the write to ${application}, which was not recorded: `) ||
        line.startsWith(`The write to ${application} was not recorded, `),
    );
}

/** The id by which a run says that it can be taken back. */
export function runIdIn({ stderr }: Finished): string | undefined {
  return /^To undo this: phalanx secrets restore \S+ --run (\S+)/m.exec(stderr)?.[1];
}

function statements(run: ChaosRun, all: readonly Written[], { history, trail }: Evidence): string[] {
  const { finished, token } = run;
  const { exit, stdout } = finished;
  const own = all.filter((write) => write.token === token);
  const certain = own.filter((write) => write.certain);
  const lines = [...stdout.matchAll(LINE)].map(([, action = "", application = "", key]) => ({
    action,
    application,
    key,
  }));
  const unknown = unknownIn(finished);
  // What two runs write at once, with the same values, is of one of them, and neither knows of which.
  const shared = sharedIn(finished);
  const said = new Set(lines.map(({ application }) => application));
  // So it is where the notes could not be read that tell which run it was, and then the run says so.
  const claimed = [...said].filter(
    (name) =>
      !shared.has(name) && !isCalledUnnoted(finished, name) && !own.some(({ application }) => application === name),
  );
  const wrong = claimed.map((name) => `it says that ${name} was written, and did not write it`);
  if (exit === 2 || run.kind === "audit") {
    const changes = [...certain.map(({ application }) => application), ...otherChanges(trail, token)];
    if (changes.length > 0) wrong.push(`exit status ${exit}, although it changed ${changes.join()}`);
    return wrong;
  }
  if (exit < 0) return wrong;
  const unsaid = new Set(
    certain
      .map(({ application }) => application)
      .filter((name) => !said.has(name) && !unknown.has(name) && !shared.has(name)),
  );
  wrong.push(...[...unsaid].map((name) => `it wrote ${name} unsaid`));
  for (const name of said)
    if (!unsaid.has(name) && !unknown.has(name) && !shared.has(name)) wrong.push(...keyLies(name, lines, own, history));
  for (const write of certain.filter((written) => changesNothing(written, all, history)))
    wrong.push(`it wrote ${write.application} twice: version ${write.version} changes nothing`);
  if (run.kind !== "copy-secrets") wrong.push(...noteLies(finished, certain, unknown, history));
  return wrong;
}

/** Whether a version is the same as the one before it, unless that was deleted for a time: then it brings it back. */
export function changesNothing(
  { application, version, kind, values }: Written,
  all: readonly Written[],
  history: History,
): boolean {
  const before = history.get(application)?.versions.get(version - 1)?.values;
  const wasDeleted = all.some(
    (other) => other.kind === "delete" && other.application === application && other.version === version - 1,
  );
  return kind === "put" && !wasDeleted && sameValues(before, values);
}

/** Each changed key is printed, and no other, where it is keys that are printed. */
function keyLies(
  name: string,
  lines: readonly { action: string; application: string; key: string | undefined }[],
  own: readonly Written[],
  history: History,
): string[] {
  const mine = lines.filter(({ application }) => application === name);
  const puts = own.filter(({ application, kind }) => application === name && kind === "put");
  if (mine.some(({ key }) => key === undefined) || puts.length === 0) return [];
  const versions = history.get(name)?.versions;
  const changedBy = (writes: readonly Written[]): Set<string> =>
    new Set(
      writes.flatMap(({ version, values }) =>
        changedKeys(version === 1 ? {} : versions?.get(version - 1)?.values, values),
      ),
    );
  const changed = changedBy(puts);
  // What two runs wrote with the same values is of one of them: the other has nothing to say of it.
  const surely = changedBy(puts.filter(({ certain }) => certain));
  const readable = puts.every(({ version }) => version === 1 || versions?.get(version - 1)?.values !== undefined);
  if (!readable) return [];
  const keys = new Set(mine.map(({ key = "" }) => key));
  return [
    ...[...keys]
      .filter((key) => !changed.has(key))
      .map((key) => `it says that ${name}/${key} was written, and it was not`),
    ...[...surely].filter((key) => !keys.has(key)).map((key) => `it changed ${name}/${key} unsaid`),
  ];
}

/** The entries of our notes of one kind, e.g. `["3", "20261128T105617Z-98da7f", …]`. */
function notesOf(history: History, application: string, name: string): string[][] {
  return Object.entries(history.get(application)?.customMetadata ?? {})
    .filter(([key]) => key === `phalanx.${name}` || key.startsWith(`phalanx.${name}.`))
    .flatMap(([, text]) => text.split(" ").map((entry) => entry.split("|")));
}

/** Each write is noted as one of the run that can be taken back, or named as one that is not. */
function noteLies(
  finished: Finished,
  certain: readonly Written[],
  unknown: ReadonlySet<string>,
  history: History,
): string[] {
  const id = runIdIn(finished);
  const { stderr } = finished;
  return certain.flatMap(({ application, kind, version }) => {
    const notes = (name: string): string[][] => notesOf(history, application, name);
    const noted =
      kind === "put"
        ? notes("writers").some(([noted, run]) => Number(noted) === version && run === id)
        : kind === "destroy" || notes("events").some(([, noted, , run]) => Number(noted) === version && run === id);
    // A version that is only undeleted to be read is deleted again, and is no change.
    const passing =
      kind !== "put" && certain.some((other) => other.kind === "put" && other.application === application);
    const named =
      unknown.has(application) ||
      sharedIn(finished).has(application) ||
      isCalledUnnoted(finished, application) ||
      stderr.split("\n").some((line) => line.startsWith(`The change to ${application} cannot be undone: `));
    return noted || passing || named
      ? []
      : [`its ${kind} of version ${version} of ${application} is not noted, and it does not say so`];
  });
}

/** What the server has acknowledged is in the history, unless somebody has destroyed it. */
function losses(written: readonly Written[], history: History): string[] {
  const destroyed = new Set(written.filter(({ kind }) => kind === "destroy").map(({ application }) => application));
  return written.flatMap(({ kind, application, version, values, certain }) => {
    if (kind !== "put" || !certain || destroyed.has(application)) return [];
    const there = history.get(application)?.versions.get(version);
    const deleted = there !== undefined && !there.destroyed && there.values === undefined;
    return deleted || sameValues(there?.values, values) ? [] : [`version ${version} of ${application} is lost`];
  });
}
