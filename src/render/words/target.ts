import { PULL_SECRET } from "../../model/environment.js";
import { UNKNOWN_CLASSES } from "../../model/plan.js";
import type { NotRequired, TARGET } from "../../model/diagnostics/target.js";
import { refId } from "../../model/secret.js";
import { didYouMean } from "../../model/nearest.js";
import { commandLine } from "../../model/shell.js";
import type { Nested, Words } from "./words.js";

/** The option before a name that was given to it. */
function named(by: string, name: string): string {
  return by === "" ? name : `${by} ${name}`;
}

export const TARGET_WORDS: Words<typeof TARGET> = {
  "application-disabled": {
    summary: ({ subject, details: { by, name } }) =>
      `${named(by, name)}: the application ${subject.application} is not enabled in ${subject.environment}`,
    hint: ({ subject, details }, nested) =>
      details.deletion !== undefined || details.meant !== undefined
        ? listing({ subject, details }, nested)
        : `To see where it is disabled, and how to enable it: ${commandLine("phalanx", "secrets", "explain", subject.environment, subject.application)}`,
  },
  "application-unknown": {
    summary: ({ subject, details: { by, name } }) =>
      `${named(by, name)}: ${subject.environment} has no such application`,
    hint: listing,
  },
  "excluded-name-invalid": {
    summary: ({ details: { name } }) => `--exclude ${name} is not the name of an application`,
    hint: "Give --exclude once for each whole application, as in: --exclude APP --exclude APP",
  },
  "excluded-name-unknown": {
    summary: ({ subject, details: { by, name } }) =>
      `${by} ${name}: neither ${subject.environment} nor Vault has such an application`,
    hint: keptHint,
  },
  "names-unknown": {
    summary: ({ subject }) => `${subject.environment} does not have some of these names, so nothing was done`,
  },
  "delete-class-unknown": {
    summary: ({ details }) => `--delete-class ${details.given}: there is no class "${details.class}"`,
    hint: ({ details }) => didYouMean(details.class, UNKNOWN_CLASSES) ?? `Classes: ${UNKNOWN_CLASSES.join(", ")}.`,
  },
  "deletion-of-required": {
    summary: ({ subject }) => `${refId(subject)} is required, so it is not deleted`,
    hint: ({ subject }) =>
      `${commandLine("phalanx", "secrets", "explain", subject.environment, refId(subject))} says why.`,
  },
  "deletion-siblings-unreadable": {
    summary: ({ details: { environments } }) =>
      `A deletion must read every environment, but these cannot be read: ${environments.join(", ")}`,
    hint: ({ details: { environments } }) => {
      const [first = ""] = environments;
      const list = commandLine("phalanx", "secrets", "list", first);
      return `They might share this prefix. Correct them (${list} says what is wrong${environments.length > 1 ? ` with ${first}` : ""}), or do not delete.`;
    },
  },
  "kept-application-unknown": {
    summary: ({ subject, details: { name } }) =>
      `--keep ${name}: neither ${subject.environment} nor Vault has an application ${subject.application}`,
    hint: keptHint,
  },
  "kept-names-unknown": {
    summary: ({ details: { count } }) => `${count} names given to --keep would protect nothing: nothing was written`,
  },
  "kept-secret-unknown": {
    summary: ({ subject, details: { name } }) =>
      `--keep ${name}: neither the configuration nor Vault has a key ${subject.key} of ${subject.application}`,
    hint: keptHint,
  },
  "revision-is-environment": {
    summary: ({ details: { word } }) =>
      `${word} is both a revision and an environment, and is read as a revision; for the environment, write -- ${word}`,
  },
  "revisions-too-many": {
    summary: ({ details }) => `Give at most two revisions, not ${details.count}`,
    hint: "Write environments after --.",
  },
  "pull-secret-named": {
    summary: ({ details: { by, name } }) =>
      `${named(by, name)}: ${PULL_SECRET} is not an application, but one secret: the credentials of container registries`,
    hint: ({ subject: { environment }, details: { by } }) => {
      if (by === "rotate")
        return `It comes from the registries, so it is not rotated: get new credentials there, and change them in the static secrets. If only Vault holds them: ${commandLine("phalanx", "secrets", "set", environment, PULL_SECRET, "HOST")}`;
      const word = by === "set" ? [PULL_SECRET, "HOST"] : [PULL_SECRET];
      const command = by === "set" ? "set" : "explain";
      const what = by === "set" ? "To set one:" : "Where it comes from and who wrote it:";
      return `${what} ${commandLine("phalanx", "secrets", command, environment, ...word)}`;
    },
  },
  "secret-unknown": {
    summary: ({ subject, details: { by, name } }) =>
      `${named(by, name)}: ${subject.environment} requires no such secret`,
    hint: listing,
  },
  "spared-application-unknown": {
    summary: ({ subject, details: { by, name } }) =>
      `${by} ${name}: ${subject.environment} has no such application, so this leaves out only what Vault holds under that name`,
  },
  "unknown-maybe-of-sibling": {
    summary: ({ details: { environments } }) =>
      `the configuration of ${environments.join(", ")} cannot be read; secrets listed here as unknown may belong there`,
  },
  "vault-address-credentials": {
    summary: "--vault-address holds credentials",
    hint: "Remove them: other users can see the command line.",
  },
  "vault-token-unset": {
    summary: "The environment variable VAULT_TOKEN must be set",
    hint: "Set it to a token that is allowed to do this, or log in with --auth.",
  },
};

function asked(meant: string): string {
  return `Did you mean "${meant}"?`;
}

function keptHint({
  subject,
  details: { meant },
}: {
  readonly subject: { readonly environment: string };
  readonly details: { readonly meant?: string | undefined };
}): string {
  const plan = commandLine("phalanx", "secrets", "plan", subject.environment, "--delete");
  return meant === undefined ? `${plan} shows what a deletion would remove.` : asked(meant);
}

function listing(
  {
    subject,
    details: { name, meant, deletion, notAsked },
  }: {
    readonly subject: { readonly environment: string };
    readonly details: NotRequired;
  },
  { lineOf }: Nested,
): string {
  if (/\.(?:plan|ya?ml|json|age)$/.test(name) && meant === undefined)
    return "To apply a plan file, give --plan FILE to sync. Give a static secrets file with --secrets FILE.";
  if (deletion !== undefined)
    return `Vault holds it, but nothing requires it, so you can name it only to delete it: ${deletion}`;
  return [
    ...(meant === undefined ? [] : [asked(meant)]),
    `${commandLine("phalanx", "secrets", "list", subject.environment)} lists what it requires.`,
    ...(notAsked ? [`Vault was not queried, so it may still hold it: ${lineOf(notAsked)}.`] : []),
  ].join(" ");
}
