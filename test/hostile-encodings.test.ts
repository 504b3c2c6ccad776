import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { PhalanxError } from "../src/errors.js";
import { askHidden } from "../src/terminal/ask.js";
import { BIN, type Finished, phalanxHere } from "./support/cli.js";
import { CANARY, isUtf8, type Written, writings } from "./support/encodings.js";
import { counter, fuzz, patience } from "./support/fuzz.js";
import { type Kv, openKv } from "./support/kv.js";
import { environmentFiles, makeTree, type TestTree } from "./support/tree.js";
import { startVault, type TestVault } from "./support/vault.js";

/** What comes in as bytes of its own is in Vault as the same UTF-8, or refused; U+FFFD stands for nothing. */
const inputs = counter("bytes as a value, an answer or a credential");
let vault: TestVault;
let tree: TestTree;
let kv: Kv;
beforeAll(async () => {
  vault = await startVault();
  tree = await makeTree(environmentFiles(vault.url, { app: { secrets: "s: {description: x}\n" } }));
  kv = openKv(vault.url, vault.rootToken, "secret/phalanx/test");
});
afterAll(async () => {
  inputs.report();
  await Promise.all([vault.close(), tree.remove()]);
});

const env = (): Record<string, string> => ({ VAULT_TOKEN: vault.rootToken, HOME: tree.root });

/** `secrets set` in a process of its own, with these bytes on its standard input. */
function setTo(bytes: Buffer, options: readonly string[]): Promise<Finished> {
  return new Promise((done) => {
    const args = [BIN, "secrets", "set", "test", "app/s", ...options];
    const child = spawn(process.execPath, args, {
      cwd: tree.root,
      env: { PATH: process.env["PATH"] ?? "", ...env() },
    });
    const [out, err]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
    child.on("close", (exit) =>
      done({ exit: exit ?? -1, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() }),
    );
    child.stdin.on("error", () => {}).end(bytes);
  });
}

const isUtf16 = ({ how }: Written): boolean => how.startsWith("UTF-16");

function checkOutput({ stdout, stderr }: Finished): void {
  expect(stdout + stderr).not.toContain(CANARY);
  expect(stdout + stderr).not.toContain("\uFFFD");
  expect(stderr).not.toMatch(/^ {2,}at /m);
}

const raw = fc.boolean();
const strange = fc.uint8Array({ maxLength: 30 }).map((bytes): Written => {
  return { how: "any bytes", text: undefined, bytes: Buffer.from(bytes) };
});

test("standard input of secrets set", { timeout: patience(30_000) }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof({ weight: 5, arbitrary: writings() }, strange), raw, async (written, asItIs) => {
      inputs.count();
      await kv.put("app", { s: "before" });
      const finished = await setTo(written.bytes, asItIs ? ["--yes", "--raw"] : ["--yes"]);
      checkOutput(finished);
      const stored = (await kv.get("app"))?.["s"];
      if (!isUtf8(written.bytes) || isUtf16(written)) {
        expect({ ...finished, stored }).toMatchObject({ exit: 2, stdout: "", stored: "before" });
        expect(finished.stderr).toMatch(/^Error: Standard input is .*not UTF-8\nHint: Vault keeps text only\. .+\n$/);
        if (isUtf16(written)) expect(finished.stderr).toMatch(/is UTF-16(?:LE|BE)?, not/);
        return;
      }
      const text = written.bytes.toString("utf8");
      const unmarked = asItIs ? text : text.replace(/^\uFEFF/, "");
      const value = asItIs ? text : unmarked.replace(/\r?\n$/, "");
      expect({ ...finished, stored }).toMatchObject(
        value === "" ? { exit: 2, stored: "before" } : { exit: 0, stored: value },
      );
      expect(finished.stderr.includes("byte order mark")).toBe(unmarked !== text);
    }),
    fuzz(8),
  );
});

/** A terminal that gives these bytes, and then a return. */
async function typed(bytes: Buffer): Promise<string | undefined> {
  const input = new PassThrough();
  const answer = askHidden({ input, output: new PassThrough(), stop: new AbortController().signal }, "Value: ");
  setImmediate(() => input.write(Buffer.concat([bytes, Buffer.from("\r")])));
  return answer;
}

test("what is typed at a prompt", { timeout: patience(30_000) }, async () => {
  // Other control characters edit the line, or end it.
  const lines = fc
    .oneof(writings(), strange)
    .filter(({ bytes }) => !bytes.some((byte) => byte < 0x20 || byte === 0x7f));
  await fc.assert(
    fc.asyncProperty(lines, async ({ bytes }) => {
      inputs.count();
      const answer = await typed(bytes).catch((error: unknown) => {
        if (error instanceof PhalanxError) return error.diagnostic.code;
        throw error;
      });
      expect(answer).toBe(isUtf8(bytes) ? bytes.toString("utf8") : "prompt-not-utf8");
    }),
    fuzz(10),
  );
});

const CREDENTIALS: readonly (readonly [setting: string, options: readonly string[], more: Record<string, string>])[] = [
  ["VAULT_TOKEN_FILE", [], {}],
  ["VAULT_SECRET_ID_FILE", ["--auth", "approle"], { VAULT_ROLE_ID: "r" }],
  ["--jwt-file", ["--auth", "jwt", "--role", "r", "--jwt-file", "credential"], {}],
  ["PHALANX_AGE_IDENTITY_FILE", ["--secrets", "static.age"], {}],
  ["VAULT_CACERT", ["--vault-address", "https://127.0.0.1:1"], {}],
];

test("a file of a credential", { timeout: patience(30_000) }, async () => {
  await writeFile(join(tree.root, "static.age"), "age-encryption.org/v1\n-> X25519 x\nx\n--- x\n");
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...CREDENTIALS), writings(), async ([setting, options, more], written) => {
      inputs.count();
      await writeFile(join(tree.root, "credential"), written.bytes, { mode: 0o600 });
      const named = setting.startsWith("--") ? {} : { [setting]: "credential" };
      const login = /TOKEN|auth|jwt|SECRET/.test(setting) ? { HOME: tree.root } : env();
      const finished = await phalanxHere(["secrets", "audit", "test", ...options], {
        cwd: tree.root,
        env: { ...login, ...named, ...more },
      });
      checkOutput(finished);
      expect(finished).toMatchObject({
        exit: 2,
        stdout: "",
        stderr: expect.stringMatching(/^Error: .+\nHint: .+\n$/s),
      });
      if (isUtf16(written)) expect(finished.stderr).toMatch(/credential: is UTF-16\w*, not UTF-8\n/);
      // What stands beside certificates may be of any encoding.
      else if (setting === "VAULT_CACERT") expect(finished.stderr).toMatch(/credential contains no certificate\n/);
      else if (!isUtf8(written.bytes)) expect(finished.stderr).toMatch(/credential: is not UTF-8\n/);
    }),
    fuzz(40),
  );
});
