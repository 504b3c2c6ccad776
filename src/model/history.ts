import type { Moment } from "./moment.js";
import type { TakenBack } from "./plan.js";
import type { CustomMetadata, Provenance, VersionWriter } from "./provenance.js";
import type { NotedRun } from "./run-note.js";
import type { StoredValue } from "./secret-value.js";

/** What KV knows about one version. */
export interface VersionInfo {
  /** RFC 3339. */
  readonly createdTime: string;
  /** RFC 3339, or empty. May be in the future (`delete_version_after`). */
  readonly deletionTime: string;
  readonly destroyed: boolean;
}

/** The metadata of one KV secret. */
export interface SecretVersions {
  readonly currentVersion: number;
  /** 0: the mount's setting applies, which the write policy does not allow reading. */
  readonly maxVersions: number;
  /** OpenBao's counter of metadata writes; undefined if the server has none. */
  readonly metadataVersion: number | undefined;
  readonly customMetadata: CustomMetadata;
  /** By version, ascending; without those already removed. */
  readonly versions: ReadonlyMap<number, VersionInfo>;
}

/** Whether a version was unreadable at a moment. Both times must be the server's: no two clocks agree. */
export function isDeletedAt({ deletionTime }: VersionInfo, time: Date): boolean {
  return deletionTime !== "" && Date.parse(deletionTime) <= time.getTime();
}

/** One version of an application's KV secret. */
export interface HistoricVersion extends VersionInfo {
  readonly version: number;
  /** Whether it is soft-deleted, according to the server. */
  readonly deleted: boolean;
  /** Undefined if it cannot be read: it is deleted or destroyed, or was removed in the meantime. */
  readonly values: ReadonlyMap<string, StoredValue> | undefined;
}

/** Everything that KV still has of one application. */
export interface ApplicationHistory {
  readonly application: string;
  readonly metadata: SecretVersions;
  readonly provenance: Provenance;
  /** Ascending. */
  readonly versions: readonly HistoricVersion[];
}

/** Which keys differ between two versions; undefined if one of them cannot be read. */
export interface KeyChanges {
  readonly created: readonly string[];
  readonly changed: readonly string[];
  readonly deleted: readonly string[];
}

/** What happened to one application in one event. */
export interface HistoryEntry {
  readonly application: string;
  readonly version: number;
  readonly kind: "write" | "delete" | "undelete";
  readonly changes: KeyChanges | undefined;
  /** The version's current state. */
  readonly state: "live" | "deleted" | "destroyed";
  readonly deletionTime: string;
}

/** Who is behind an event. */
export interface EventWriter extends VersionWriter, NotedRun {}

/** One run, over all applications that it touched; or one write of somebody unknown. */
export interface HistoryEvent {
  /** RFC 3339: when the first of its versions was written. */
  readonly time: string;
  /** RFC 3339: when the last one was. */
  readonly until: string;
  readonly writer: EventWriter | undefined;
  readonly entries: readonly HistoryEntry[];
}

/** Which earlier state to restore. */
export type RestorePoint =
  /** Undoes one run. */
  | { readonly kind: "run"; readonly run: string }
  /** The state at a moment. */
  | { readonly kind: "time"; readonly time: Date }
  /** One version of each chosen application. */
  | { readonly kind: "version"; readonly version: number | "latest" };

/** The same as requested: what depends on the history, or on the server's clock, is still open. */
export type AskedPoint =
  | Exclude<RestorePoint, { readonly kind: "time" }>
  | { readonly kind: "moment"; readonly moment: Moment }
  | { readonly kind: "last-run" };

/** Why an earlier state of an application cannot be restored. */
export type LostReason =
  | { readonly kind: "version-unknown"; readonly version: number; readonly latest: number }
  | { readonly kind: "version-pushed-out"; readonly version: number; readonly oldest: number }
  | { readonly kind: "time-pushed-out"; readonly oldest: number }
  | { readonly kind: "version-destroyed" | "version-unreadable"; readonly version: number }
  /** The current version was written after the delete to be undone. */
  | { readonly kind: "written-since"; readonly version: number }
  /** The version from before the run is gone or cannot be read. */
  | { readonly kind: "before-pushed-out" | "before-destroyed" | "before-deleted"; readonly version: number }
  /** What the run wrote, or the latest version, is gone or cannot be read. */
  | { readonly kind: "destroyed-after-run"; readonly version: number }
  | { readonly kind: "deleted-after-run"; readonly version: number; readonly takenBack?: TakenBack }
  /** Single keys cannot be restored if the whole application was deleted, or is to be. `version`: the deleted one. */
  | { readonly kind: "whole-only"; readonly action: "undelete" | "recover"; readonly version: number }
  | { readonly kind: "whole-only"; readonly action: "delete" };

/** What a version of an application's secret did to one of its keys; `holds` if that is unknown. */
export interface KeyWrite {
  readonly version: number;
  /** RFC 3339. */
  readonly createdTime: string;
  readonly what: "created" | "changed" | "removed" | "holds";
  /** The run that wrote it, if it was noted. */
  readonly run: string | undefined;
  /** Who ran it, as they said. */
  readonly by?: string;
}

/** What KV still has of one key. */
export interface KeyHistory {
  /** The latest version of its application. */
  readonly latest: number;
  readonly state: "present" | "not-a-string" | "empty" | "absent" | "deleted" | "destroyed";
  readonly takenBack?: TakenBack;
  /** Ascending. */
  readonly writes: readonly KeyWrite[];
}
