/** The delimiters of an action in a Go template. */
export type Delimiters = readonly [open: string, close: string];

const MAX_TEMPLATE = 100_000;

/**
 * The keys that a Go template uses of a mapping, as in `.Secrets.key` or `index .Secrets "key"`; undefined if they
 * cannot be determined. `mapping` is `.Secrets`, or `.` if the keys are at the top level.
 */
export function templateKeys(template: string, delimiters: Delimiters, mapping: string): readonly string[] | undefined {
  if (template.length > MAX_TEMPLATE) return undefined;
  const keys = new Set<string>();
  for (const action of actionsOf(template, delimiters)) {
    const tokens = tokensOf(action);
    for (const [index, token] of tokens.entries()) {
      // Other templates are not followed.
      if (/^(?:template|define|block|include)$/.test(token)) return undefined;
      const field = token.startsWith("$.") ? token.slice(1) : token;
      if (!isPartOf(field, mapping)) continue;
      const key = keyOf(field, mapping, tokens[index - 1], tokens[index + 1]);
      if (key === undefined) return undefined;
      keys.add(key);
    }
  }
  return [...keys];
}

function actionsOf(template: string, [open, close]: Delimiters): string[] {
  return template
    .split(open)
    .slice(1)
    .map((part) => part.split(close)[0] ?? "");
}

/** Strings with their quotes, and words; brackets, pipes and the like do not name keys. */
function tokensOf(action: string): string[] {
  return action.match(/"[^"\\]*(?:\\.[^"\\]*)*"?|`[^`]*`?|[\w.$]+/gs) ?? [];
}

/** Whether a word may yield a key of the mapping: the mapping itself, a field of it, or something that contains it. */
function isPartOf(field: string, mapping: string): boolean {
  // `$` is everything, `.SecretsPaths` has the same keys again, and a number is not a field.
  return field === "$" || field === "." || (field.startsWith(mapping) && !/^\.\d/.test(field));
}

function keyOf(
  field: string,
  mapping: string,
  before: string | undefined,
  after: string | undefined,
): string | undefined {
  if (field === mapping) {
    const named = /^["`]([^"`\\]+)["`]$/.exec(after ?? "")?.[1];
    return before === "index" || before === "get" ? named : undefined;
  }
  const below = mapping === "." ? field : field.slice(mapping.length);
  return /^\.(\w+)/.exec(below)?.[1];
}
