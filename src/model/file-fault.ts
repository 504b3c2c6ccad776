/** Why a file is not used although the system would: stands where the system's codes stand, as in ENOENT. */
export type FileFault =
  | "another-user"
  | "leads-out-of-repository"
  | "link"
  | "not-regular"
  | "of-another-kind"
  | "too-large";

/** Nothing that an operator gives is larger than this. */
export const FILE_LIMIT_MIB = 64;
