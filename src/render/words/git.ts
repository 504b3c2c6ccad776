import type { GIT } from "../../model/diagnostics/git.js";
import type { Diagnostic } from "../../model/diagnostics/index.js";
import { commandLine } from "../../model/shell.js";
import type { Words } from "./words.js";

const NO_CONVERSION = "Remove the attributes that convert configuration files.";
const UNCERTAIN = "a checkout may differ from what Git holds";
const SHALLOW = "This clone is shallow: git fetch --unshallow gets the rest (with actions/checkout: fetch-depth: 0).";

const DOUBTS = {
  "other-spelling": "is the same name as .gitattributes on some systems",
  "not-regular": "is not a regular file",
  unreadable: "cannot be read",
} as const;

export const GIT_WORDS: Words<typeof GIT> = {
  "git-attributes-doubtful": {
    summary: ({ details: { file, doubt } }) => `${UNCERTAIN}: ${file} ${DOUBTS[doubt]}`,
    hint: "Remove it, or replace it with a regular file named .gitattributes.",
  },
  "git-converts-file": {
    summary: ({ details: { attribute } }) => `${UNCERTAIN}: the attribute ${attribute} makes Git convert it`,
    hint: NO_CONVERSION,
  },
  "git-failed": { summary: ({ details: { message } }) => `Git: ${message}` },
  "git-link-broken": {
    summary: ({ details: { file, directory } }) =>
      `${file} is broken: Git does not accept it as the repository of ${directory}`,
    hint: "Repair or remove it, and check GIT_WORK_TREE.",
  },
  "git-not-installed": {
    summary: "Git is not installed, or not on the PATH",
    hint: "This command reads revisions from Git.",
  },
  "git-not-started": { summary: ({ details: { reason } }) => `Git cannot be started (${reason})` },
  "git-object-forged": {
    summary: ({ details: { object } }) => `Git: the contents of object ${object} do not match its name`,
    hint: "This clone is damaged or forged: git fsck says more. Clone it again.",
  },
  "git-object-missing": {
    summary: "its contents are not in this clone",
    hint: "It is a partial clone: git fetch --refetch gets them.",
  },
  "git-path-unmerged": { summary: "is not merged in the index", hint: "Resolve the conflict and git add it." },
  "git-repository-inside": {
    summary: ({ details: { repository } }) =>
      `The Git repository ${repository} is inside the tree itself, which anyone could have written`,
    hint: ({ details: { file } }) => `Check ${file}.`,
  },
  "git-repository-missing": {
    summary: ({ details: { directory } }) => `${directory} is not in a Git repository`,
    hint: "Run inside a clone, or point --config or GIT_DIR at one.",
  },
  "git-repository-untrusted": {
    summary: ({ details: { message } }) => `Git: ${message}`,
    hint: ({ details: { directory } }) =>
      `It belongs to another user. If you trust them: ${commandLine("git", "config", "--global", "--add", "safe.directory", directory)}`,
  },
  "git-submodule": {
    summary: "is in a submodule, whose files are not in this repository",
    hint: "Put the file itself there.",
  },
  "git-work-tree-elsewhere": {
    summary: ({ details: { directory, top } }) =>
      `${directory} is not in the work tree of the Git repository, which is ${top}`,
    hint: "Check GIT_DIR and GIT_WORK_TREE.",
  },
  "repository-without-commit": { summary: "The repository has no commits yet", hint: "Make a commit first." },
  "revision-ambiguous": {
    summary: ({ details: { name, meanings } }) =>
      `${name} is ambiguous: it names ${meanings.length} different things in this repository`,
    hint: ({ details: { meanings } }) => `Write ${meanings.join(" or ")}.`,
  },
  "revision-like-option": {
    summary: ({ details: { revision } }) => `${revision}: a revision does not begin with a dash`,
  },
  "revision-unknown": {
    summary: ({ details: { revision, orEnvironment } }) =>
      orEnvironment
        ? `${revision} is neither a revision in this repository nor an environment`
        : `${revision} is not a revision in this repository`,
    hint: ({ details }) => {
      const { meant, orEnvironment } = details;
      const elsewhere = orEnvironment ? ["An environment that is not in the work tree goes after --."] : [];
      const parts = [...(meant === undefined ? elsewhere : [`Did you mean "${meant}"?`]), ...incompleteText(details)];
      return parts.length === 0 ? undefined : parts.join(" ");
    },
  },
  "revisions-unrelated": {
    summary: ({ details: { revisions } }) => `${revisions.join(" and ")} have no common ancestor`,
    hint: ({ details: { shallow } }) => (shallow ? SHALLOW : undefined),
  },
};

/** What the clone may lack, and the command that gets it. */
function incompleteText({ meant, shallow, unfetched, narrow }: Diagnostic<"revision-unknown">["details"]): string[] {
  if (unfetched !== undefined) {
    const { remote, branch } = unfetched;
    const refs = [remote, `${branch}:refs/remotes/${remote}/${branch}`];
    const fetch = commandLine("git", "fetch", ...(shallow ? ["--unshallow"] : []), ...refs);
    const lead = meant === undefined ? "This clone does not have that branch:" : "If not,";
    return [`${lead} ${fetch} gets it${shallow ? " (with actions/checkout: fetch-depth: 0)" : ""}.`];
  }
  if (shallow) return [SHALLOW];
  if (narrow === undefined) return [];
  const fetch = commandLine("git", "fetch", narrow, `+refs/heads/*:refs/remotes/${narrow}/*`);
  return [`This clone has only some branches of ${narrow}: ${fetch} gets all.`];
}
