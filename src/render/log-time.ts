/** A time for people, to the second: `2026-11-24 07:00:00 UTC`, which options accept. */
export function shownTime(text: string): string {
  return `${text.slice(0, 19).replace(/(?<=\d)T/, " ")} UTC`;
}

/** A time with its zone, to the second; options accept it too. */
export function utcTime(text: string): string {
  return Number.isNaN(Date.parse(text)) ? text : `${new Date(text).toISOString().slice(0, 19)}Z`;
}
