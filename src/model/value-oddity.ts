/** A property that hardly any program expects of a value. */
export type ValueOddity = "newline-at-end" | "pem-on-one-line";

/** Multi-line texts are accepted: they are files, and most files end in a newline. */
export function oddityOf(text: string): ValueOddity | undefined {
  const content = text.trimEnd();
  if (content.includes("\n")) return undefined;
  if (content.startsWith("-----BEGIN ")) return "pem-on-one-line";
  return text.endsWith("\n") && !isDocument(content) ? "newline-at-end" : undefined;
}

/** JSON ignores a trailing newline. */
function isDocument(content: string): boolean {
  return (content.startsWith("{") && content.endsWith("}")) || (content.startsWith("[") && content.endsWith("]"));
}
