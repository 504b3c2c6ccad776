import { PhalanxError } from "../errors.js";
import { reasonOf } from "../files/file-fault.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { SecretValue } from "../model/secret-value.js";
import { textOf } from "../sources/content.js";
import { looksLikeAge } from "../sources/encrypted/age-format.js";
import { parseIdentities } from "../sources/encrypted/identities.js";
import type { Identities, Keys } from "../sources/encrypted/identities.js";
import { type Context, variable } from "../terminal/context.js";
import { readCredentialFile } from "./credential-file.js";

/** Where the identities that decrypt files come from. */
export interface IdentityOption {
  readonly identity?: string;
}

/** The operator's keys: `--identity`, else the environment variables, including those of sops for SOPS files. */
export function operatorKeys(context: Context, { identity }: IdentityOption): Keys {
  const passphrase = (shown: string): Promise<SecretValue> => askPassphrase(context, shown);
  const fromFile = (file: string): Promise<Identities> => readIdentities(context, file);
  return {
    passphrase,
    identities: async (format, shown) => {
      if (identity !== undefined) return fromFile(identity);
      const own = variable(context, "PHALANX_AGE_IDENTITY_FILE");
      if (own !== undefined) return fromFile(own);
      const ofSops = format === "sops" ? await sopsIdentities(context) : [];
      if (ofSops.length > 0) {
        return {
          origins: ofSops.flatMap(({ origins }) => origins),
          identities: ofSops.flatMap(({ identities }) => identities),
        };
      }
      const variables = [
        "PHALANX_AGE_IDENTITY_FILE",
        ...(format === "sops" ? ["SOPS_AGE_KEY_FILE", "SOPS_AGE_KEY"] : []),
      ];
      throw new PhalanxError(diagnostic("identity-missing", { file: shown, variables }));
    },
  };
}

/** As sops does: reads both, and allows several per line in the variable. */
async function sopsIdentities(context: Context): Promise<Identities[]> {
  const file = variable(context, "SOPS_AGE_KEY_FILE");
  const text = variable(context, "SOPS_AGE_KEY");
  return [
    ...(file === undefined ? [] : [await readIdentities(context, file)]),
    ...(text === undefined
      ? []
      : [
          {
            origins: ["SOPS_AGE_KEY"],
            identities: parseIdentities(text.replaceAll(/(?<![ \t])[ \t]+(?=AGE-)/g, "\n"), "SOPS_AGE_KEY"),
          },
        ]),
  ];
}

async function readIdentities(context: Context, file: string): Promise<Identities> {
  const content = await readCredentialFile(context, file, file).catch((error: unknown) => {
    throw new PhalanxError(diagnostic("identity-file-unreadable", { file, reason: reasonOf(error) }));
  });
  return {
    origins: [file],
    identities: parseIdentities(textOf(await identityContent(context, content, file), file), file),
  };
}

/** An identity file may itself be passphrase-encrypted. */
async function identityContent(context: Context, content: Uint8Array, file: string): Promise<Uint8Array> {
  if (!looksLikeAge(content)) return content;
  const { openAge } = await import("../sources/encrypted/age.js");
  const { plaintext } = await openAge(content, file, {
    passphrase: (shown) => askPassphrase(context, shown),
    identities: () => {
      throw new PhalanxError(diagnostic("identity-file-encrypted", { file }));
    },
  });
  return plaintext;
}

async function askPassphrase(context: Context, file: string): Promise<SecretValue> {
  if (!context.stdin.isTTY) throw new PhalanxError(diagnostic("passphrase-without-terminal", { file }));
  const answer = await context.stdin.askHidden(`Passphrase for ${file}: `);
  if (answer) return new SecretValue(answer);
  throw new PhalanxError(diagnostic("passphrase-missing", { file }));
}
