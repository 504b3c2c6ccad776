/** Why a file that somebody named cannot be read, behind its name; `reason` is the system's code. */
export function unreadableText({ reason }: { readonly reason: string }): string {
  return reason === "ENOENT" ? "does not exist" : `cannot be read (${reason})`;
}
