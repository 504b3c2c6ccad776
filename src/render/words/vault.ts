import type {
  CredentialFault,
  FailureDetails,
  RequestDetails,
  VAULT,
  VaultChange,
  WrittenCredential,
} from "../../model/diagnostics/vault.js";
import { commandLine } from "../../model/shell.js";
import { PATH_HINT } from "../names.js";
import type { Words } from "./words.js";

const NOT_VAULT =
  "Check that vaultUrl (or --vault-address) is the address of a Vault server, and check any proxy in front of it.";

export const VAULT_WORDS: Words<typeof VAULT> = {
  "answer-not-json": {
    summary: ({ details: { url, status } }) => `The response from ${url} (status ${status}) is not JSON`,
    hint: "Check that vaultUrl (or --vault-address) is the address of a Vault server and not of a proxy or a web page.",
  },
  "answer-not-kv2": {
    summary: ({ details: { path } }) => `The response for ${path} does not come from a KV version 2 mount`,
    hint: "Check vaultUrl (or --vault-address), the mount in vaultPathPrefix, and any proxy in front of Vault.",
  },
  "auth-method-not-enabled": {
    summary: ({ details: { mount } }) => `${mount} is not enabled in Vault`,
    hint: ({ details: { mount } }) =>
      `Enable it: ${commandLine("vault", "auth", "enable", mount.slice("auth/".length))}`,
  },
  "credential-answer-wrong": {
    summary: ({ details }) => `Vault at ${details.url} was asked for a ${faultText(details)}`,
    hint: "No older credential was revoked or destroyed. Check that vaultUrl (or --vault-address) is the address of a Vault server, and check any proxy in front of it.",
  },
  "credential-not-shown": {
    summary: ({ details: { written } }) => `Vault does not show ${writtenText(written)}, which was just written`,
    hint: "A lagging standby may have answered, or somebody changed it. Run the command again.",
  },
  "list-name-invalid": {
    summary: ({ details: { prefix } }) => `Listing ${prefix} returned a name that no secret can have`,
    hint: "Check that vaultUrl (or --vault-address) is the address of a Vault server.",
  },
  "list-too-long": {
    summary: ({ details: { prefix, names, most } }) =>
      `Listing ${prefix} returned ${names} names; at most ${most} are read`,
    hint: "Check that vaultUrl (or --vault-address) is the address of a Vault server, and what is under vaultPathPrefix.",
  },
  "login-failed": {
    summary: ({ details }) => `Login with ${details.method} (auth/${details.mount}) ${failedText(details)}`,
    hint: "Check the credentials, the role, and --auth-mount.",
  },
  "login-token-malformed": {
    summary: ({ details: { method } }) =>
      `Login with ${method} returned a token that is not valid: it contains invalid characters`,
    hint: NOT_VAULT,
  },
  "login-without-token": {
    summary: ({ details: { method } }) => `Login with ${method} returned no token`,
    hint: NOT_VAULT,
  },
  "metadata-keeps-changing": {
    summary: ({ subject: { application } }) =>
      `The metadata of ${application} cannot be written: somebody else keeps changing it`,
  },
  "metadata-write-refused": {
    summary: ({ subject: { application }, details: { status, reason } }) =>
      `The metadata of ${application} cannot be written (status ${status}${reason === "" ? "" : `: ${reason}`})`,
  },
  "mount-not-found": {
    summary: ({ details: { url, mount } }) =>
      `Vault at ${url} has no mount "${mount}" that this token is allowed to see`,
    hint: ({ details: { mount } }) =>
      `Check the token first: a token of this environment is allowed to see its mount. Then check the first component of vaultPathPrefix. Only on a new server, enable it: ${commandLine("vault", "secrets", "enable", `-path=${mount}`, "-version=2", "kv")}`,
  },
  "mount-not-kv2": {
    summary: ({ details: { url, mount } }) => `The mount "${mount}" of Vault at ${url} is not KV version 2`,
    hint: ({ details: { mount } }) =>
      `Check the mount in vaultPathPrefix. If nobody else uses ${mount}, upgrade it, which cannot be undone: ${commandLine("vault", "kv", "enable-versioning", mount)}`,
  },
  "namespace-not-found": {
    summary: ({ details: { url, namespace } }) => `Vault at ${url} has no namespace "${namespace}"`,
    hint: "Check VAULT_NAMESPACE.",
  },
  "outcome-unknown": {
    summary: ({ details: { change, cause } }, { lineOf }) =>
      `${lineOf(cause)}; whether ${changeText(change)} is unknown`,
    hint: ({ details: { cause, again } }, { hintOf }) => {
      const hint = hintOf(cause);
      const then = (what: string): string =>
        hint === undefined ? `${what.slice(0, 1).toUpperCase()}${what.slice(1)}` : `${hint} Then ${what}`;
      if (again === "resume")
        return then("continue it with --resume, as shown above: it looks at what is there first.");
      return again === undefined
        ? then("run the same command again: it looks at what is there before it writes.")
        : then(`run this, which looks at what is there before it writes: ${commandLine("phalanx", ...again)}`);
    },
  },
  "refused-though-permitted": {
    summary: ({ details: { capability, path } }) =>
      `The response was "permission denied" (403), although the token has the capability "${capability}" on ${path}`,
    hint: "A proxy may have answered, or Vault may have applied a rule that is not in the token's policies.",
  },
  "permission-denied": {
    summary: ({ details: { capability, path } }) =>
      `Permission denied: the Vault token lacks the capability "${capability}" on ${path}`,
    hint: ({ details: { path } }) =>
      /^(?!auth\/|sys\/).+\/(data|metadata|delete|undelete)\//.test(path)
        ? "Use the environment's write token, or add the capability to the token's policy."
        : "Use the token of a Vault administrator: an environment's write token is not allowed to do this.",
  },
  "policy-prefix-not-literal": {
    summary: ({ details: { prefix } }) => `A policy for ${prefix} would also apply to other paths`,
    hint: PATH_HINT,
  },
  "secret-name-invalid": {
    summary: ({ details: { name, problem } }) =>
      problem === "dots"
        ? `"${name}" cannot be the name of a secret in Vault`
        : `"${name}" has half of a surrogate pair, and is not a name`,
  },
  "secrets-too-large": {
    summary: ({ details: { mebibytes } }) =>
      `Vault answers with more than ${mebibytes} MiB of secrets, which are not all read`,
    hint: "Check that vaultUrl (or --vault-address) is the address of a Vault server, and what is under vaultPathPrefix.",
  },
  "token-refused": {
    summary: ({ details: { url } }) => `Vault at ${url} does not accept the token: it is not valid or has expired`,
    hint: ({ details: { variable, from } }) =>
      from?.kind === "login"
        ? `It came from a login with ${from.name}. Run the command again, to log in again.`
        : `${from === undefined ? "" : `It came from ${from.name}. `}Set ${variable} to a current token that is allowed to do this.`,
  },
  "undeleted-version-left": {
    summary: ({ subject: { application }, details: { version } }) =>
      `Version ${version} of ${application}, undeleted to be read, could not be deleted again`,
    hint: ({ details: { version, path } }) =>
      `It can be read now. To delete it: ${commandLine("vault", "kv", "delete", `-versions=${version}`, path)}`,
  },
  "undeleted-version-unreadable": {
    summary: ({ subject: { application }, details: { version } }) =>
      `Version ${version} of ${application} cannot be read although it was undeleted`,
    hint: "It may have been destroyed in the meantime.",
  },
  "vault-answer-incomplete": {
    summary: ({ details: { url, path, member } }) =>
      `The response from ${url} for ${path} does not come from Vault: it lacks "${member}"`,
    hint: NOT_VAULT,
  },
  "vault-lags-behind": {
    summary: ({ subject: { application }, details: { version, known } }) =>
      `Vault shows an older version of ${application} than it did before (${version || "none"} after ${known})`,
    hint: "A standby may lag behind, or the secret was removed in the meantime. Run the command again later.",
  },
  "vault-redirect": {
    summary: ({ details: { url, status } }) =>
      `Vault at ${url} answers with a redirect (${status}), which is not followed`,
    hint: ({ details: { status } }) => {
      const moved = "Set vaultUrl (or --vault-address) to the address that it redirects to.";
      // OpenBao answers 307 or 500 then; HashiCorp Vault sends the client to the last leader that it knew.
      return status === 307
        ? `${moved} A standby of Vault also redirects while it cannot reach the leader: then run the command again later.`
        : moved;
    },
  },
  "vault-request-failed": {
    summary: ({ details }) => `${requestText(details)} ${failedText(details)}`,
    hint: ({ details: { passing } }) => (passing ? "Check the server, and any proxy in front of it." : undefined),
  },
  "vault-sealed": { summary: ({ details: { url } }) => `Vault at ${url} is sealed`, hint: "Unseal it." },
};

