import type { Consumer, Delivery, ObjectName, Use } from "../model/consumer.js";
import { findsByPattern, readExternalSecret } from "./external-secret.js";
import { type FieldUse, fieldUses } from "./field-uses.js";
import { at, type Fields, nameOf } from "./hostile.js";
import { objectNameOf } from "./object-name.js";
import { MAX_USES, pullSecretsOf, usesOfPodSpec } from "./pod-spec.js";
import { unpackLists } from "./unpack.js";
import { readVaultSecret } from "./vault-secret.js";
import { readVaultStaticSecret } from "./vault-static-secret.js";
import { isWorkload, podSpecOf } from "./workload.js";

/** An object that was not completely understood, so that there may be more to it. */
export interface Odd {
  readonly object: ObjectName;
  /** It was `too-large` to search; or it copies everything in Vault that it `finds-by-pattern`. */
  readonly why: "too-large" | "finds-by-pattern";
}

export interface Manifests {
  readonly deliveries: readonly Delivery[];
  /** Those with at least one use. */
  readonly consumers: readonly Consumer[];
  readonly odd: readonly Odd[];
}

/** What rendered or live Kubernetes objects copy from Vault, and which of them use Secrets; ignores anything else. */
export function readManifests(documents: readonly unknown[], defaultNamespace: string): Manifests {
  const deliveries: Delivery[] = [];
  const consumers: Consumer[] = [];
  const odd: Odd[] = [];
  const objects = unpackLists(documents).flatMap((object) => {
    const name = objectNameOf(object, defaultNamespace);
    return name === undefined ? [] : [{ name, object }];
  });
  const pullSecrets = pullSecretsOfAccounts(objects);
  for (const { name, object } of objects) {
    const read = DELIVERIES.get(`${name.group}/${name.kind}`);
    if (read !== undefined) {
      const delivery = read(object, name);
      if (delivery !== undefined) deliveries.push(delivery);
      if (name.kind === "ExternalSecret" && findsByPattern(object)) odd.push({ object: name, why: "finds-by-pattern" });
    } else if (isWorkload(name)) {
      const spec = podSpecOf(name, object);
      const own = usesOfPodSpec(spec);
      if (own.length >= MAX_USES) odd.push({ object: name, why: "too-large" });
      const uses = own.some(({ kind }) => kind === "image-pull") ? own : [...own, ...givenBy(pullSecrets, name, spec)];
      if (uses.length > 0) consumers.push({ object: name, workload: true, uses });
    } else if (!UNSEARCHED.has(`${name.group}/${name.kind}`)) {
      const found = fieldUses(object, "", name.group);
      if (!found.whole) odd.push({ object: name, why: "too-large" });
      const isNamespaced = nameOf(at(object, "metadata", "namespace")) !== undefined;
      consumers.push(...byNamespace(name, isNamespaced, found.uses));
    }
  }
  return { deliveries, consumers, odd };
}

const DELIVERIES: ReadonlyMap<string, (object: unknown, name: ObjectName) => Delivery | undefined> = new Map([
  ["ricoberger.de/VaultSecret", readVaultSecret],
  ["external-secrets.io/ExternalSecret", readExternalSecret],
  ["secrets.hashicorp.com/VaultStaticSecret", readVaultStaticSecret],
]);

/** They name no Secret that they use, or are one. */
const UNSEARCHED = new Set([
  "/ConfigMap",
  "/Secret",
  "apiextensions.k8s.io/CustomResourceDefinition",
  "external-secrets.io/ClusterExternalSecret",
]);

/** Service accounts provide pull secrets to pods that have none of their own. */
function pullSecretsOfAccounts(
  objects: readonly { readonly name: ObjectName; readonly object: Fields }[],
): ReadonlyMap<string, readonly string[]> {
  return new Map(
    objects
      .filter(({ name }) => name.group === "" && name.kind === "ServiceAccount")
      .map(({ name, object }) => [`${name.namespace}/${name.name}`, pullSecretsOf(object)]),
  );
}

function givenBy(pullSecrets: ReadonlyMap<string, readonly string[]>, name: ObjectName, spec: unknown): Use[] {
  const account = nameOf(at(spec, "serviceAccountName")) ?? nameOf(at(spec, "serviceAccount")) ?? "default";
  const given = pullSecrets.get(`${name.namespace}/${account}`) ?? [];
  return given.map((secret) => ({ secret, keys: "all", kind: "image-pull" }));
}

/**
 * An object uses Secrets of its own namespace; each use in a cluster-scoped one names a namespace, or takes the
 * default.
 */
function byNamespace(object: ObjectName, isNamespaced: boolean, found: readonly FieldUse[]): Consumer[] {
  const namespaces = new Map<string, Use[]>();
  for (const { use, namespace = object.namespace } of found) {
    if (isNamespaced && namespace !== object.namespace) continue;
    const uses = namespaces.get(namespace) ?? [];
    namespaces.set(namespace, uses);
    uses.push(use);
  }
  return [...namespaces].map(([namespace, uses]) => ({ object: { ...object, namespace }, workload: false, uses }));
}
