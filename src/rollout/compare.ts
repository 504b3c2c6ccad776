import { deliveredData } from "../manifests/delivered-data.js";
import { placeInVault } from "../manifests/vault-path.js";
import type { Delivery, DeliveryPart } from "../model/consumer.js";
import type { VaultLocation } from "../model/environment.js";
import { SecretValue } from "../model/secret-value.js";
import type { KubernetesSecret } from "../kubernetes/secret.js";
import type { KeyFacts } from "./judge.js";
import type { VaultKey } from "./vault-facts.js";

/** One key of a Secret of the cluster, and how it stands to Vault. */
export interface DataKey extends KeyFacts {
  readonly key: string;
}

/** One of our secrets, and which of its keys are asked about. */
export interface AskedSecret {
  readonly vault: Pick<VaultLocation, "mount" | "path">;
  readonly application: string;
  /** Those of its latest version; undefined where Vault has none that can be read. */
  readonly keys: readonly VaultKey[] | undefined;
  readonly asked: (key: string) => boolean;
}

/** How the keys of a cluster's Secret that come from one of ours stand to Vault. */
export function compareSecret(
  delivery: Delivery,
  ours: AskedSecret,
  secret: KubernetesSecret | "absent" | "unreadable",
): DataKey[] {
  const found = new Map<string, DataKey>();
  const claimed = new Set<string>();
  // Of several parts that give a key, the first one does.
  for (const part of delivery.parts) {
    const isOurs = isOf(ours, delivery, part);
    const { claims, told } = isOurs ? dataKeys(part, ours, secret) : { claims: named(part), told: [] };
    for (const each of told) if (!claimed.has(each.key)) found.set(each.key, each);
    for (const key of claims) claimed.add(key);
  }
  return [...found.values()];
}

/** Whether a part of a delivery reads one of our secrets. */
export function isOf(
  { vault, application }: Pick<AskedSecret, "vault" | "application">,
  { by }: Delivery,
  { path }: DeliveryPart,
): boolean {
  const place = placeInVault(vault, by, path);
  return place.below && place.application === application;
}

function named(part: DeliveryPart): readonly string[] {
  return part.kind === "keys" || part.as === undefined ? [] : [part.as];
}

/** The keys of the Secret that a part gives, and how those stand to Vault that are asked about. */
interface PartKeys {
  readonly claims: readonly string[];
  readonly told: readonly DataKey[];
}

function dataKeys(
  part: DeliveryPart,
  { keys, asked }: AskedSecret,
  secret: KubernetesSecret | "absent" | "unreadable",
): PartKeys {
  if (keys === undefined) return { claims: named(part), told: withoutVault(part, secret) };
  if (part.kind === "made") {
    const isAsked = part.from === undefined || part.from.some(asked);
    const told = named(part).map((key) => ({ key, sinceInVault: undefined, copy: copyOf(secret, key, undefined) }));
    return { claims: named(part), told: isAsked ? told : [] };
  }
  const delivered = deliveredData(part, new Map(keys.map(({ key, value }) => [key, value])));
  const own = keys.flatMap(({ key, sinceInVault }) => {
    const as = part.kind === "keys" ? key : part.key === key ? part.as : undefined;
    const isLeft = part.kind === "keys" && (part.only?.includes(key) === false || part.except?.includes(key) === true);
    return as === undefined || isLeft ? [] : [{ key, as, sinceInVault }];
  });
  return {
    claims: own.map(({ as }) => as),
    told: own
      .filter(({ key }) => asked(key))
      .map(({ as, sinceInVault }) => {
        const bytes = delivered === "not-comparable" ? undefined : delivered.get(as);
        return { key: as, sinceInVault, copy: copyOf(secret, as, bytes) };
      }),
  };
}

/** What the cluster still holds of a secret that Vault does not give any more. */
function withoutVault(part: DeliveryPart, secret: KubernetesSecret | "absent" | "unreadable"): DataKey[] {
  const keys =
    part.kind === "keys" ? (typeof secret === "string" ? [] : [...secret.data.keys()]) : [part.as ?? []].flat();
  return keys.map((key) => ({ key, sinceInVault: undefined, copy: "not-in-vault" }));
}

/** @param expected Undefined where it cannot be told what should be there. */
function copyOf(
  secret: KubernetesSecret | "absent" | "unreadable",
  key: string,
  expected: Uint8Array | undefined,
): KeyFacts["copy"] {
  if (typeof secret === "string") return secret;
  const data = secret.data.get(key);
  if (data === undefined) return "absent";
  if (expected === undefined) return "not-comparable";
  return data.base64.equals(new SecretValue(Buffer.from(expected).toString("base64"))) ? "same" : "differs";
}
