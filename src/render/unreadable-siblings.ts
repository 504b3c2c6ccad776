/** What should be known of keys that nobody seems to require, where other environments cannot be read. */
export function mayBelongElsewhere(unreadable: readonly string[]): string {
  return `the configuration of ${unreadable.join(", ")} is broken; what is unknown here may belong there`;
}

/** Why nothing is deleted then. */
export function noDeletion(unreadable: readonly string[]): string {
  return `To delete, every environment must be readable, and these are not: ${unreadable.join(", ")}`;
}
