import { resolve } from "node:path";
import { PhalanxError } from "../errors.js";
import { reasonOf } from "../files/file-fault.js";
import { isOwn } from "../files/ownership.js";
import { readNamedFile } from "../files/read-bounded.js";
import type { PemFault } from "../model/diagnostics/access.js";
import type { Place } from "../model/diagnostic.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { isToken } from "../model/names.js";
import { SecretValue } from "../model/secret-value.js";
import { decodeUtf8, encodingOf } from "../model/text-encoding.js";
import type { ClientCertificate, ClusterPorts } from "./access.js";
import type { KubeconfigEntry } from "./kubeconfig.js";

type Ports = Pick<ClusterPorts, "env" | "notify">;

/** Reads a file that may hold a credential; warns, as elsewhere, if another user can change it. */
export async function readText(path: string, shown: string, setting: string, ports: Ports): Promise<string> {
  const content = await readNamedFile(path, (status) => {
    if (status.isFile() && !isOwn(status, ports.env))
      ports.notify(diagnostic("credential-file-not-own", { file: shown }));
  }).catch((error: unknown) => {
    const details = { file: shown, reason: reasonOf(error), setting };
    throw new PhalanxError(diagnostic("credential-file-unreadable", details), { cause: error });
  });
  const text = decodeUtf8(content);
  if (text !== undefined) return text;
  throw new PhalanxError(diagnostic("file-not-utf8", encodingOf(content), { place: { file: shown } }));
}

/** A token that can be sent, registered for masking. */
export function checkedToken(token: string, origin: string): string {
  if (!isToken(token)) throw new PhalanxError(diagnostic("token-malformed", { origin }));
  told(token);
  return token;
}

/** Registers a credential for masking. */
export function told(credential: string): SecretValue {
  return new SecretValue(credential);
}

/** The name of a field with PEM: that of the field naming a file, with `-data` appended. */
type PemField = "certificate-authority" | "client-certificate" | "client-key";
type PemFields = { readonly [F in PemField | `${PemField}-data`]?: string | null | undefined };

/** The PEM of a field: inline data in the kubeconfig takes precedence over a file. */
export async function pemOf(
  entry: KubeconfigEntry,
  fields: PemFields,
  field: PemField,
  ports: Ports,
): Promise<string | undefined> {
  const [data, file] = [fields[`${field}-data`], fields[field]];
  const used = data ? `${field}-data` : field;
  const text = data
    ? Buffer.from(data, "base64").toString("utf8")
    : file
      ? await readText(resolve(entry.directory, file), file, `${field} in ${entry.file}`, ports)
      : undefined;
  return text === undefined ? undefined : checkedPem(text, used, entry.place([used]));
}

/** Checks that a text is the PEM that a field requires. */
export async function checkedPem(text: string, field: string, place: Place): Promise<string> {
  const fault = await faultOf(text, field.replace(/-data$/, ""));
  if (fault === undefined) return text;
  throw new PhalanxError(diagnostic("pem-unusable", { field, fault }, { place }));
}

const CERTIFICATE = /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----/;

/** Why a text is not what a field requires. TLS itself would end in a stack trace about a private key. */
async function faultOf(text: string, field: string): Promise<PemFault | undefined> {
  if (field === "client-key") {
    if (!/-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----/.test(text)) return "no-key";
    if (text.includes("ENCRYPTED")) return "key-encrypted";
    told(text);
    return (await isTaken({ key: text })) ? undefined : "key-malformed";
  }
  if (!CERTIFICATE.test(text)) return "no-certificate";
  return (await isCertificate(text)) ? undefined : "certificate-malformed";
}

/** TLS itself ignores a broken CA, and then trusts nobody. */
async function isCertificate(text: string): Promise<boolean> {
  const { X509Certificate } = await import("node:crypto");
  try {
    return new X509Certificate(text).subject !== undefined && (await isTaken({ cert: text }));
  } catch {
    return false;
  }
}

async function isTaken(options: Partial<ClientCertificate>): Promise<boolean> {
  const { createSecureContext } = await import("node:tls");
  try {
    createSecureContext(options);
    return true;
  } catch {
    return false;
  }
}

/** Whether a certificate and a key are usable and belong together; TLS accepts a key of another type. */
export async function isPair({ cert, key }: ClientCertificate): Promise<boolean> {
  const { createPrivateKey, X509Certificate } = await import("node:crypto");
  try {
    return new X509Certificate(cert).checkPrivateKey(createPrivateKey(key)) && (await isTaken({ cert, key }));
  } catch {
    return false;
  }
}
