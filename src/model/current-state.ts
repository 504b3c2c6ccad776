import type { CustomMetadata } from "./provenance.js";
import type { StoredValue } from "./secret-value.js";

/** The latest version of an application's KV secret, readable. */
export interface PresentApplication {
  readonly kind: "present";
  readonly version: number;
  /** RFC 3339, as the server reports it. */
  readonly createdTime: string;
  readonly customMetadata: CustomMetadata;
  /** RFC 3339, if the server will delete it by itself. */
  readonly deletionTime?: string | undefined;
  readonly values: ReadonlyMap<string, StoredValue>;
}

/** The latest version is soft-deleted (can be undeleted) or destroyed (cannot). */
export interface DeletedApplication {
  readonly kind: "deleted" | "destroyed";
  readonly version: number;
  readonly createdTime: string;
  readonly customMetadata: CustomMetadata;
  readonly deletionTime: string;
}

export type ApplicationState = PresentApplication | DeletedApplication;

/** What Vault holds under an environment's prefix, by application. Absent: there is no KV secret of that name. */
export type CurrentState = ReadonlyMap<string, ApplicationState>;

/** The readable values of an application, if it has any. */
export function valuesOf(current: CurrentState, application: string): ReadonlyMap<string, StoredValue> {
  const state = current.get(application);
  return state?.kind === "present" ? state.values : new Map();
}
