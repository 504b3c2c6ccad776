import { fstatSync, writeSync } from "node:fs";
import { VERSION } from "./version.js";

/** What `--help` shows at 80 columns; set by the build. */
declare const PHALANX_HELP: string;

const STDOUT = 1;

/**
 * Answers `--version`, and `--help` unless a terminal needs it at its own width: loading the commands takes as long as
 * starting Node.
 *
 * @returns False for anything else, or if the write failed: the program then takes over.
 */
export function answered(argv: readonly string[]): boolean {
  if (argv.length !== 1) return false;
  const [asked] = argv;
  if (asked === "--version") return isWritten(`${VERSION}\n`);
  return (asked === "--help" || asked === "-h") && isWritten(PHALANX_HELP);
}

/** Both texts are short enough for a pipe to take them whole or not at all. */
function isWritten(text: string): boolean {
  try {
    return !fstatSync(STDOUT).isCharacterDevice() && writeSync(STDOUT, text) === Buffer.byteLength(text);
  } catch {
    return false;
  }
}
