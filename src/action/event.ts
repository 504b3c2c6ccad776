import { readFile } from "node:fs/promises";
import * as z from "zod/mini";
import { type Context, variable } from "../terminal/context.js";
import { PhalanxError } from "../errors.js";
import { diagnostic } from "../model/diagnostics/index.js";

const Payload = z.object({
  pull_request: z.optional(z.object({ base: z.object({ sha: z.string(), ref: z.string() }) })),
  merge_group: z.optional(z.object({ base_sha: z.string(), base_ref: z.string() })),
  repository: z.optional(z.object({ default_branch: z.string() })),
  before: z.optional(z.string()),
});

/** What the runner says about why this job runs. */
export interface Event {
  readonly name: string;
  /** The commit that the run is for. */
  readonly sha: string | undefined;
  /** Whether it is on the default branch. */
  readonly onDefaultBranch: boolean;
  /** What a proposed change would be merged into. */
  readonly base: { readonly sha: string; readonly isDefaultBranch: boolean } | undefined;
  /** The commit before a push. */
  readonly before: string | undefined;
}

/** Events for changes that nobody has approved yet. */
const PROPOSALS = new Set(["pull_request", "merge_group"]);

export function isProposal({ name }: Event): boolean {
  return PROPOSALS.has(name);
}

/** @throws PhalanxError for an event that runs someone else's changes with the rights of the base. */
export async function readEvent(context: Context): Promise<Event> {
  const name = variable(context, "GITHUB_EVENT_NAME") ?? "";
  if (name === "pull_request_target") {
    throw new PhalanxError(diagnostic("event-of-base", { event: name }));
  }
  const { pull_request, merge_group, repository, before } = await readPayload(context);
  const branch = repository?.default_branch;
  const base = pull_request?.base ?? (merge_group && { sha: merge_group.base_sha, ref: merge_group.base_ref });
  return {
    name,
    sha: variable(context, "GITHUB_SHA"),
    onDefaultBranch: branch !== undefined && variable(context, "GITHUB_REF") === `refs/heads/${branch}`,
    base: base && { sha: base.sha, isDefaultBranch: base.ref.replace(/^refs\/heads\//, "") === branch },
    // For a new branch, the commit before is all zeros.
    before: before === undefined || /^0*$/.test(before) ? undefined : before,
  };
}

async function readPayload(context: Context): Promise<z.infer<typeof Payload>> {
  const path = runnerVariable(context, "GITHUB_EVENT_PATH");
  try {
    return Payload.parse(JSON.parse(await readFile(path, "utf8")));
  } catch (error) {
    throw new PhalanxError(diagnostic("event-unreadable", { file: path }), { cause: error });
  }
}

/** A variable that the runner sets for every step. */
export function runnerVariable(context: Context, name: string): string {
  const value = variable(context, name);
  if (value !== undefined) return value;
  throw new PhalanxError(diagnostic("runner-variable-missing", { variable: name }));
}
