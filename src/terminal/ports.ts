import { userInfo } from "node:os";
import type { Context } from "./context.js";

/** Time, randomness and slow computations of the real program; heavy modules are loaded on first use. */
export const ports: Pick<
  Context,
  "now" | "randomBytes" | "sleep" | "bcryptHash" | "bcryptVerify" | "rsaPrivateKey" | "login"
> = {
  now: () => new Date(),
  randomBytes: (size) => globalThis.crypto.getRandomValues(new Uint8Array(size)),
  sleep: (milliseconds, signal) =>
    new Promise((done) => {
      const end = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", end);
        done();
      };
      const timer = setTimeout(end, milliseconds);
      signal?.addEventListener("abort", end);
    }),
  login: () => {
    try {
      return userInfo().username;
    } catch {
      // A container may run as a user that its system does not list.
      return undefined;
    }
  },
  bcryptHash: async (password, cost) => {
    const { hash } = await import("@node-rs/bcrypt");
    return hash(password, { cost, version: "2b" });
  },
  bcryptVerify: async (password, hash) => {
    const { verify } = await import("@node-rs/bcrypt");
    return verify(password, hash);
  },
  rsaPrivateKey: async () => {
    const [{ generateKeyPair }, { promisify }] = await Promise.all([import("node:crypto"), import("node:util")]);
    const { privateKey } = await promisify(generateKeyPair)("rsa", {
      modulusLength: 2048,
      publicExponent: 65_537,
      publicKeyEncoding: { type: "spki", format: "pem" },
      privateKeyEncoding: { type: "pkcs8", format: "pem" },
    });
    return privateKey;
  },
};
