import type { Declaration } from "./declaration.js";
import type { AnyDiagnostic, Place } from "./diagnostic.js";
import type { UnknownClass, UnresolvedSecret } from "./plan.js";
import type { SecretNature, SecretRef } from "./secret.js";

/** What to write into a YAML file of the configuration so that something comes out otherwise. */
export interface Edit {
  /** The line that is replaced, or the mapping that it is added to; the file alone where it goes to the top. */
  readonly place: Place;
  readonly replaces: boolean;
  /** The mapping that it is added to. */
  readonly under: readonly string[];
  /** The key, within new mappings where they are missing, and what it is set to. */
  readonly keys: readonly string[];
  readonly value: string | true;
  /** In how many spaces. */
  readonly indent: number;
}

/** Whether an environment enables an application, and where that is decided. */
export interface ApplicationSwitch {
  readonly application: string;
  readonly enabled: boolean;
  /** Undefined: it is in no settings. */
  readonly decidedBy: Place | undefined;
  /** What enables it. */
  readonly change: Edit | undefined;
}

/** A secret on the way to where a value comes from. */
export interface Hop extends SecretRef {
  readonly enabled: boolean;
  readonly required: boolean;
  readonly nature: SecretNature | undefined;
  readonly declared: Place | undefined;
  /** Of a static one where a chain ends: whether Vault holds a value of it; undefined if that was not asked. */
  readonly held?: boolean;
}

/** Why a value cannot be had, where that is decided, and what to change. */
export interface Obstacle extends UnresolvedSecret {
  readonly decidedBy: Place | undefined;
  /** The condition that is false. */
  readonly condition: string | undefined;
  readonly change: Edit | undefined;
}

/** Where the value of a static secret comes from. */
export type ValueSource =
  /** `given`: on the command line, and not by the tree. Of several, the last that has it wins. */
  | { readonly kind: "file"; readonly given: boolean; readonly files: readonly FileLook[] }
  | { readonly kind: "onepassword"; readonly title: string; readonly item: string }
  | { readonly kind: "vault" };

/** What a look at a file of static secrets tells of one of them. */
export type FileLook = { readonly file: string } & (
  | { readonly state: "has"; readonly place: Place }
  | { readonly state: "lacks" | "encrypted" }
  | { readonly state: "unreadable"; readonly cause: AnyDiagnostic }
);

/** What nobody requires and Vault holds all the same. */
export interface Leftover {
  readonly class: UnknownClass;
  /** The command that deletes it alone; undefined where none does, because a file of a wrong name may declare it. */
  readonly deletion: string | undefined;
}

/** One secret of an application in short. */
export interface ShortSecret {
  readonly key: string;
  readonly nature: SecretNature;
  readonly required: boolean;
  readonly declaration: Declaration | undefined;
}

/** An application in short. */
export interface ShortApplication extends ApplicationSwitch {
  readonly secrets: readonly ShortSecret[];
}
