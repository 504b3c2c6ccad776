import { PhalanxError } from "../errors.js";

/** Says that a file is there already. */
export function existsAlready(shown: string): PhalanxError {
  return new PhalanxError(`${shown} exists already`, { hint: "Choose another name, or give --force to replace it." });
}

/** Why a file could not be written, from the system's error. `shown` is how the operator named it. */
export function writeRefusal(error: unknown, shown: string): PhalanxError {
  const { code } = error as NodeJS.ErrnoException;
  return code === "EEXIST"
    ? existsAlready(shown)
    : new PhalanxError(`${shown} cannot be written (${code})`, { cause: error });
}
