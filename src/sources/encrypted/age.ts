import type { Decrypter, Encrypter } from "age-encryption";
import type { AnyDiagnostic } from "../../model/diagnostic.js";
import { PhalanxError } from "../../errors.js";
import { diagnostic } from "../../model/diagnostics/index.js";
import type { SecretValue } from "../../model/secret-value.js";
import { isArmoured, recipientTypes, rewrittenAge } from "./age-format.js";
import type { Identities, Keys } from "./identities.js";

/** A decrypted file, and the key that opened it. */
export interface OpenedAge {
  readonly plaintext: Uint8Array;
  readonly armoured: boolean;
  readonly openedWith: { readonly passphrase: SecretValue } | { readonly identities: Identities };
  /** The file without its armour. */
  readonly file: Uint8Array;
}

/** Who a file is encrypted for. */
export type Audience = { readonly passphrase: SecretValue } | { readonly recipients: readonly string[] };

/**
 * Decrypts a file to memory.
 *
 * @param shown How the operator named it.
 * @throws PhalanxError with one line, without the library's own message, which may quote the identity.
 */
export async function openAge(content: Uint8Array, shown: string, keys: Keys): Promise<OpenedAge> {
  const rewritten = rewrittenAge(content);
  if (rewritten !== undefined) throw new PhalanxError(diagnostic("age-file-rewritten", { file: shown, ...rewritten }));
  const armoured = isArmoured(content);
  const file = armoured ? await withoutArmour(content, shown) : content;
  const types = recipientTypes(file);
  if (types.length === 0) throw damaged(shown);
  if (types.includes("scrypt")) {
    const passphrase = await keys.passphrase(shown);
    const wrong = diagnostic("age-passphrase-wrong", { file: shown });
    const plaintext = await unlock(file, shown, (decrypter) => decrypter.addPassphrase(passphrase.reveal()), wrong);
    return { plaintext, armoured, file, openedWith: { passphrase } };
  }
  const identities = await keys.identities("age", shown);
  const plaintext = await decryptWith(file, shown, identities);
  return { plaintext, armoured, file, openedWith: { identities } };
}

/** Decrypts content encrypted to recipients. */
export async function decryptWith(
  file: Uint8Array,
  shown: string,
  { identities, origins }: Identities,
): Promise<Uint8Array> {
  const content = isArmoured(file) ? await withoutArmour(file, shown) : file;
  const unfit = diagnostic("age-identity-unfit", { file: shown, origins });
  return unlock(content, shown, (decrypter) => addIdentities(decrypter, { identities, origins }), unfit);
}

/**
 * Who a file was encrypted for, as far as the keys that opened it tell: age files do not name their recipients.
 * `others` is the number of further ones.
 */
export async function audienceOf({ file, openedWith }: OpenedAge): Promise<{ audience: Audience; others: number }> {
  if ("passphrase" in openedWith) return { audience: openedWith, others: 0 };
  const { Decrypter, identityToRecipient } = await import("age-encryption");
  const recipients = new Set<string>();
  for (const identity of openedWith.identities.identities) {
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity.reveal());
    const opens = await decrypter.decryptHeader(file).then(
      () => true,
      () => false,
    );
    if (opens) recipients.add(await identityToRecipient(identity.reveal()));
  }
  return { audience: { recipients: [...recipients] }, others: recipientTypes(file).length - recipients.size };
}

export async function sealAge(text: Uint8Array | string, audience: Audience, armoured: boolean): Promise<Uint8Array> {
  const { armor, Encrypter } = await import("age-encryption");
  const encrypter = new Encrypter();
  if ("passphrase" in audience) encrypter.setPassphrase(audience.passphrase.reveal());
  else for (const recipient of audience.recipients) addRecipient(encrypter, recipient);
  const file = await encrypter.encrypt(text);
  return armoured ? new TextEncoder().encode(armor.encode(file)) : file;
}

function addRecipient(encrypter: Encrypter, recipient: string): void {
  try {
    encrypter.addRecipient(recipient);
  } catch {
    // Show only what starts like a recipient: it may be a private key, pasted by mistake.
    throw new PhalanxError(diagnostic("age-recipient-malformed", recipient.startsWith("age1") ? { recipient } : {}));
  }
}

function addIdentities(decrypter: Decrypter, { identities, origins }: Identities): void {
  try {
    for (const identity of identities) decrypter.addIdentity(identity.reveal());
  } catch {
    throw new PhalanxError(diagnostic("age-identity-damaged", { origins }));
  }
}

async function unlock(
  file: Uint8Array,
  shown: string,
  addKeys: (decrypter: Decrypter) => void,
  noMatch: AnyDiagnostic,
): Promise<Uint8Array> {
  const { Decrypter } = await import("age-encryption");
  const decrypter = new Decrypter();
  addKeys(decrypter);
  try {
    return await decrypter.decrypt(file);
  } catch (error) {
    const reason = error instanceof Error ? error.message : "";
    if (/no identity matched/.test(reason)) throw new PhalanxError(noMatch);
    if (/work factor/.test(reason)) throw new PhalanxError(diagnostic("age-work-factor-too-high", { file: shown }));
    throw damaged(shown);
  }
}

async function withoutArmour(content: Uint8Array, shown: string): Promise<Uint8Array> {
  const { armor } = await import("age-encryption");
  try {
    return armor.decode(new TextDecoder().decode(content));
  } catch {
    throw damaged(shown);
  }
}

function damaged(shown: string): PhalanxError {
  return new PhalanxError(diagnostic("age-file-damaged", { file: shown }));
}
