import { keysBehind } from "../manifests/behind.js";
import { deliveredSecret } from "../manifests/delivered-data.js";
import { applicationAt } from "../manifests/vault-path.js";
import type { Delivery, DeliveryPart } from "../model/consumer.js";
import type { VaultLocation } from "../model/environment.js";
import { SecretValue } from "../model/secret-value.js";
import type { KubernetesSecret } from "../kubernetes/secret.js";
import type { KeyFacts } from "./judge.js";
import type { VaultKey } from "./vault-facts.js";

/** One key of a Secret in the cluster, and how it compares with Vault. */
export interface DataKey extends KeyFacts {
  readonly key: string;
}

/** One of our secrets, and its keys in question. */
export interface AskedSecret {
  readonly vault: Pick<VaultLocation, "mount" | "path">;
  readonly application: string;
  /** Those of its latest version; undefined if Vault has no readable one. */
  readonly keys: readonly VaultKey[] | undefined;
  readonly asked: (key: string) => boolean;
}

/** How the keys of a cluster's Secret that come from one of ours compare with Vault. */
export function compareSecret(
  delivery: Delivery,
  ours: AskedSecret,
  secret: KubernetesSecret | "absent" | "unreadable",
): DataKey[] {
  const { keys, asked } = ours;
  const parts = delivery.parts.filter((part) => isOf(ours, delivery, part));
  if (keys === undefined) {
    return namesOf(parts, typeof secret === "string" ? [] : [...secret.data.keys()]).map((key) => ({
      key,
      sinceInVault: undefined,
      copy: "not-in-vault",
    }));
  }
  const paths = new Set(parts.map(({ path }) => path));
  const values = new Map(keys.map(({ key, value }) => [key, value]));
  const since = new Map(keys.map(({ key, sinceInVault }) => [key, sinceInVault]));
  const expected = deliveredSecret(delivery, (path) => (paths.has(path) ? values : undefined));
  return namesOf(parts, [...values.keys()]).flatMap((key): DataKey[] => {
    const [first] = keysBehind(delivery, key);
    // Of several parts that provide it, the first one does.
    if (first === undefined || !paths.has(first.path)) return [];
    const behind = typeof first.keys === "string" ? undefined : first.keys;
    if (behind !== undefined && !behind.some(asked)) return [];
    const bytes = expected(key);
    // An operator omits some values.
    if (bytes === "absent") return [];
    const [only] = behind ?? [];
    return [
      {
        key,
        // A template may produce the same from two values.
        sinceInVault: typeof bytes === "string" || only === undefined ? undefined : since.get(only),
        copy: copyOf(secret, key, bytes),
      },
    ];
  });
}

/** Whether part of a delivery reads one of our secrets. */
function isOf(
  { vault, application }: Pick<AskedSecret, "vault" | "application">,
  { by }: Delivery,
  { path }: DeliveryPart,
): boolean {
  return applicationAt(path, by, vault) === application;
}

/** The keys of a Secret that parts of its delivery provide, if Vault has these keys. */
function namesOf(parts: readonly DeliveryPart[], keys: readonly string[]): readonly string[] {
  const names = parts.flatMap((part) =>
    part.kind === "keys"
      ? keys.filter((key) => part.only?.includes(key) !== false && part.except?.includes(key) !== true)
      : (part.as ?? []),
  );
  return [...new Set(names)];
}

/** @param expected What its operator makes of Vault's value, as far as known. */
function copyOf(
  secret: KubernetesSecret | "absent" | "unreadable",
  key: string,
  expected: Uint8Array | string,
): KeyFacts["copy"] {
  if (typeof secret === "string") return secret;
  const data = secret.data.get(key);
  if (data === undefined) return "absent";
  if (typeof expected === "string") return "not-comparable";
  return data.base64.equals(new SecretValue(Buffer.from(expected).toString("base64"))) ? "same" : "differs";
}
