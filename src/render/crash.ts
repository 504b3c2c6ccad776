/**
 * The message for a bug in this program. The error's message may quote anything, including a value; its name and the
 * code positions cannot.
 */
export function renderCrash(error: unknown): string {
  const { name, places } = error instanceof Error ? partsOf(error) : { name: typeof error, places: [] };
  return (
    `Error: phalanx has a mistake and had to stop (${[name, ...places].join(" at ")})\n` +
    `Hint: What was written up to now is written; look at it with phalanx secrets history. Please report this.\n`
  );
}

function partsOf({ name, stack = "" }: Error): { readonly name: string; readonly places: readonly string[] } {
  const places = [...stack.matchAll(/^ {4}at .*?(?<![\w.-])([\w.-]+:\d+:\d+)\)?$/gm)].map(([, place = ""]) => place);
  return { name: /^\w{1,40}$/.test(name) ? name : "Error", places: places.slice(0, 5) };
}
