import { MAX_NAME_LENGTH, type PrefixFault } from "../model/names.js";

export const NAME_HINT =
  `A name has at most ${MAX_NAME_LENGTH} ASCII letters, digits, ".", "_" and "-". ` +
  "It begins with a letter or digit; a dot is not allowed at the end or next to another dot.";

export const PATH_HINT = `Write names joined by single slashes. ${NAME_HINT}`;

/** A text that is not a name, as a message quotes it. */
export function quotedName(text: string): string {
  return `"${text.length > 60 ? `${text.slice(0, 60)}...` : text}"`;
}

/** What is wrong with a prefix, to append to its name. */
export function prefixFaultText(fault: PrefixFault): string {
  switch (fault.fault) {
    case "slash-first":
      return "begins with a slash";
    case "slash-last":
      return "ends with a slash";
    case "slashes-in-a-row":
      return "has two slashes in a row";
    case "too-long":
      return `has more than ${MAX_NAME_LENGTH} characters`;
    case "no-mount":
      return "has only one part: it needs a mount and a path";
    case "bad-name":
      return `contains ${quotedName(fault.name)}, which is not a valid name`;
  }
}

export function prefixFaultHint({ fault, meant }: PrefixFault): string {
  if (meant !== undefined) return `Write ${meant}.`;
  return fault === "bad-name" ? NAME_HINT : "Write MOUNT/PATH, as in secret/phalanx/demo.";
}
