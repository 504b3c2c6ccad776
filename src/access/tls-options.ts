import { readdir, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { PhalanxError } from "../errors.js";
import { reasonOf } from "../files/file-fault.js";
import type { PemFault } from "../model/diagnostics/access.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { encodingOf } from "../model/text-encoding.js";
import type { TlsOptions } from "../http/transport.js";
import { readNamedFile } from "../files/read-bounded.js";
import { type Context, variable, notify } from "../terminal/context.js";

const CERTIFICATE = /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----/;

/** Trusted CAs and client certificate, from the environment variables that Vault's own programs read too. */
export async function tlsOptions(context: Context): Promise<TlsOptions> {
  const ca = await readAuthorities(context);
  const [cert, key] = [await readClientCert(context), await readClientKey(context)];
  if (cert && key) await checkPair(cert, key);
  const servername = variable(context, "VAULT_TLS_SERVER_NAME");
  return {
    ...(ca ? { ca } : {}),
    ...(cert ? { cert } : {}),
    ...(key ? { key } : {}),
    ...(servername ? { servername } : {}),
    ...(skipsVerification(context) ? { rejectUnauthorized: false } : {}),
  };
}

function skipsVerification(context: Context): boolean {
  const value = variable(context, "VAULT_SKIP_VERIFY");
  if (value === undefined || /^(0|f|false)$/i.test(value)) return false;
  notify(context, diagnostic("tls-verification-skipped"));
  return true;
}

async function readAuthorities(context: Context): Promise<string[] | undefined> {
  const file = variable(context, "VAULT_CACERT");
  if (file) {
    const pem = await readPem(context, "VAULT_CACERT", file);
    if (!CERTIFICATE.test(pem)) throw refusal("VAULT_CACERT", file, "no-certificate");
    return [pem];
  }
  const directory = variable(context, "VAULT_CAPATH");
  if (!directory) return undefined;
  const path = resolve(context.cwd, directory);
  const names = await readdir(path).catch((error: unknown) => {
    throw unreadable("VAULT_CAPATH", directory, error);
  });
  // Any file name: OpenSSL uses hashes, as in 1a2b3c4d.0.
  const texts = await Promise.all(
    names.sort().map(async (name) => {
      const isFile = await stat(join(path, name)).then(
        (found) => found.isFile(),
        () => false,
      );
      return isFile ? (await read(context, "VAULT_CAPATH", join(path, name))).toString("utf8") : "";
    }),
  );
  const authorities = texts.filter((text) => CERTIFICATE.test(text));
  if (authorities.length === 0) throw refusal("VAULT_CAPATH", directory, "no-file-with-certificate");
  return authorities;
}

async function readClientCert(context: Context): Promise<string | undefined> {
  const file = variable(context, "VAULT_CLIENT_CERT");
  if (!file) return undefined;
  const cert = await readPem(context, "VAULT_CLIENT_CERT", file);
  if (!CERTIFICATE.test(cert)) throw refusal("VAULT_CLIENT_CERT", file, "no-certificate");
  await check(refusal("VAULT_CLIENT_CERT", file, "certificate-malformed"), { cert });
  return cert;
}

async function readClientKey(context: Context): Promise<string | undefined> {
  const file = variable(context, "VAULT_CLIENT_KEY");
  if (!file) return undefined;
  const key = await readPem(context, "VAULT_CLIENT_KEY", file);
  if (!/-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----/.test(key)) {
    throw refusal("VAULT_CLIENT_KEY", file, "no-key");
  }
  if (key.includes("ENCRYPTED")) {
    throw refusal("VAULT_CLIENT_KEY", file, "key-encrypted");
  }
  await check(refusal("VAULT_CLIENT_KEY", file, "key-malformed"), { key });
  return key;
}

/** Opening a connection would end in a stack trace. The error omits the cause, because it is about a private key. */
async function check(error: PhalanxError, options: TlsOptions): Promise<void> {
  const { createSecureContext } = await import("node:tls");
  try {
    createSecureContext({
      ...(options.cert ? { cert: options.cert } : {}),
      ...(options.key ? { key: options.key } : {}),
    });
  } catch {
    throw error;
  }
}

async function checkPair(cert: string, key: string): Promise<void> {
  const { createPrivateKey, X509Certificate } = await import("node:crypto");
  try {
    if (new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))) return;
  } catch {
    // TLS ignores the rest of such a file; the server will say whether the two match.
    return;
  }
  throw new PhalanxError(diagnostic("tls-key-of-other-certificate"));
}

/** Text of one file. The text around its PEM blocks may be in any ASCII-compatible encoding. */
async function readPem(context: Context, name: string, file: string): Promise<string> {
  const content = await read(context, name, file);
  const { encoding } = encodingOf(content);
  if (encoding === undefined) return content.toString("utf8");
  throw new PhalanxError(diagnostic("file-not-utf8", { encoding }, { place: { file } }));
}

async function read(context: Context, name: string, path: string): Promise<Buffer> {
  try {
    return await readNamedFile(resolve(context.cwd, path));
  } catch (error) {
    throw unreadable(name, path, error);
  }
}

function refusal(variable: string, file: string, fault: PemFault): PhalanxError {
  return new PhalanxError(diagnostic("tls-file-unusable", { file, variable, fault }));
}

function unreadable(variable: string, file: string, cause: unknown): PhalanxError {
  return new PhalanxError(diagnostic("tls-file-unreadable", { file, reason: reasonOf(cause), variable }), { cause });
}
