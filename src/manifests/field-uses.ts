import type { Use } from "../model/consumer.js";
import { isKubernetesKey } from "../model/names.js";
import { at, entriesOf, fieldsOf, listOf, nameOf, textOf } from "./hostile.js";
import { optionalOf } from "./optional.js";

const MAX_DEPTH = 64;
const MAX_NODES = 100_000;

export interface FieldUse {
  readonly use: Use;
  /** The namespace in the reference, if any. */
  readonly namespace: string | undefined;
}

export interface FieldUses {
  readonly uses: readonly FieldUse[];
  /** Whether everything was searched. */
  readonly whole: boolean;
}

/** Fields whose text is the name of a Secret. `clientSecret` and the like are not: they may hold the secret itself. */
const NAMING_FIELD =
  /^(?:secretName|secretRef|secretKeyRef|existingSecret|[A-Za-z0-9]{1,64}(?:SecretName|SecretRef)|existing[A-Za-z0-9]{1,64}Secret|(?:admin|auth|credentials?|certificate|password|pull|imagePull|tls|tlsCertificate)Secret)$/;
/** Fields whose mapping refers to a Secret by `name`; a list may hold such mappings. */
const REFERRING_FIELD =
  /^(?:(?:[A-Za-z0-9]{1,64}S|s)ecret(?:Key)?(?:Ref|Refs|Reference|Selector)?|secretTargetRef|imagePullSecrets?|[A-Za-z0-9]{0,64}PullSecrets?)$/;
/** Fields beside the name of a Secret that name its keys. */
const KEY_FIELDS = ["key", "secretKey", "valuesKey"];
/** In Strimzi's resources: `{secretName, certificate, key}`, `{secretName, password}`. */
const STRIMZI_KEY_FIELDS = ["key", "certificate", "password", "accessToken", "privateKey"];

/** Everything in an object that names a Secret, found by field names; `place` is the object's own position. */
export function fieldUses(object: unknown, place: string, group = ""): FieldUses {
  const uses: FieldUse[] = [];
  const keyFields = group === "kafka.strimzi.io" ? STRIMZI_KEY_FIELDS : KEY_FIELDS;
  let nodes = 0;
  let whole = true;

  function add(secret: string | undefined, reference: unknown, field: string): void {
    if (secret === undefined) return;
    const use: Use = { secret, keys: keysIn(reference, keyFields), kind: "field", field, ...optionalOf(reference) };
    uses.push({ use, namespace: nameOf(at(reference, "namespace")) });
  }

  function look(value: unknown, place: string, name: string, depth: number): void {
    nodes += 1;
    if (nodes > MAX_NODES || depth > MAX_DEPTH) {
      whole = false;
      return;
    }
    if (Array.isArray(value)) {
      for (const [index, item] of listOf(value).entries()) {
        if (nodes > MAX_NODES) return;
        look(item, `${place}[${index}]`, name, depth + 1);
      }
      return;
    }
    if (fieldsOf(value) === undefined) return;
    // `secretRef: {name: x}` and `- kind: Secret, name: x`.
    const refers = REFERRING_FIELD.test(name) || at(value, "kind") === "Secret";
    if (refers) add(nameOf(at(value, "name")), value, place);
    for (const [name, member] of entriesOf(value)) {
      if (nodes > MAX_NODES) return;
      const field = `${place}${place === "" ? "" : "."}${printed(name)}`;
      if (typeof member === "string") {
        if (NAMING_FIELD.test(name)) add(nameOf(member), value, field);
      } else look(member, field, name, depth + 1);
    }
  }

  look(object, place, "", 0);
  return { uses, whole };
}

/** Field names are the author's: one that is not a simple word is not repeated. */
function printed(name: string): string {
  return /^[A-Za-z0-9_-]{1,64}$/.test(name) ? name : "…";
}

function keysIn(reference: unknown, keyFields: readonly string[]): Use["keys"] {
  const named = [
    ...keyFields.map((field) => at(reference, field)),
    ...listOf(at(reference, "items")).map((item) => at(item, "key")),
  ].flatMap((key) => textOf(key) ?? []);
  return named.length > 0 && named.every(isKubernetesKey) ? named : "all";
}
