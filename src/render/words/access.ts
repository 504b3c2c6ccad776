import type { ACCESS, PemFault } from "../../model/diagnostics/access.js";
import { didYouMean } from "../../model/nearest.js";
import { WRITE_TOKEN_ITEM } from "../../model/onepassword.js";
import { shellWord } from "../../model/shell.js";
import { fileReason, unreadableFile } from "../file-reason.js";
import { PATH_HINT, quotedName } from "../names.js";
import { printable } from "../printable.js";
import type { Words } from "./words.js";

const JOB_PERMISSION = "permission id-token: write.";

export const ACCESS_WORDS: Words<typeof ACCESS> = {
  "auth-method-unknown": {
    summary: ({ details: { method } }) => `--auth ${method}: unknown method`,
    hint: ({ details: { method, known } }) => didYouMean(method, known) ?? `Methods: ${known.join(", ")}.`,
  },
  "auth-mount-invalid": {
    summary: ({ details: { mount } }) => `--auth-mount ${quotedName(mount)} is not a valid mount path`,
    hint: PATH_HINT,
  },
  "auth-role-missing": {
    summary: ({ details: { method } }) => `--auth ${method} needs a role`,
    hint: "Give it with --role ROLE.",
  },
  "auth-token-missing": {
    summary: "--auth jwt has no token",
    hint: `Give it with --jwt-file FILE; in GitHub Actions, the job needs the ${JOB_PERMISSION}`,
  },
  "auth-variable-missing": {
    summary: ({ details: { variable } }) => `--auth approle needs ${variable}`,
    hint: ({ details: { variable, fileVariable } }) => `Set ${variable}, or ${fileVariable} to a file that holds it.`,
  },
  "clock-differs": {
    summary: ({ details: { seconds, clock } }) =>
      `the clock of this machine is ${seconds} seconds ${clock === "ahead" ? "ahead of" : "behind"} Vault's; reports show Vault's times`,
  },
  "connect-server-differs": {
    summary: ({ details }) => `${otherServer("OP_CONNECT_HOST", details)}: ${details.tokenVariable} is not sent there`,
    hint: ({ details: { url } }) =>
      `If ${url} is right: export OP_CONNECT_HOST=${shellWord(url)}, or: unset OP_CONNECT_HOST`,
  },
  "connect-token-missing": {
    summary: ({ details: { variable } }) => `The environment variable ${variable} must be set`,
    hint: ({ details: { vault } }) => `Set it to a token that is allowed to read the 1Password vault "${vault}".`,
  },
  "connection-not-encrypted": {
    summary: ({ details: { url } }) => `${url} is not encrypted: everything crosses the network in clear text`,
  },
  "credential-file-unreadable": {
    summary: ({ details: { file, reason } }) => `${printable(file)} cannot be read (${fileReason(reason)})`,
    hint: ({ details: { setting } }) => `Check ${setting}.`,
  },
  "credential-file-not-own": {
    summary: ({ details: { file } }) =>
      `${printable(file)} belongs to another user, who can read and change it: use a file of your own`,
  },
  "github-token-refused": {
    summary: ({ details: { status } }) => `GitHub issued no token for this job (status ${status})`,
    hint: `The job needs the ${JOB_PERMISSION}`,
  },
  "github-variables-malformed": {
    summary: "ACTIONS_ID_TOKEN_REQUEST_URL and ACTIONS_ID_TOKEN_REQUEST_TOKEN are not what GitHub sets",
    hint: "Leave them as the runner sets them, or give the token with --jwt-file FILE.",
  },
  "identity-file-encrypted": {
    summary: ({ details: { file } }) => `${file} is an encrypted file, not an age identity file`,
    hint: "Give the file that age-keygen wrote.",
  },
  "identity-file-unreadable": {
    summary: ({ details: { file, reason } }) => unreadableFile(file, reason),
    hint: "Give an age identity file with --identity FILE, or correct the variable that names it.",
  },
  "identity-missing": {
    summary: ({ details: { file } }) => `${file} is encrypted, but no identity was given to decrypt it`,
    hint: ({ details: { variables } }) =>
      `Give an age identity file with --identity FILE, or set ${variables.join(", or ")}.`,
  },
  "namespace-invalid": { summary: "VAULT_NAMESPACE is not a valid namespace", hint: PATH_HINT },
  "onepassword-not-configured": {
    summary: ({ subject: { environment } }) => `${environment} does not keep its static secrets in 1Password`,
    hint: "To use 1Password, set onepassword.connectUrl. Otherwise, phalanx secrets static-template writes a file to fill in.",
  },
  "passphrase-missing": { summary: ({ details: { file } }) => `No passphrase for ${file} was given` },
  "passphrase-without-terminal": {
    summary: ({ details: { file } }) =>
      `${file} is encrypted with a passphrase, but there is no terminal to ask for it`,
    hint: "Run this in a terminal, or encrypt the file to an age recipient and give --identity FILE.",
  },
  "secrets-token-missing": {
    summary: ({ details: { variable } }) => `No 1Password Connect credentials (${variable}) set`,
    hint: ({ details: { variable }, subject: { environment } }) =>
      `Set ${variable}, or give the static secrets of ${environment} in a file with --secrets FILE.`,
  },
  "timeout-malformed": {
    summary: ({ details: { variable, value } }) => `${variable} is "${value}", which is not a duration`,
    hint: "For example: 30 or 30s.",
  },
  "timeout-zero": {
    summary: ({ details: { variable, value } }) => `${variable} is "${value}", but must be greater than zero`,
    hint: "For example: 30 or 30s. A timeout cannot be turned off.",
  },
  "tls-required": {
    summary: ({ details: { url } }) => `${url} is not encrypted`,
    hint: ({ details: { setting } }) =>
      `Correct ${setting}, or leave out --require-tls: then tokens and secrets cross the network unencrypted.`,
  },
  "tls-file-unreadable": {
    summary: ({ details: { file, reason } }) => `${file} cannot be read (${fileReason(reason)})`,
    hint: ({ details: { variable } }) => `Check the environment variable ${variable}.`,
  },
  "tls-file-unusable": {
    summary: ({ details: { file, fault } }) => `${file} ${PEM_FAULTS[fault]}`,
    hint: ({ details: { variable, fault } }) => {
      const advice = fault === "key-encrypted" ? "Give a key without a passphrase" : "Give it in PEM";
      return `${advice}: check the environment variable ${variable}.`;
    },
  },
  "tls-key-of-other-certificate": {
    summary: "VAULT_CLIENT_KEY is not the key of VAULT_CLIENT_CERT",
    hint: "Check both environment variables.",
  },
  "tls-verification-skipped": {
    summary: "VAULT_SKIP_VERIFY is set: anyone who can intercept the traffic gets the token and the secrets",
  },
  "token-malformed": {
    summary: ({ details: { origin } }) =>
      `${originText(origin)} is not a valid token: it is empty or contains invalid characters`,
    hint: ({ details: { origin } }) => `Check ${originText(origin)}.`,
  },
  "token-not-revoked": {
    summary: ({ details: { cause } }, { lineOf }) => `the token of this login could not be revoked: ${lineOf(cause)}`,
  },
  "token-revoked-too-late": { summary: "the server did not answer in time" },
  "vault-server-differs": {
    summary: ({ details }) => `${otherServer("VAULT_ADDR", details)}: no credential is sent there`,
    hint: ({ details: { address, url } }) => {
      const instead =
        address === undefined ? "" : `\nFor the server of VAULT_ADDR, add: --vault-address ${shellWord(address)}`;
      return `If ${url} is right, use a credential of that server, and: ${exported(url)}${instead}`;
    },
  },
  "vault-server-overridden": {
    summary: ({ details }) => `${otherServer("VAULT_ADDR", details)}: the token in the static secrets is sent there`,
    hint: "To use another server, give --vault-address URL.",
  },
  "vault-token-missing": {
    summary: ({ details: { variable } }) => `No Vault token: ${variable} is not set or is empty`,
    hint: ({ details: { variable, unusedFor: url } }) => {
      const set = `Set ${variable} to a token that is allowed to do this${variable === "VAULT_TOKEN" ? ", or log in with --auth" : ""}.`;
      return url === undefined
        ? set
        : `${set}\n~/.vault-token is used only if VAULT_ADDR names its server. If that is ${url}: ${exported(url)}`;
    },
  },
};

function exported(url: string): string {
  return `export VAULT_ADDR=${shellWord(url)}`;
}

export const PEM_FAULTS: Readonly<Record<PemFault, string>> = {
  "certificate-malformed": "contains a certificate that cannot be read",
  "key-encrypted": "is encrypted",
  "key-malformed": "contains a key that cannot be read",
  "no-certificate": "contains no certificate",
  "no-file-with-certificate": "contains no certificate file",
  "no-key": "contains no private key",
};

function otherServer(
  variable: string,
  { address, url }: { readonly address?: string | undefined; readonly url: string },
): string {
  return `${variable} is ${address ?? "not an http or https URL"}, but the configuration says ${url}`;
}

function originText(origin: string): string {
  return origin === WRITE_TOKEN_ITEM ? `${origin} of the static secrets` : printable(origin);
}
