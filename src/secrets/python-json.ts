/** JSON as Python's `json.dumps` writes it by default, so that neither program rewrites the other's work. */
export type PythonJson = string | readonly PythonJson[] | { readonly [key: string]: PythonJson };

export function pythonJson(value: PythonJson): string {
  if (typeof value === "string") return pythonString(value);
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(", ")}]`;
  const members = Object.entries(value).map(([key, member]) => `${pythonString(key)}: ${pythonJson(member)}`);
  return `{${members.join(", ")}}`;
}

function pythonString(text: string): string {
  // JSON.stringify agrees on quotes, backslashes and the short escapes; Python escapes everything but printable ASCII
  // (including DEL), and units beyond the BMP as a surrogate pair.
  return JSON.stringify(text).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
