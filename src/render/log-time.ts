/** A time as the original writes it in messages, `YYYY-MM-DD HH:MM:SS[.mmm]`, in UTC; what is no time stays as it is. */
export function logTime(text: string): string {
  if (Number.isNaN(Date.parse(text))) return text;
  return new Date(text)
    .toISOString()
    .replace("T", " ")
    .replace("Z", "")
    .replace(/\.000$/, "");
}
