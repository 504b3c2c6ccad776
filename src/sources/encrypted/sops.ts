import { createHash } from "node:crypto";
import { PhalanxError } from "../../errors.js";
import { diagnostic } from "../../model/diagnostics/index.js";
import { isMapping } from "../../yaml/kind.js";
import type { MappingFile } from "../../yaml/mapping-file.js";
import type { YamlValue } from "../../yaml/kind.js";
import { decryptWith } from "./age.js";
import type { Keys } from "./identities.js";
import { readMetadata, type SopsMetadata } from "./sops-metadata.js";
import { decryptValue, plainValue, type SopsValue } from "./sops-value.js";

const DATA_KEY_LENGTH = 32;

/** Start of the MAC for a file with `mac_only_encrypted`: SHA-256 of "sops". */
const ONLY_ENCRYPTED = createHash("sha256").update("sops").digest();

/**
 * A SOPS file with its values decrypted. Every value is bound to its path, and the MAC covers all of them: a file in
 * which anything was changed, moved, added or removed is refused.
 *
 * @param shown How the operator named the file.
 * @throws PhalanxError without any decrypted text.
 */
export async function openSops(file: MappingFile, shown: string, keys: Keys): Promise<MappingFile> {
  const metadata = readMetadata(file.value["sops"], shown);
  const dataKey = await openDataKey(metadata.encryptedKeys, shown, keys);
  const decrypted: MappingFile = {
    ...file,
    keys: (path) => file.keys(path).filter((key) => path.length > 0 || key !== "sops"),
  };
  const { value, mac } = decryptTree(decrypted, metadata, dataKey);
  const expected = decryptValue(metadata.mac, dataKey, metadata.lastModified);
  if (expected === undefined || expected.value !== mac)
    throw new PhalanxError(diagnostic("sops-mac-mismatch", {}, { place: { file: shown } }));
  return { ...decrypted, value };
}

async function openDataKey(encryptedKeys: readonly string[], shown: string, keys: Keys): Promise<Uint8Array> {
  const identities = await keys.identities("sops", shown);
  let failure: unknown;
  for (const encrypted of encryptedKeys) {
    try {
      const key = await decryptWith(Buffer.from(encrypted.trim()), shown, identities);
      if (key.length === DATA_KEY_LENGTH) return key;
      failure ??= new PhalanxError(diagnostic("sops-data-key-malformed", {}, { place: { file: shown } }));
    } catch (error) {
      if (!(error instanceof PhalanxError)) throw error;
      failure ??= error;
    }
  }
  throw failure;
}

/** Decrypts in file order, which is the order of the MAC. */
function decryptTree(
  file: MappingFile,
  { encrypts, macOnlyEncrypted }: SopsMetadata,
  key: Uint8Array,
): { readonly value: MappingFile["value"]; readonly mac: string } {
  const hash = createHash("sha512");
  if (macOnlyEncrypted) hash.update(ONLY_ENCRYPTED);
  // A path including list indices, which are not part of what a value is bound to.
  type Path = readonly (string | number)[];
  const leaf = (value: YamlValue, path: Path): YamlValue | undefined => {
    const names = path.filter((step) => typeof step === "string");
    const encrypted = encrypts(names);
    const result = encrypted ? decrypt(value, names.join(":")) : plainValue(value);
    if (result === undefined) {
      const place = file.position(path, "value");
      throw new PhalanxError(diagnostic("sops-value-unreadable", { path: names }, { place }));
    }
    if (result.counted && (encrypted || !macOnlyEncrypted)) hash.update(result.counted);
    return result.value;
  };
  const decrypt = (value: YamlValue, place: string): SopsValue | undefined =>
    typeof value === "string" ? decryptValue(value, key, `${place}:`) : undefined;
  const entries = (value: MappingFile["value"], path: Path): [string, YamlValue | undefined][] =>
    file.keys(path).map((name) => [name, walk(value[name] as YamlValue, [...path, name])]);
  const walk = (value: YamlValue, path: Path): YamlValue | undefined => {
    if (value === null) return null;
    if (Array.isArray(value)) {
      return value.map((item, i) => walk(item, [...path, i])).filter((item) => item !== undefined);
    }
    return isMapping(value) ? mapping(entries(value, path)) : leaf(value, path);
  };
  const value = mapping(entries(file.value, []));
  return { value, mac: hash.digest("hex").toUpperCase() };
}

function mapping(entries: readonly [string, YamlValue | undefined][]): MappingFile["value"] {
  // Not assigned one by one: an application may be called __proto__.
  return Object.fromEntries(entries.map(([name, value]) => [name, value ?? null]));
}
