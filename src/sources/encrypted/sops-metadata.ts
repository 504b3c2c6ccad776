import * as z from "zod/mini";
import { PhalanxError } from "../../errors.js";
import { diagnostic } from "../../model/diagnostics/index.js";
import type { UnsupportedInSops } from "../../model/diagnostics/sources.js";
import { parsePattern } from "./sops-pattern.js";

const MasterKeys = z.nullish(z.array(z.looseObject({})));

const KeyGroup = z.looseObject({
  age: z.nullish(z.array(z.looseObject({ enc: z.string() }))),
  pgp: MasterKeys,
  kms: MasterKeys,
  gcp_kms: MasterKeys,
  azure_kv: MasterKeys,
  hc_vault: MasterKeys,
  hckms: MasterKeys,
});

const Rule = z.nullish(z.string());

const Metadata = z.extend(KeyGroup, {
  key_groups: z.nullish(z.array(KeyGroup)),
  lastmodified: z.union([z.string(), z.date()]),
  mac: z.nullish(z.string()),
  mac_only_encrypted: z.nullish(z.boolean()),
  unencrypted_suffix: Rule,
  encrypted_suffix: Rule,
  unencrypted_regex: Rule,
  encrypted_regex: Rule,
  unencrypted_comment_regex: Rule,
  encrypted_comment_regex: Rule,
});

/** The part of a file's `sops` mapping that reading requires. */
export interface SopsMetadata {
  /** The data key, encrypted once per recipient. */
  readonly encryptedKeys: readonly string[];
  readonly mac: string;
  /** The MAC is bound to this. */
  readonly lastModified: string;
  readonly macOnlyEncrypted: boolean;
  /** Whether the value at this path of names is encrypted. */
  readonly encrypts: (names: readonly string[]) => boolean;
}

const KINDS = {
  age: "age",
  pgp: "PGP",
  kms: "AWS KMS",
  gcp_kms: "GCP KMS",
  azure_kv: "Azure Key Vault",
  hc_vault: "Vault",
  hckms: "HuaweiCloud KMS",
};

/** @throws PhalanxError naming what is not supported. */
export function readMetadata(sops: unknown, shown: string): SopsMetadata {
  const parsed = Metadata.safeParse(sops);
  if (!parsed.success) {
    const field = parsed.error.issues[0]?.path.join(".") ?? "";
    throw new PhalanxError(diagnostic("sops-metadata-malformed", { field }, { place: { file: shown } }));
  }
  const metadata = parsed.data;
  const { lastmodified: time, mac, key_groups: groups } = metadata;
  if (groups && groups.length > 1) throw unsupported(shown, { feature: "key-groups", count: groups.length });
  const group = kindsIn(metadata).length === 0 && groups?.[0] ? groups[0] : metadata;
  const encryptedKeys = (group.age ?? []).map(({ enc }) => enc);
  if (encryptedKeys.length === 0) {
    throw unsupported(shown, { feature: "recipients", kinds: kindsIn(group) });
  }
  if (!mac) throw new PhalanxError(diagnostic("sops-mac-missing", { file: shown }));
  return {
    encryptedKeys,
    mac,
    lastModified: typeof time === "string" ? time : time.toISOString().replace(/\.\d+Z$/, "Z"),
    macOnlyEncrypted: metadata.mac_only_encrypted ?? false,
    encrypts: ruleOf(metadata, shown),
  };
}

function kindsIn(group: z.infer<typeof KeyGroup>): readonly string[] {
  return Object.entries(KINDS).flatMap(([kind, name]) => (group[kind as keyof typeof KINDS]?.length ? [name] : []));
}

function ruleOf(metadata: z.infer<typeof Metadata>, shown: string): SopsMetadata["encrypts"] {
  const rules = (
    [
      "unencrypted_suffix",
      "encrypted_suffix",
      "unencrypted_regex",
      "encrypted_regex",
      "unencrypted_comment_regex",
      "encrypted_comment_regex",
    ] as const
  ).flatMap((name) => (metadata[name] ? [{ name, pattern: metadata[name] }] : []));
  if (rules.length > 1) throw unsupported(shown, { feature: "rules", rules: rules.map(({ name }) => name) });
  const { name, pattern } = rules[0] ?? { name: "unencrypted_suffix", pattern: "_unencrypted" };
  if (name.includes("comment")) throw unsupported(shown, { feature: "rules", rules: [name] });
  const matches = name.endsWith("suffix") ? (text: string) => text.endsWith(pattern) : matcher(pattern, name, shown);
  return name.startsWith("unencrypted") ? (names) => !names.some(matches) : (names) => names.some(matches);
}

/** If this is wrong, the MAC will not match. */
function matcher(pattern: string, name: string, shown: string): (text: string) => boolean {
  const matches = parsePattern(pattern);
  if (matches === undefined) throw unsupported(shown, { feature: "pattern", rule: name });
  return matches;
}

function unsupported(file: string, what: UnsupportedInSops): PhalanxError {
  return new PhalanxError(diagnostic("sops-unsupported", { file, ...what }));
}
