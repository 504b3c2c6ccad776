/**
 * What is said of an error that is a mistake of this program. Its message may quote whatever was at hand, a value too;
 * its name and the places in the code cannot.
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
