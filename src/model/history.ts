import type { Provenance, VersionWriter } from "./provenance.js";
import type { StoredValue } from "./secret-value.js";
import type { SecretVersions, VersionInfo } from "./versions.js";

/** One version of an application's KV secret. */
export interface HistoricVersion extends VersionInfo {
  readonly version: number;
  /** Whether it is soft-deleted, by the server's own word. */
  readonly deleted: boolean;
  /** Undefined where it cannot be read: it is deleted or destroyed, or was pushed out meanwhile. */
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

/** Which keys differ between two versions; undefined where one of them cannot be read. */
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
  /** How the version is now. */
  readonly state: "live" | "deleted" | "destroyed";
  readonly deletionTime: string;
}

/** One run, over all applications that it touched; or one write of somebody unknown. */
export interface HistoryEvent {
  /** RFC 3339: when the first of its versions was written. */
  readonly time: string;
  readonly writer: VersionWriter | undefined;
  readonly entries: readonly HistoryEntry[];
}

/** What a version of an application's secret did to one of its keys; `holds` where that cannot be told. */
export interface KeyWrite {
  readonly version: number;
  /** RFC 3339. */
  readonly createdTime: string;
  readonly what: "created" | "changed" | "removed" | "holds";
  /** The run that wrote it, if it was noted. */
  readonly run: string | undefined;
}

/** What KV still has of one key. */
export interface KeyHistory {
  /** The latest version of its application. */
  readonly latest: number;
  readonly state: "present" | "absent" | "deleted";
  /** Ascending. */
  readonly writes: readonly KeyWrite[];
}