function failedText({ url, status, reason }: FailureDetails): string {
  return `failed at ${url}: status ${status}${reason === "" ? "" : `: ${reason}`}`;
}

function requestText({ action, target }: RequestDetails): string {
  switch (action) {
    case "call":
      return target;
    case "destroy":
      return `Destroying ${target}`;
    case "list":
      return `Listing ${target}`;
    case "read":
      return `Reading ${target}`;
    case "revoke-self":
      return "Revoking the token of this login";
    case "write":
      return `Writing ${target}`;
  }
}

function changeText(change: VaultChange): string {
  switch (change.kind) {
    case "app-role-written":
      return `the AppRole ${change.name} was written`;
    case "application-destroyed":
      return `${change.application} was destroyed`;
    case "application-written":
      return `${change.application} was written`;
    case "metadata-written":
      return `the metadata of ${change.application} was written`;
    case "policy-written":
      return `the policy ${change.name} was written`;
    case "secret-id-created":
      return "a SecretID was created";
    case "secret-id-destroyed":
      return "it was destroyed";
    case "token-created":
      return "a token was created";
    case "token-revoked":
      return "it was revoked";
    case "token-shortened":
      return "its lifetime was shortened";
  }
}

/** What was asked for, and what came. */
function faultText(details: CredentialFault): string {
  switch (details.fault) {
    case "another-token":
      return `token with accessor ${details.accessor} and answered with another one`;
    case "lives-longer":
      return `lifetime of ${details.asked} seconds and answered with one of ${details.answered}`;
    case "malformed":
      return `${details.credential} and answered with one that is not valid: it contains invalid characters`;
    case "missing":
      return `${details.credential} and answered without one`;
    case "not-new":
      return `${details.credential} and answered with one that existed before`;
  }
}

function writtenText(written: WrittenCredential): string {
  switch (written.kind) {
    case "app-role":
      return `the AppRole ${written.role} with the policy ${written.policy}`;
    case "role-id":
      return `the RoleID of ${written.role}`;
    case "secret-id":
      return `the SecretID with accessor ${written.accessor}`;
    case "token":
      return `the token with accessor ${written.accessor}`;
    case "token-with-policy":
      return `a token with accessor ${written.accessor} that has the policy ${written.policy} and has not expired`;
  }
}
