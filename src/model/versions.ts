import type { CustomMetadata } from "./provenance.js";

/** What KV knows about one version. */
export interface VersionInfo {
  /** RFC 3339. */
  readonly createdTime: string;
  /** RFC 3339, or empty. It may lie in the future (`delete_version_after`). */
  readonly deletionTime: string;
  readonly destroyed: boolean;
}

/** The metadata of one KV secret. */
export interface SecretVersions {
  readonly currentVersion: number;
  /** 0: the mount's setting counts, which the write policy may not read. */
  readonly maxVersions: number;
  /** OpenBao's counter of metadata writes; undefined where the server has none. */
  readonly metadataVersion: number | undefined;
  readonly customMetadata: CustomMetadata;
  /** By version, ascending; those that were pushed out are gone. */
  readonly versions: ReadonlyMap<number, VersionInfo>;
}

/** Whether a version could not be read at a moment. Both times have to be the server's: no two clocks agree. */
export function isDeletedAt({ deletionTime }: VersionInfo, time: Date): boolean {
  return deletionTime !== "" && Date.parse(deletionTime) <= time.getTime();
}
