/** Why we refuse a file that the system would accept: used like a system code such as ENOENT. */
export type FileFault =
  | "another-user"
  | "leads-out-of-repository"
  | "link"
  | "not-regular"
  | "of-another-kind"
  | "too-large";

/** Nothing that an operator provides is larger than this. */
export const FILE_LIMIT_MIB = 64;
