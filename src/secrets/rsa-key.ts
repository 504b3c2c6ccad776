const PEM = /^-----BEGIN (RSA )?PRIVATE KEY-----\n([A-Za-z0-9+/\n]+={0,2})\n-----END \1PRIVATE KEY-----\n$/;

/** A 2048-bit key has about 1190 bytes, or 1216; anything far shorter was truncated, or is not such a key. */
const SHORTEST = 1100;

/** How a key starts after its sequence header, in hexadecimal: version 0, and then ... */
const PKCS1 = "0201000282"; // ... the modulus, a long integer.
const PKCS8 = "020100300d06092a864886f70d0101010500"; // ... the algorithm rsaEncryption, without parameters.

/**
 * Whether a text is an unencrypted RSA private key in PEM, judging by its outermost structure. Parsing it completely
 * would take `node:crypto`.
 */
export function isRsaPrivateKey(text: string): boolean {
  const [, label = "", body = ""] = PEM.exec(text) ?? [];
  const der = Buffer.from(body, "base64");
  // A sequence (0x30) whose length is in the next two bytes (0x82), with nothing after it.
  if (der.length < SHORTEST || der.readUInt16BE(0) !== 0x3082 || der.readUInt16BE(2) !== der.length - 4) return false;
  return der
    .subarray(4)
    .toString("hex")
    .startsWith(label === "" ? PKCS8 : PKCS1);
}
