/** What a value is that no program is likely to want so. */
export type ValueOddity = "newline-at-end" | "pem-on-one-line";

/** Texts of several lines are left alone: they are files, and most files end in a newline. */
export function oddityOf(text: string): ValueOddity | undefined {
  const content = text.trimEnd();
  if (content.includes("\n")) return undefined;
  if (content.startsWith("-----BEGIN ")) return "pem-on-one-line";
  return text.endsWith("\n") && !isDocument(content) ? "newline-at-end" : undefined;
}

/** To JSON a newline at the end is nothing. */
function isDocument(content: string): boolean {
  return (content.startsWith("{") && content.endsWith("}")) || (content.startsWith("[") && content.endsWith("]"));
}
