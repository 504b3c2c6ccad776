/** Which earlier state comes back. */
export type RestorePoint =
  /** Takes back what one run did. */
  | { readonly kind: "run"; readonly run: string }
  /** As it was at a moment. */
  | { readonly kind: "time"; readonly time: Date }
  /** One version of each chosen application. */
  | { readonly kind: "version"; readonly version: number };
