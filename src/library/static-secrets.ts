import { PhalanxError } from "../errors.js";
import { diagnostic } from "../model/diagnostics/index.js";
import type { Environment } from "../model/environment.js";
import { SecretValue } from "../model/secret-value.js";
import type { StaticSecretsFile } from "../model/static-secrets.js";
import { reasonOf } from "../files/file-fault.js";
import { readNamedFile } from "../files/read-bounded.js";
import { textOf } from "../sources/content.js";
import { parseIdentities } from "../sources/encrypted/identities.js";
import type { Keys } from "../sources/encrypted/identities.js";
import { readStaticSecrets as readFrom } from "../sources/file.js";

/** How to decrypt a static secrets file. */
export interface StaticSecretsOptions {
  /** Path of an age identity file. */
  readonly identityFile?: string;
  /** Called for the passphrase of a file that is encrypted with one. */
  readonly passphrase?: () => Promise<string>;
}

/**
 * Reads a static secrets file: YAML, plain or encrypted with age, or a SOPS file with age recipients. Decrypted
 * values are kept in memory and never written to disk.
 *
 * @param file The path of the file.
 * @param environment The environment. Secrets in the file that it does not require are warned about.
 * @param options How to decrypt the file.
 * @returns The static secrets, and warnings about the file.
 * @throws ConfigurationError with every problem of the file.
 * @throws PhalanxError if the file cannot be read or decrypted.
 *
 * @example
 * ```ts
 * const { environment } = loadEnvironment(".", "demo");
 * const { staticSecrets } = await readStaticSecrets("secrets-demo.yaml", environment);
 * console.log([...staticSecrets.applications.keys()].join(", ")); // dashboard, ingress, portal
 * ```
 */
export async function readStaticSecrets(
  file: string,
  environment: Environment,
  options: StaticSecretsOptions = {},
): Promise<StaticSecretsFile> {
  return readFrom(file, file, environment, keysOf(options));
}

function keysOf({ identityFile, passphrase }: StaticSecretsOptions): Keys {
  return {
    identities: async (_, shown) => {
      if (identityFile === undefined) throw locked(shown, "identityFile");
      return { origins: [identityFile], identities: parseIdentities(await readText(identityFile), identityFile) };
    },
    passphrase: async (shown) => {
      if (passphrase === undefined) throw locked(shown, "passphrase");
      return new SecretValue(await passphrase());
    },
  };
}

async function readText(file: string): Promise<string> {
  const content = await readNamedFile(file).catch((cause: unknown) => {
    throw new PhalanxError(diagnostic("identity-option-unreadable", { file, reason: reasonOf(cause) }), { cause });
  });
  return textOf(content, file);
}

function locked(file: string, option: "identityFile" | "passphrase"): PhalanxError {
  return new PhalanxError(diagnostic("static-secrets-locked", { file, option }));
}
