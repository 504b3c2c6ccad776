import { compareCodePoints } from "../model/code-points.js";
import type { CurrentState } from "../model/current-state.js";
import type { SecretVersions } from "../model/history.js";
import type { Environment } from "../model/environment.js";
import {
  decodeProvenance,
  encodeProvenance,
  type GeneratedKey,
  notedEnvironment,
  type Provenance,
  type RunInfo,
} from "../model/provenance.js";
import type { VaultSession } from "../vault/protocol.js";
import { updateCustomMetadata } from "../vault/metadata.js";
import { listApplications } from "../vault/list-applications.js";
import { readApplications } from "../vault/read-state.js";
import type { AppliedWrite } from "./apply-plan.js";

/** What happened to the note of a write. */
export type Recorded =
  /** Vault still has what the write replaced, so it can be undone. */
  | { readonly kind: "undoable" }
  | { readonly kind: "not-undoable" }
  /**
   * Another run has noted the version as its own: if two write identical data over the same version, they cannot tell
   * whose version it is.
   */
  | { readonly kind: "shared"; readonly run: string };

/**
 * Notes in an application's custom metadata who wrote a version. Data and metadata cannot be written atomically, so a
 * note may be missing: it then reads "writer unknown", and nothing depends on it.
 */
export async function recordWrite(
  session: VaultSession,
  environment: Environment,
  run: RunInfo,
  applied: AppliedWrite,
): Promise<Recorded> {
  const time = session.clock.now();
  let recorded: Recorded = { kind: "not-undoable" };
  await updateCustomMetadata(session, environment.vault, applied.write.application, (metadata) => {
    const other = otherWriter(metadata, run, applied);
    if (other !== undefined) {
      recorded = { kind: "shared", run: other };
      return metadata.customMetadata;
    }
    recorded = { kind: hasBefore(metadata, applied) ? "undoable" : "not-undoable" };
    return encodeProvenance(metadata.customMetadata, noted(metadata, environment, run, time, applied));
  });
  return recorded;
}

function otherWriter(
  { customMetadata }: SecretVersions,
  run: RunInfo,
  { write, version }: AppliedWrite,
): string | undefined {
  if (write.kind !== "put" && write.kind !== "recover") return undefined;
  const noted = decodeProvenance(customMetadata).writers.get(version)?.run;
  return noted === run.id ? undefined : noted;
}

function hasBefore({ versions }: SecretVersions, { write, version }: AppliedWrite): boolean {
  const { base } = write.planned;
  const needed =
    write.kind === "delete" || write.kind === "undelete" ? version : base.kind === "absent" ? 0 : base.version;
  return needed === 0 || versions.get(needed)?.destroyed === false;
}

/** Rewrites another environment's notes under this prefix as those of this one. */
export async function adopt(
  session: VaultSession,
  environment: Environment,
): Promise<{ readonly applications: readonly string[]; readonly former: readonly string[] }> {
  const names = await listApplications(session, environment.vault);
  const [applications, former]: [string[], Set<string>] = [[], new Set()];
  for (const [name, { customMetadata }] of await readApplications(session, environment.vault, names)) {
    const noted = notedEnvironment(customMetadata);
    if (noted === undefined || noted === environment.name) continue;
    former.add(noted);
    applications.push(name);
    await updateCustomMetadata(session, environment.vault, name, (metadata) =>
      encodeProvenance(metadata.customMetadata, {
        ...decodeProvenance(metadata.customMetadata),
        environment: environment.name,
      }),
    );
  }
  return { applications: applications.sort(compareCodePoints), former: [...former].sort(compareCodePoints) };
}

function noted(
  { customMetadata, versions }: SecretVersions,
  environment: Environment,
  run: RunInfo,
  time: Date,
  { write, version }: AppliedWrite,
): Provenance {
  const before = decodeProvenance(customMetadata);
  const kept = new Map([...before.writers].filter(([written]) => versions.has(written)));
  const { id, commit, tool, command, by, reason } = run;
  const others = [...before.runs].filter(([other]) => other !== id);
  const runs = new Map([[id, { command, by, reason, environment: run.environment }], ...others]);
  if (write.kind === "delete" || write.kind === "undelete") {
    // KV records the time of a delete, but not of an undelete.
    const { deletionTime = "" } = versions.get(version) ?? {};
    const dated = write.kind === "delete" && deletionTime !== "" ? new Date(deletionTime) : time;
    const event = { kind: write.kind, version, time: dated.toISOString(), run: id };
    // After a lost response this is noted again.
    const events = before.events.filter(
      (other) => other.kind !== write.kind || other.version !== version || other.run !== id,
    );
    return { ...before, environment: run.environment, writers: kept, events: [...events, event], runs };
  }
  const keys = new Map(before.keys);
  for (const change of write.planned.changes) {
    const { key, action, cause } = change;
    // What a restore removes had a value before, which a sync would otherwise replace as if there had never been one.
    const last = cause.kind === "not-there-then" ? cause.heldIn : undefined;
    const changedIn = action === "delete" ? last : version;
    const entry = changedIn === undefined ? undefined : describeKey(environment, change.application, key, changedIn);
    if (entry) keys.set(key, entry);
    else if (action === "delete") keys.delete(key);
  }
  return {
    environment: run.environment,
    writers: new Map([...kept, [version, { run: id, commit, tool }]]),
    events: before.events,
    runs,
    keys,
  };
}

/** Generated secrets, and the sources of generated ones, so that a stale hash can be detected. */
export function describeKey(
  environment: Environment,
  application: string,
  key: string,
  changedIn: number,
): GeneratedKey | undefined {
  const secrets = environment.applications.get(application)?.secrets;
  const secret = secrets?.get(key);
  if (secrets === undefined || secret === undefined) return undefined;
  if (secret.kind === "generate") return { generator: secret.rule.type, changedIn };
  const isSource = [...secrets.values()].some(
    (other) => other.kind === "generate" && "source" in other.rule && other.rule.source === key,
  );
  return isSource ? { generator: secret.kind, changedIn } : undefined;
}

/**
 * Notes about values that another program wrote: whose they are, and that they have not changed since the current
 * version. Existing notes are kept. Does not touch data.
 *
 * @returns The applications that were noted.
 */
export async function noteExisting(
  session: VaultSession,
  environment: Environment,
  current: CurrentState,
): Promise<string[]> {
  const noted: string[] = [];
  for (const [application, state] of current) {
    if (state.kind !== "present") continue;
    const before = decodeProvenance(state.customMetadata);
    const found = [...state.values.keys()].flatMap((key): [string, GeneratedKey][] => {
      const entry = before.keys.has(key) ? undefined : describeKey(environment, application, key, state.version);
      return entry ? [[key, entry]] : [];
    });
    if (before.environment !== undefined && found.length === 0) continue;
    await updateCustomMetadata(session, environment.vault, application, (metadata) => {
      const latest = decodeProvenance(metadata.customMetadata);
      const keys = new Map([...found, ...latest.keys]);
      return encodeProvenance(metadata.customMetadata, {
        ...latest,
        environment: latest.environment ?? environment.name,
        keys,
      });
    });
    noted.push(application);
  }
  return noted;
}
