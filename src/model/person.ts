/**
 * Whether a person runs a command: one who can be asked; one at the keyboard who would not see the question, because
 * standard error is not the terminal; or nobody.
 */
export type Person = "reachable" | "unreachable" | "absent";
