import { generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";

/** A certificate and its key, in PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** The subject of a certificate: a server at an address, or a client with a name and groups. */
export type Holder =
  | { readonly address: string; readonly hosts?: readonly string[] }
  | { readonly name: string; readonly groups?: readonly string[] };

/** A certificate authority for the duration of a test. */
export interface Authority extends Certificate {
  issue(holder: Holder): Certificate;
}

const DAY = 86_400_000;

export function makeAuthority(name: string): Authority {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const own = subject(name);
  const cert = certify(own, own, publicKey, privateKey, [
    extension("2.5.29.19", sequence(BOOLEAN_TRUE), true),
    extension("2.5.29.15", der(0x03, Buffer.from([1, 0x06])), true),
  ]);
  return {
    cert,
    key: pem(privateKey),
    issue: (holder) => {
      const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
      const usage = "address" in holder ? "1.3.6.1.5.5.7.3.1" : "1.3.6.1.5.5.7.3.2";
      const extensions = [extension("2.5.29.37", sequence(oid(usage)))];
      if ("address" in holder) {
        const address = der(0x87, Buffer.from(holder.address.split(".").map(Number)));
        const hosts = (holder.hosts ?? []).map((host) => der(0x82, Buffer.from(host)));
        extensions.push(extension("2.5.29.17", sequence(address, ...hosts)));
      }
      const of = "address" in holder ? subject(holder.address) : subject(holder.name, holder.groups);
      return { cert: certify(own, of, pair.publicKey, privateKey, extensions), key: pem(pair.privateKey) };
    },
  };
}

function certify(issuer: Buffer, of: Buffer, key: KeyObject, signer: KeyObject, extensions: readonly Buffer[]): string {
  const algorithm = sequence(oid("1.2.840.10045.4.3.2"));
  const now = Date.now();
  const content = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    algorithm,
    issuer,
    // Some tests set their clocks back.
    sequence(time(now - DAY), time(now + DAY)),
    of,
    key.export({ type: "spki", format: "der" }),
    der(0xa3, sequence(...extensions)),
  );
  const signature = sign("sha256", content, signer);
  const whole = sequence(content, algorithm, der(0x03, Buffer.concat([Buffer.from([0]), signature])));
  const lines = whole.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}

const pem = (key: KeyObject): string => String(key.export({ type: "pkcs8", format: "pem" }));

/** One DER-encoded ASN.1 element: tag, length, content. */
function der(tag: number, ...content: readonly Buffer[]): Buffer {
  const body = Buffer.concat(content);
  const { length } = body;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), body]);
}
const sequence = (...content: readonly Buffer[]): Buffer => der(0x30, ...content);
const BOOLEAN_TRUE = der(0x01, Buffer.from([0xff]));

function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  const bytes = rest.flatMap((number) => {
    const digits = [number & 0x7f];
    for (let left = number >> 7; left > 0; left >>= 7) digits.unshift((left & 0x7f) | 0x80);
    return digits;
  });
  return der(0x06, Buffer.from([40 * first + second, ...bytes]));
}

/** A Kubernetes identity: the user is the common name, and its groups are organisations. */
function subject(name: string, groups: readonly string[] = []): Buffer {
  const part = (type: string, text: string): Buffer => der(0x31, sequence(oid(type), der(0x0c, Buffer.from(text))));
  return sequence(...groups.map((group) => part("2.5.4.10", group)), part("2.5.4.3", name));
}

function time(milliseconds: number): Buffer {
  const text = new Date(milliseconds).toISOString().replace(/[-:T]/g, "").slice(2, 14);
  return der(0x17, Buffer.from(`${text}Z`));
}

function extension(id: string, value: Buffer, critical = false): Buffer {
  return sequence(oid(id), ...(critical ? [BOOLEAN_TRUE] : []), der(0x04, value));
}
