import type { UnresolvedReason } from "../model/plan.js";
import { refId, type SecretRef } from "../model/secret.js";
import { commandLine } from "../model/shell.js";

type Reason = UnresolvedReason & { readonly kind: "not-a-string" };

/** A sentence, and the words of the command that it introduces. */
export type Step = readonly [what: string, words: readonly string[]];

/** What to do about a value that is not a string, step by step. A new value is the last resort: one may be in use. */
export function stringSteps(reason: Reason, ref: SecretRef, environment: string): readonly Step[] {
  const { without, words } = renewal(reason, ref, environment);
  if (!reason.hasHistory) return [["To replace a value that is not a string:", words]];
  return [
    ["To see the versions of a value that is not a string:", historyWords(ref, environment)],
    ["To restore a good one:", restoreWords(ref, environment)],
    [`Only if there is none, ${without}:`, words],
  ];
}

/** The same in one line, with two commands at most. */
export function stringHint(reason: Reason, ref: SecretRef, environment: string): string {
  const { without, words } = renewal(reason, ref, environment);
  return reason.hasHistory
    ? `Restore a good version; only if there is none, ${without}. To see the versions: ${line(historyWords(ref, environment))}. To restore one: ${line(restoreWords(ref, environment))}`
    : `To replace it: ${line(words)}`;
}

function line(words: readonly string[]): string {
  return commandLine("phalanx", ...words);
}

function historyWords(ref: SecretRef, environment: string): readonly string[] {
  return ["secrets", "history", environment, refId(ref)];
}

function restoreWords(ref: SecretRef, environment: string): readonly string[] {
  return ["secrets", "restore", environment, "--kv-version", "VERSION", refId(ref)];
}

/** How a secret gets a value that no version has. */
function renewal({ rule }: Reason, ref: SecretRef, environment: string): { without: string; words: readonly string[] } {
  if (rule === undefined) return { without: "set it", words: ["secrets", "set", environment, refId(ref)] };
  if (rule !== "oidc-clients") return { without: "rotate it", words: ["secrets", "rotate", environment, refId(ref)] };
  return { without: "give a file with its value", words: ["secrets", "sync", environment, "--secrets", "FILE"] };
}
