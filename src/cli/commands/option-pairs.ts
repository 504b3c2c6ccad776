/**
 * What means nothing together on a command line. An option that would be dropped turns a look into a write, or protects
 * nothing: it is refused instead, before anything is read.
 *
 * An option is written as `--plan`, with one of its values as `--format sarif`, with any as `--json FILE`; a name without
 * hyphens is that of an argument. Options that only allow something (`--yes`, `--adopt`) stay beside `--dry-run`, so that a
 * line can be looked at as it is.
 */
export type OptionPair =
  | { readonly option: string; readonly excludes: readonly string[] }
  /** One of `needs` has to be there. */
  | { readonly option: string; readonly needs: readonly string[] };

/** Of every command that has the option. */
export const COMMON_PAIRS: readonly OptionPair[] = [
  { option: "--role", needs: ["--auth kubernetes", "--auth jwt"] },
  { option: "--jwt-file", needs: ["--auth kubernetes", "--auth jwt"] },
];

/** A command that asks before it writes cannot do so in the middle of an answer for programs. */
const JSON_OF_WRITER: OptionPair = { option: "--json", needs: ["--dry-run", "--yes"] };
const FORCE: OptionPair = { option: "--force", needs: ["--output"] };

/** What plan and sync delete. */
const DELETION: readonly OptionPair[] = [
  { option: "--delete", excludes: ["--delete-class"] },
  { option: "--include-unsourced", needs: ["--delete-class"] },
  { option: "--keep", needs: ["--delete", "--delete-class"] },
  { option: "--allow-mass-change", needs: ["--delete", "--delete-class"] },
  // Of a token that may not list, nothing is known that could be deleted.
  { option: "--assume-empty", excludes: ["--delete", "--delete-class"] },
];

/** By the words of the command. */
export const OPTION_PAIRS: Readonly<Record<string, readonly OptionPair[]>> = {
  diff: [{ option: "--json", excludes: ["--format text", "--format markdown"] }],
  "fleet audit": [
    { option: "--merge", excludes: ["environment", "--shard", "--max-age", "--fleet-config", "--parallel"] },
    { option: "--metrics", excludes: ["--shard"] },
    { option: "--force", needs: ["--output", "--html", "--json FILE", "--metrics"] },
  ],
  "fleet schema": [FORCE],
  graph: [
    { option: "--json", excludes: ["--format text", "--format mermaid", "--format dot", "--format svg"] },
    { option: "--all", excludes: ["app[/key]"] },
  ],
  lint: [
    { option: "--json", excludes: ["--format text", "--format sarif", "--format github"] },
    {
      option: "--explain",
      excludes: ["environment", "--strict", "--notes", "--no-templates", "--format sarif", "--format github"],
    },
  ],
  "rollout rights": [
    { option: "--user", excludes: ["--group", "--service-account"] },
    { option: "--group", excludes: ["--service-account"] },
  ],
  "rollout status": [{ option: "--run", excludes: ["app[/key]"] }],
  "secrets explain": [{ option: "--secrets", needs: ["app[/key]"] }],
  "secrets onepassword-secrets": [FORCE],
  "secrets plan": [...DELETION, { option: "--force", needs: ["--output"] }],
  "secrets restore": [
    JSON_OF_WRITER,
    { option: "--last", excludes: ["--run", "--at", "--kv-version"] },
    { option: "--run", excludes: ["--at", "--kv-version"] },
    { option: "--at", excludes: ["--kv-version"] },
  ],
  "secrets rotate": [JSON_OF_WRITER],
  "secrets schema": [FORCE],
  "secrets set": [
    JSON_OF_WRITER,
    { option: "--from-file", excludes: ["app/key", "--raw"] },
    { option: "--in", excludes: ["--json"] },
    { option: "--in", excludes: ["--from-file", "--dry-run", "--adopt", "--anyway"] },
    { option: "--encrypt-to", needs: ["--in"] },
    { option: "--identity", needs: ["--from-file", "--in"] },
  ],
  "secrets static-template": [
    FORCE,
    { option: "--armor", needs: ["--encrypt-to"] },
    { option: "--merge", excludes: ["--output", "--armor"] },
    { option: "--identity", needs: ["--merge"] },
  ],
  "secrets sync": [
    // What it does is in the file; where the values come from is said again.
    {
      option: "--plan",
      excludes: [
        "app[/key]",
        "--partial",
        "--dry-run",
        "--delete",
        "--delete-class",
        "--include-unsourced",
        "--purge",
        "--keep",
        "--allow-mass-change",
        "--regenerate",
        "--generate-anew",
        "--resume",
        "--exclude",
        "--assume-empty",
      ],
    },
    ...DELETION,
    { option: "--purge", needs: ["--delete", "--delete-class"] },
    // It asks, whatever else is given.
    { option: "--purge", excludes: ["--json"] },
    { option: "--resume", needs: ["--regenerate"] },
    { option: "--resume", excludes: ["--dry-run"] },
    { option: "--detailed-exitcode", needs: ["--dry-run"] },
    JSON_OF_WRITER,
  ],
  "vault copy-secrets": [JSON_OF_WRITER, { option: "--allow-mass-change", needs: ["--overwrite"] }],
  "vault create-read-approle": [FORCE, { option: "--json", excludes: ["--as-secret", "--dry-run"] }],
  "vault create-write-token": [FORCE, { option: "--json", excludes: ["--dry-run"] }],
};
