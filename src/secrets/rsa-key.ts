const PEM = /^-----BEGIN (RSA )?PRIVATE KEY-----\n([A-Za-z0-9+/\n]+={0,2})\n-----END \1PRIVATE KEY-----\n$/;

/** One of 2048 bits has about 1190 bytes, or 1216; what is far shorter was cut off, or is no such key. */
const SHORTEST = 1100;

/** What a key begins with behind the header of its sequence, in hexadecimal: version 0, and then ... */
const PKCS1 = "0201000282"; // ... the modulus, a long integer.
const PKCS8 = "020100300d06092a864886f70d0101010500"; // ... the algorithm rsaEncryption, without parameters.

/**
 * Whether a text is an RSA private key in PEM, unencrypted, by its outermost structure. To read it to the end would take
 * `node:crypto`.
 */
export function isRsaPrivateKey(text: string): boolean {
  const [, label = "", body = ""] = PEM.exec(text) ?? [];
  const der = Buffer.from(body, "base64");
  // A sequence (0x30) whose length is in the next two bytes (0x82), and that is everything.
  if (der.length < SHORTEST || der.readUInt16BE(0) !== 0x3082 || der.readUInt16BE(2) !== der.length - 4) return false;
  return der
    .subarray(4)
    .toString("hex")
    .startsWith(label === "" ? PKCS8 : PKCS1);
}
