import { error, warning } from "../diagnostic.js";

/** The kind of a value. */
export type YamlKind = "absent" | "null" | "list" | "date" | "binary" | "boolean" | "number" | "string" | "mapping";

/** The name of a field, or the index of a list entry; undefined for the whole. */
export interface AtField {
  readonly field?: string | number | undefined;
}

/** Diagnostics about YAML files and their schemas. */
export const YAML = {
  "field-both-spellings": error<{ readonly old: string; readonly current: string }>(),
  "field-invalid": error<AtField>(),
  /** It belongs to other types than the one given. */
  "field-misplaced": error<{ readonly field: string }>(),
  "field-missing": error<AtField & { readonly known?: readonly string[] }>(),
  "field-not-path": error<AtField>(),
  "field-not-variable": error<AtField>(),
  "field-old-spelling": warning<{ readonly old: string; readonly current: string }>(),
  "field-too-large": error<AtField & { readonly maximum: number }>(),
  "field-too-short": error<AtField & { readonly minimum: number }>(),
  "field-too-small": error<AtField & { readonly minimum: number }>(),
  /** If the field itself may be a value, it is named only if it resembles a known one. */
  "field-unknown": error<{ readonly field?: string | undefined; readonly known: readonly string[] }>(),
  "field-value-unknown": error<AtField & { readonly known: readonly string[]; readonly meant?: string | undefined }>(),
  "field-wrong-type": error<AtField & { readonly is: YamlKind; readonly needed: YamlKind | "integer" }>(),
  "yaml-alias-circular": error(),
  "yaml-alias-unknown": error(),
  "yaml-anchor-duplicate": error(),
  /** The text after it would be read as the value of a key. */
  "yaml-colon-unquoted": error(),
  "yaml-control-character": error(),
  "yaml-duplicate-key": error<{ readonly key: string }>(),
  "yaml-escape-invalid": error<{ readonly of: "no-character" | "half-a-pair" }>(),
  "yaml-indicator-unquoted": error<{ readonly indicator: "<<" | "=" | "@" | "`" | "%" }>(),
  "yaml-key-not-string": warning<{ readonly is: YamlKind; readonly read: string }>(),
  "yaml-key-unusable": error<{ readonly is: "binary" | "collection" }>(),
  "yaml-merge-not-mapping": error(),
  "yaml-not-mapping": error<{ readonly is: YamlKind }>(),
  "yaml-scalar-unquoted": error(),
  "yaml-several-documents": error(),
  /** In the parser's words, without any text of the document. */
  "yaml-syntax": error<{ readonly reason: string }>(),
  "yaml-tab": error(),
  "yaml-tag-unusable": error(),
  "yaml-text-behind-quotes": error(),
  "yaml-too-deep": error(),
  "yaml-too-many-aliases": error(),
  "yaml-value-invalid": error<{ readonly type: string }>(),
} as const;
