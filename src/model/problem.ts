/** One thing that is wrong, and what to do about it, in words: what is not a diagnostic yet. */
export interface Problem {
  readonly message: string;
  readonly hint?: string | undefined;
}
