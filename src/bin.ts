#!/usr/bin/env node
import type { Context } from "./cli/context.js";
import { main } from "./cli/program.js";

const context: Context = {
  env: process.env,
  cwd: process.cwd(),
  stdout: { write: (text) => void process.stdout.write(text), isTTY: process.stdout.isTTY },
  stderr: { write: (text) => void process.stderr.write(text), isTTY: process.stderr.isTTY },
  now: () => new Date(),
  randomBytes: (size) => globalThis.crypto.getRandomValues(new Uint8Array(size)),
  sleep: (milliseconds) => new Promise((done) => void setTimeout(done, milliseconds)),
  interrupted: () =>
    new Promise((done) => {
      process.once("SIGINT", () => done());
      process.once("SIGTERM", () => done());
    }),
  bcryptHash: async (password, cost) => {
    const { hash } = await import("@node-rs/bcrypt");
    return hash(password, { cost, version: "2b" });
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

// A reader that closes the pipe early (head, less) is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

process.exitCode = await main(context, process.argv.slice(2));
