import { restoreVersion } from "../restore-command.js";
import type { SOURCES, UnsupportedInSops } from "../../model/diagnostics/sources.js";
import { refId } from "../../model/secret.js";
import { commandLine, shellWord } from "../../model/shell.js";
import { count } from "../count.js";
import { unreadableFile } from "../file-reason.js";
import { placeText } from "../place.js";
import { missingStaticFile } from "../static-file-command.js";
import { ONEPASSWORD_WORDS } from "./onepassword.js";
import { aboutSecret, ODDITIES, type Words } from "./words.js";

const IDENTITY_FILE = "Give a file as age-keygen writes it: identities begin with AGE-SECRET-KEY-1.";
const CHANGED_WITHOUT_SOPS =
  "Somebody changed the file without sops. Get the original file again, and change it with sops.";

/** Before the name of a part of a file. */
const PARTS = { secret: "", "oidc-client": "the client ", registry: "the registry ", "write-token": "" } as const;

const ODD_VALUE_HINTS = {
  "newline-at-end": {
    file: 'If it is not part of the value, write "value: |-" and not "value: |".',
    input:
      "If it is not part of the value, leave it out: printf %s VALUE prints none. If it is part of the value, confirm that with --raw.",
  },
  "pem-on-one-line": {
    file: 'Write "value: |", and below it the lines of the PEM, each indented.',
    input: "Give the file as it is.",
  },
};

