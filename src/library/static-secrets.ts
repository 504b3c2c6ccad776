import { readFile } from "node:fs/promises";
import { PhalanxError } from "../errors.js";
import type { Environment } from "../model/environment.js";
import type { StaticSecrets } from "../model/static-secrets.js";
import { SecretValue } from "../model/secret-value.js";
import { parseIdentities } from "../sources/encrypted/identity-file.js";
import type { Keys } from "../sources/encrypted/keys.js";
import { readStaticSecrets as readFrom } from "../sources/file.js";

/** Static secrets from a file, and what should be said about it although it works. */
export interface StaticSecretsFile {
  readonly staticSecrets: StaticSecrets;
  readonly warnings: readonly string[];
}

export interface StaticSecretsOptions {
  /** The age identity file that opens an encrypted file. */
  readonly identityFile?: string;
  /** Opens a file that is encrypted with a passphrase. */
  readonly passphrase?: () => Promise<string>;
}

/**
 * Reads a file of static secrets: YAML, plain or encrypted with age, or a SOPS file with age recipients. What is
 * encrypted is decrypted to memory only.
 *
 * @param environment Only to warn of secrets in the file that it does not require.
 * @throws PhalanxError with every problem of the file.
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
      const text = await readFile(identityFile, "utf8");
      return { origin: identityFile, identities: parseIdentities(text, identityFile) };
    },
    passphrase: async (shown) => {
      if (passphrase === undefined) throw locked(shown, "passphrase");
      return new SecretValue(await passphrase());
    },
  };
}

function locked(shown: string, option: string): PhalanxError {
  return new PhalanxError(`${shown} is encrypted, and nothing to open it with was given`, {
    hint: `Give the option ${option}.`,
  });
}
