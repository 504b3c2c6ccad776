/**
 * The message for a bug in this program. The error's message may quote anything, including a value; its name and the
 * code positions cannot.
 */
export function renderCrash(error: unknown): string {
  const { name, places } = error instanceof Error ? partsOf(error) : { name: typeof error, places: [] };
  return (
    `Error: internal error in phalanx (${[name, ...places].join(" at ")})\n` +
    `Hint: Changes made before this error are in Vault; phalanx secrets history shows them. Please report this.\n`
  );
}

function partsOf({ name, stack = "" }: Error): { readonly name: string; readonly places: readonly string[] } {
  const places = [...stack.matchAll(/^ {4}at .*?(?<![\w.-])([\w.-]+:\d+:\d+)\)?$/gm)].map(([, place = ""]) => place);
  return { name: /^\w{1,40}$/.test(name) ? name : "Error", places: places.slice(0, 5) };
}
