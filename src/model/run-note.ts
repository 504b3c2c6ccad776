/** What the operator says about a run. Empty: nothing. */
export interface RunNote {
  /** The words of the command, as in `rotate`. */
  readonly command: string;
  readonly by: string;
  readonly reason: string;
}

/** A run's note as it is kept in Vault. */
export interface NotedRun extends RunNote {
  /** The environment whose run it was; undefined in the notes of versions before 0.2. */
  readonly environment?: string | undefined;
}

export const UNTOLD: RunNote = { command: "", by: "", reason: "" };

/** Maximum number of characters: as many as always fit into Vault's custom metadata. */
export const NOTE_LIMITS = { by: 120, reason: 200 } as const;

/** What is wrong with a text to be noted; undefined if it is valid. */
export type NoteFault = "too-long" | "unprintable";

export function noteFault(text: string, limit: number): NoteFault | undefined {
  if (/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u.test(text)) return "unprintable";
  return Array.from(text).length > limit ? "too-long" : undefined;
}
