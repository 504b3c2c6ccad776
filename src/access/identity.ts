import { resolve } from "node:path";
import { PhalanxError } from "../errors.js";
import { SecretValue } from "../model/secret-value.js";
import { readNamedFile } from "../files/read-bounded.js";
import { looksLikeAge } from "../sources/encrypted/age-format.js";
import { parseIdentities } from "../sources/encrypted/identity-file.js";
import type { Identities, Keys } from "../sources/encrypted/keys.js";
import { type Context, variable } from "../terminal/context.js";
import { warnIfStrange } from "../terminal/strange-file.js";

/** Where the identities that open encrypted files come from. */
export interface IdentityOption {
  readonly identity?: string;
}

/** The operator's keys: `--identity`, else the environment's variables, and for SOPS files those of sops. */
export function operatorKeys(context: Context, { identity }: IdentityOption): Keys {
  const passphrase = (shown: string): Promise<SecretValue> => askPassphrase(context, shown);
  const fromFile = (file: string, origin: string): Promise<Identities> => readIdentities(context, file, origin);
  return {
    passphrase,
    identities: async (format, shown) => {
      if (identity !== undefined) return fromFile(identity, identity);
      const own = variable(context, "PHALANX_AGE_IDENTITY_FILE");
      if (own !== undefined) return fromFile(own, own);
      const ofSops = format === "sops" ? await sopsIdentities(context) : [];
      if (ofSops.length > 0) {
        return {
          origin: ofSops.map(({ origin }) => origin).join(" and "),
          identities: ofSops.flatMap(({ identities }) => identities),
        };
      }
      const names = ["PHALANX_AGE_IDENTITY_FILE", ...(format === "sops" ? ["SOPS_AGE_KEY_FILE", "SOPS_AGE_KEY"] : [])];
      throw new PhalanxError(`${shown} is encrypted, and no identity to open it with was given`, {
        hint: `Give an age identity file with --identity FILE, or set ${names.join(", or ")}.`,
      });
    },
  };
}

/** As sops does: both, and in the variable several in a line. */
async function sopsIdentities(context: Context): Promise<Identities[]> {
  const file = variable(context, "SOPS_AGE_KEY_FILE");
  const text = variable(context, "SOPS_AGE_KEY");
  return [
    ...(file === undefined ? [] : [await readIdentities(context, file, file)]),
    ...(text === undefined
      ? []
      : [
          {
            origin: "SOPS_AGE_KEY",
            identities: parseIdentities(text.replaceAll(/(?<![ \t])[ \t]+(?=AGE-)/g, "\n"), "SOPS_AGE_KEY"),
          },
        ]),
  ];
}

async function readIdentities(context: Context, file: string, origin: string): Promise<Identities> {
  const content = await readNamedFile(resolve(context.cwd, file), warnIfStrange(context, origin)).catch(
    (error: NodeJS.ErrnoException) => {
      throw new PhalanxError(
        error.code === "ENOENT" ? `${origin} does not exist` : `${origin} cannot be read (${error.code})`,
        { hint: "Give an age identity file with --identity FILE, or correct the variable that names it." },
      );
    },
  );
  return { origin, identities: parseIdentities(await identityText(context, content, origin), origin) };
}

/** An identity file may itself be encrypted with a passphrase. */
async function identityText(context: Context, content: Uint8Array, origin: string): Promise<string> {
  if (!looksLikeAge(content)) return Buffer.from(content).toString("utf8");
  const { openAge } = await import("../sources/encrypted/age.js");
  const { plaintext } = await openAge(content, origin, {
    passphrase: (shown) => askPassphrase(context, shown),
    identities: () => {
      throw new PhalanxError(`${origin} is an encrypted file, not an age identity file`, {
        hint: "Give the file that age-keygen wrote.",
      });
    },
  });
  return Buffer.from(plaintext).toString("utf8");
}

async function askPassphrase(context: Context, shown: string): Promise<SecretValue> {
  if (!context.stdin.isTTY) {
    throw new PhalanxError(`${shown} is encrypted with a passphrase, and there is no terminal to ask for it at`, {
      hint: "Run this at a terminal, or encrypt the file to an age recipient and give --identity FILE.",
    });
  }
  const answer = await context.stdin.askHidden(`Passphrase for ${shown}: `);
  if (answer) return new SecretValue(answer);
  throw new PhalanxError(`No passphrase for ${shown} was given`);
}
