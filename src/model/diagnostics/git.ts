import { error } from "../diagnostic.js";

export interface RemoteBranch {
  readonly remote: string;
  readonly branch: string;
}

/** Diagnostics about Git, and about comparing two sides. */
export const GIT = {
  "git-attributes-doubtful": error<{
    readonly file: string;
    readonly doubt: "other-spelling" | "not-regular" | "unreadable";
  }>(),
  "git-converts-file": error<{ readonly attribute: string }>(),
  "git-failed": error<{ readonly message: string }>(),
  "git-link-broken": error<{ readonly file: string; readonly directory: string }>(),
  "git-not-installed": error(),
  "git-not-started": error<{ readonly reason: string }>(),
  "git-object-forged": error<{ readonly object: string }>(),
  "git-object-missing": error(),
  "git-path-unmerged": error(),
  "git-repository-inside": error<{ readonly repository: string; readonly file: string }>(),
  "git-repository-missing": error<{ readonly directory: string }>(),
  "git-repository-untrusted": error<{ readonly message: string; readonly directory: string }>(),
  "git-submodule": error(),
  "git-work-tree-elsewhere": error<{ readonly directory: string; readonly top: string }>(),
  "repository-without-commit": error(),
  "revision-ambiguous": error<{ readonly name: string; readonly meanings: readonly string[] }>(),
  "revision-like-option": error<{ readonly revision: string }>(),
  "revision-unknown": error<{
    readonly revision: string;
    /** The revision or environment that was probably meant. */
    readonly meant?: string;
    /** Whether it could also have been an environment. */
    readonly orEnvironment: boolean;
    readonly shallow: boolean;
    /** The remote branch it names, which may exist but not be fetched. */
    readonly unfetched?: RemoteBranch;
    /** A remote of which only some branches are ever fetched. */
    readonly narrow?: string;
  }>(),
  "revisions-unrelated": error<{ readonly revisions: readonly [string, string]; readonly shallow: boolean }>(),
} as const;
