/** What the operator of a run tells of it. Empty: it is not told. */
export interface RunNote {
  /** The words of the command, as in `rotate`. */
  readonly command: string;
  readonly by: string;
  readonly reason: string;
}

export const UNTOLD: RunNote = { command: "", by: "", reason: "" };

/** The most characters: as many as Vault's custom metadata has room for, whatever they are. */
export const NOTE_LIMITS = { by: 120, reason: 200 } as const;

/** What is wrong with a text that is to be noted; undefined if nothing is. */
export type NoteFault = "too-long" | "unprintable";

export function noteFault(text: string, limit: number): NoteFault | undefined {
  if (/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u.test(text)) return "unprintable";
  return Array.from(text).length > limit ? "too-long" : undefined;
}
