import { fstatSync, writeSync } from "node:fs";
import { VERSION } from "./version.js";

/** What `--help` shows in 80 columns; the build puts it in. */
declare const PHALANX_HELP: string;

const STDOUT = 1;

/**
 * Answers `--version`, and `--help` unless a terminal wants it in its own width: to load the commands takes as long as to
 * start Node.
 *
 * @returns False if it was something else, or could not be written: the program sees to that then.
 */
export function answered(argv: readonly string[]): boolean {
  if (argv.length !== 1) return false;
  const [asked] = argv;
  if (asked === "--version") return isWritten(`${VERSION}\n`);
  return (asked === "--help" || asked === "-h") && isWritten(PHALANX_HELP);
}

/** Both texts are short enough that a pipe takes them whole or not at all. */
function isWritten(text: string): boolean {
  try {
    return !fstatSync(STDOUT).isCharacterDevice() && writeSync(STDOUT, text) === Buffer.byteLength(text);
  } catch {
    return false;
  }
}