export const SOURCES_WORDS: Words<typeof SOURCES> = {
  "static-source": {
    summary: ({ subject: { environment }, details: { origin, files = [], title = "", uncompared = 0 } }) =>
      `static secrets of ${environment}: ${
        {
          file: `from ${files.length === 0 ? "standard input" : files.join(", ")}`,
          onepassword: `from the 1Password vault "${title}"`,
          vault:
            "taken from Vault, not compared with another source (no --secrets, nothing in phalanx.yaml, no 1Password)",
        }[origin]
      }${uncompared === 0 ? "" : `; ${uncompared} ${uncompared === 1 ? "has no value there and is" : "have no value there and are"} not compared`}`,
  },
  ...ONEPASSWORD_WORDS,
  "age-file-damaged": {
    summary: ({ details: { file } }) => `${file} is encrypted with age and damaged: it was cut off or changed`,
    hint: "Get the original file again.",
  },
  "age-file-rewritten": {
    summary: ({ details: { file, encoding } }) => `${file} is encrypted with age, but was saved as ${encoding} text`,
    hint: ({ details: { file, encoding, armoured } }) =>
      armoured
        ? `Convert it back: ${commandLine("iconv", "-f", encoding, "-t", "UTF-8", file)} > NEW`
        : "This cannot be undone. Get the file again, and write it with age -o FILE, not with an editor or PowerShell (>).",
  },
  "age-identities-missing": {
    summary: ({ details: { origin } }) => `${origin} holds no age identity`,
    hint: IDENTITY_FILE,
  },
  "age-identities-unsupported": {
    summary: ({ details: { origin } }) =>
      `${origin} holds only identities of age plugins or SSH keys, which phalanx cannot use`,
    hint: IDENTITY_FILE,
  },
  "age-identity-damaged": {
    summary: ({ details: { origins } }) => `An identity in ${origins.join(" and ")} is damaged: its checksum is wrong`,
    hint: "Copy it again from where you keep it.",
  },
  "age-identity-malformed": {
    summary: ({ details: { origin, line } }) => `${origin}: line ${line} is not an age identity`,
    hint: "age-keygen writes such files; identities begin with AGE-SECRET-KEY-1.",
  },
  "age-identity-unfit": {
    summary: ({ details: { file, origins } }) => `No identity in ${origins.join(" and ")} opens ${file}`,
    hint: "Give the identity of one of its recipients with --identity FILE.",
  },
  "age-passphrase-wrong": {
    summary: ({ details: { file } }) => `The passphrase does not open ${file}`,
    hint: "Run the command again and retype it.",
  },
  "age-recipient-malformed": {
    summary: ({ details: { recipient } }) =>
      `The recipient${recipient === undefined ? "" : ` ${recipient}`} is not an age recipient`,
    hint: "Recipients begin with age1; age-keygen -y FILE prints that of an identity. SSH keys and plugins are not supported.",
  },
  "age-work-factor-too-high": {
    summary: ({ details: { file } }) => `${file} has a scrypt work factor that is too high`,
    hint: "Encrypt it again with age.",
  },
  "byte-order-mark-ignored": { summary: "begins with a byte order mark, which was ignored" },
  "secrets-file-application-unused": {
    summary: ({ subject: { environment, application } }) =>
      `${environment} has no enabled application ${application}; its secrets in the file are not used`,
    hint: ({ details: { meant } }) => meantHint(meant),
  },
  "secrets-file-empty": {
    summary: "is empty",
    hint: "If it was cut off, get it back first. Write {} only if the environment has no static secrets, OpenID Connect clients or registry credentials: a sync then removes all clients.",
  },
  "secrets-file-exposed": {
    summary: ({ details: { file, mode } }) =>
      `${file} is not encrypted, and other users may be able to open it (mode ${mode}): chmod 600 ${file}`,
  },
  "secrets-file-not-own": {
    summary: ({ details: { file } }) =>
      `${file} is not encrypted, and belongs to another user, who can read and change it`,
  },
  "secrets-file-unreadable": {
    summary: ({ details: { file, reason } }) => unreadableFile(file, reason),
    hint: ({ subject, details: { file, reason, meant, namedAt } }) => {
      const named = namedAt === undefined ? [] : [`${placeText(namedAt)} names it.`];
      if (reason === "EISDIR")
        return [...named, `Name a file in it: ${shellWord(`${file.replace(/\/$/, "")}/FILE`)}`].join(" ");
      const environment = subject?.environment;
      if (reason === "ENOENT" && environment !== undefined)
        return [...named, missingStaticFile(environment, file, meant)].join(" ");
      const asked = meant === undefined ? [] : [`Did you mean "${meant}"?`];
      return [...named, ...asked, "Give the static secrets file with --secrets FILE."].join(" ");
    },
  },
  "secrets-file-value-not-required": {
    summary: ({ subject }) =>
      `${refId(subject)} is not required in ${subject.environment}; its value in the file is not used`,
    hint: ({ details: { meant } }) => meantHint(meant),
  },
  "secrets-file-value-not-static": {
    summary: ({ subject }) =>
      `${refId(subject)} is not a static secret in ${subject.environment}; its value in the file is not used`,
  },
  "edited-file-of-other-environment": {
    summary: ({ subject: { environment }, details: { file, environments } }) =>
      `phalanx.yaml names ${file} for ${environments.join(", ")}, but not for ${environment}: nothing was written`,
    hint: ({ subject: { environment } }) =>
      `Use the file of ${environment}. If both share this one, name it in phalanx.yaml for ${environment}, too.`,
  },
  "static-file-of-other-environment": {
    summary: ({ subject: { environment }, details: { file, environments } }) =>
      `phalanx.yaml names ${file} for ${environments.join(", ")}, but not for ${environment}`,
    hint: ({ subject: { environment } }) =>
      `Check that its values are meant for ${environment}. If both share this file, name it in phalanx.yaml for ${environment}, too.`,
  },
  "secrets-typed": {
    summary: "--secrets - reads standard input, which is the terminal",
    hint: "Pipe the static secrets file in, or name it.",
  },
  "secrets-files-differ": {
    summary: ({ details: { part, name, files } }) =>
      `${files.join(" and ")} differ in ${PARTS[part]}${name}; the value in ${files[1]} is used`,
  },
  "sops-data-key-malformed": { summary: "its data key is malformed", hint: CHANGED_WITHOUT_SOPS },
  "sops-mac-mismatch": { summary: "its MAC does not match", hint: CHANGED_WITHOUT_SOPS },
  "sops-mac-missing": {
    summary: ({ details: { file } }) => `${file} has no MAC, so changes to it cannot be detected`,
    hint: "Write it again with sops.",
  },
  "sops-metadata-malformed": {
    summary: ({ details: { field } }) => `sops.${field} is missing or malformed`,
    hint: "Get the original file again.",
  },
  "sops-store-unsupported": {
    summary: ({ details: { file, store } }) =>
      `${file} was encrypted ${store === "binary" ? "as a whole, with the SOPS binary store" : `with the SOPS ${store} store`}: it is not YAML`,
    hint: ({ details: { file, store } }) => {
      const type = store.toLowerCase();
      const decrypt = commandLine("sops", "-d", "--input-type", type, "--output-type", type, file);
      return store === "binary"
        ? `Decrypt it: (umask 077; ${decrypt} > FILE), and give that, or encrypt it again under a name that ends in .yaml.`
        : "Put the values into the form that phalanx secrets static-template ENV writes, and encrypt that.";
    },
  },
  "sops-unsupported": {
    summary: ({ details }) => `${details.file} is a SOPS file with ${unsupported(details)}, which phalanx cannot read`,
    hint: ({ details: { file } }) =>
      `Decrypt it with sops: (umask 077; ${commandLine("sops", "-d", file)} > FILE), and give that with --secrets FILE.`,
  },
  "sops-value-unreadable": {
    summary: ({ details: { path } }) => `${path.join("/")} cannot be decrypted: it was changed or moved`,
    hint: CHANGED_WITHOUT_SOPS,
  },
  "static-secrets-complete": {
    summary: ({ subject: { environment } }) => `No static secret of ${environment} is missing`,
  },
  "static-secrets-missing": {
    summary: ({ subject: { environment }, details: { secrets } }) =>
      `${count(secrets.length, "static secret")} of ${environment} ${secrets.length === 1 ? "is" : "are"} missing`,
    hint: ({ subject: { environment }, details: { secrets, earlier, origin, file, restorable } }) => {
      if (restorable)
        return "Restore what is soft-deleted first, as shown above. If you set a value before that, it hides the other keys of the application.";
      if (origin === "onepassword")
        return `Put ${secrets.length === 1 ? "it" : "them"} into 1Password; this shows where: ${commandLine("phalanx", "secrets", "onepassword-template", environment)}`;
      const [named, each] = secrets.length === 1 ? [secrets.join(), "it"] : ["APP/KEY", "each"];
      const set = ["phalanx", "secrets", "set", environment, named];
      const before =
        earlier.length === 0
          ? ""
          : `Earlier versions may have had ${earlier.join(", ")}: ${commandLine("phalanx", "secrets", "history", environment, ...earlier)} shows which. To restore one: ${restoreVersion(environment, "VERSION", "APP/KEY")}. Otherwise, add a value. `;
      return file === undefined
        ? `${before}Add ${each} to the file with all static secrets of ${environment}, and give it with --secrets FILE; or put ${each} into Vault: ${commandLine(...set)}`
        : `Give ${each} a value: ${commandLine(...set, "--in", file)}`;
    },
  },
  "value-odd": {
    summary: (it) => `${aboutSecret(it)}the value ${ODDITIES[it.details.oddity]}`,
    hint: ({ details: { oddity, from, command } }) =>
      oddity === "pem-on-one-line" && command !== undefined
        ? `Give the file as it is: ${commandLine("phalanx", ...command)} < FILE`
        : ODD_VALUE_HINTS[oddity][from],
  },
};

function meantHint(meant: string | undefined): string | undefined {
  return meant === undefined ? undefined : `Did you mean "${meant}"?`;
}

function unsupported(what: UnsupportedInSops): string {
  switch (what.feature) {
    case "key-groups":
      return `${what.count} key groups (Shamir's secret sharing)`;
    case "recipients":
      return what.kinds.length === 0 ? "no recipient" : `no age recipient (only ${what.kinds.join(", ")})`;
    case "rules":
      return what.rules.join(" and ");
    case "pattern":
      return `a regular expression in sops.${what.rule} that is not understood`;
  }
}
