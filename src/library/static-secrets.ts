import { PhalanxError } from "../errors.js";
import { diagnostic } from "../model/diagnostics/index.js";
import type { Environment } from "../model/environment.js";
import { SecretValue } from "../model/secret-value.js";
import { reasonOf } from "../files/file-fault.js";
import { readNamedFile } from "../files/read-bounded.js";
import { textOf } from "../sources/content.js";
import { parseIdentities } from "../sources/encrypted/identities.js";
import type { Keys } from "../sources/encrypted/identities.js";
import { readStaticSecrets as readFrom, type StaticSecretsFile } from "../sources/file.js";

export type { StaticSecretsFile };

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
