import type { Declaration } from "./declaration.js";
import type { AnyDiagnostic, Place } from "./diagnostic.js";
import type { UnknownClass, UnresolvedSecret } from "./plan.js";
import type { SecretNature, SecretRef } from "./secret.js";

/** An edit to a YAML file of the configuration, to change an outcome. */
export interface Edit {
  /** The line to replace, or the mapping to add to; only the file if it goes to the top level. */
  readonly place: Place;
  readonly replaces: boolean;
  /** The path of the mapping to add to. */
  readonly under: readonly string[];
  /** The key, within new mappings if they are missing, and its value. */
  readonly keys: readonly string[];
  readonly value: string | true;
  /** Indentation in spaces. */
  readonly indent: number;
}

/** Whether an environment enables an application, and where that is decided. */
export interface ApplicationSwitch {
  readonly application: string;
  readonly enabled: boolean;
  /** Undefined: no settings mention it. */
  readonly decidedBy: Place | undefined;
  /** The edit that enables it. */
  readonly change: Edit | undefined;
}

/** A secret on the path to a value's origin. */
export interface Hop extends SecretRef {
  readonly enabled: boolean;
  readonly required: boolean;
  readonly nature: SecretNature | undefined;
  readonly declared: Place | undefined;
  /** For a static one at the end of a chain: whether Vault holds its value; undefined if that was not checked. */
  readonly held?: boolean;
}

/** Why there is no value, where that is decided, and what to change. */
export interface Obstacle extends UnresolvedSecret {
  readonly decidedBy: Place | undefined;
  readonly condition: string | undefined;
  readonly change: Edit | undefined;
}

/** Where the value of a static secret comes from. */
export type ValueSource =
  /** `given`: by the command line instead of the tree. Of several files, the last one that has it wins. */
  | { readonly kind: "file"; readonly given: boolean; readonly files: readonly FileLook[] }
  | { readonly kind: "onepassword"; readonly title: string; readonly item: string }
  | { readonly kind: "vault" };

/** What a static secrets file says about one of them. */
export type FileLook = { readonly file: string } & (
  | { readonly state: "has"; readonly place: Place }
  | { readonly state: "lacks" | "encrypted" }
  | { readonly state: "unreadable"; readonly cause: AnyDiagnostic }
);

/** Something that Vault holds although nothing requires it. */
export interface Leftover {
  readonly class: UnknownClass;
  /** The command that deletes only this; undefined if there is none, because a misnamed file may declare it. */
  readonly deletion: string | undefined;
  /** The files with a wrong name, or a misspelt setting, for which it is kept. */
  readonly keptBecauseOf: readonly string[];
  /** Whether the charts still use it. */
  readonly isUsed?: boolean;
}

/** Summary of one secret. */
export interface ShortSecret {
  readonly key: string;
  readonly nature: SecretNature;
  readonly required: boolean;
  readonly declaration: Declaration | undefined;
}

/** Summary of an application. */
export interface ShortApplication extends ApplicationSwitch {
  readonly secrets: readonly ShortSecret[];
}
