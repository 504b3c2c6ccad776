import { isDeepStrictEqual } from "node:util";
import { setTimeout as after } from "node:timers/promises";
import { ROOT } from "./cli.js";
import type { ControlPlane } from "./control-plane.js";
import { openApi, type KubernetesApi } from "./kubernetes-api.js";

const GROUP = "/apis/ricoberger.de/v1alpha1";

export interface SecretsOperatorOptions {
  readonly plane: ControlPlane;
  /** A Vault with KV version 2, and a token that may read what VaultSecrets name. */
  readonly vault: { readonly url: string; readonly token: string };
  /** Milliseconds between two rounds; ricoberger's own waits a minute. */
  readonly every?: number;
}

/**
 * A substitute for ricoberger's vault-secrets-operator: copies what VaultSecrets name in Vault to a Secret of the
 * cluster.
 */
export interface SecretsOperator {
  /** Runs another round now, and fails if that is not possible. */
  copyNow(): Promise<void>;
  /** Waits for the current round, and then stops. */
  stop(): Promise<void>;
}

interface VaultSecret {
  readonly metadata: ObjectMeta & { readonly uid: string; readonly generation: number };
  readonly spec: {
    readonly path: string;
    readonly keys?: readonly string[];
    readonly templates?: Readonly<Record<string, string>>;
    readonly type: string;
    readonly isBinary?: boolean;
    readonly reconcileStrategy?: "Replace" | "Merge";
  };
  readonly status?: { readonly conditions?: readonly { readonly status: string }[] };
}
interface ObjectMeta {
  readonly name: string;
  readonly namespace: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}
interface Secret {
  readonly metadata: ObjectMeta & { readonly resourceVersion: string };
  readonly type: string;
  readonly data?: Readonly<Record<string, string>>;
}

export async function defineVaultSecrets(plane: ControlPlane): Promise<void> {
  await plane.kubectl(["apply", "--server-side", "-f", `${ROOT}test/cluster/crds/vaultsecrets.yaml`]);
  await plane.kubectl(["wait", "--for=condition=Established", "crd/vaultsecrets.ricoberger.de", "--timeout=60s"]);
}

/** Starts it in this process, once VaultSecrets are defined. */
export function startSecretsOperator({ plane, vault, every = 500 }: SecretsOperatorOptions): SecretsOperator {
  const { server, ca, adminToken: token } = plane;
  const api = openApi({ server, ca, token, timeout: 5000 });
  const stopping = new AbortController();
  let running: Promise<void> = Promise.resolve();
  const copyNow = (): Promise<void> => {
    const pass = running.catch(() => {}).then(() => copyAll(api, vault));
    running = pass;
    return pass;
  };
  const work = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      // If the cluster does not respond, the next round tries again.
      await copyNow().catch(() => {});
      await after(every, undefined, { signal: stopping.signal }).catch(() => {});
    }
  };
  const working = work();
  return {
    copyNow,
    stop: async () => {
      stopping.abort();
      await working;
      await running.catch(() => {});
      api.close();
    },
  };
}

async function copyAll(api: KubernetesApi, vault: SecretsOperatorOptions["vault"]): Promise<void> {
  const { items } = await api.must<{ items: readonly VaultSecret[] }>("GET", `${GROUP}/vaultsecrets`);
  for (const each of items) {
    const [done, reason, message] = await copy(api, vault, each);
    if (!done) continue;
    const condition = {
      type: "SecretCreated",
      status: done,
      reason,
      message,
      observedGeneration: each.metadata.generation,
      lastTransitionTime: new Date().toISOString().replace(/\.\d+/, ""),
    };
    const { namespace, name } = each.metadata;
    const path = `${GROUP}/namespaces/${namespace}/vaultsecrets/${name}/status`;
    await api.must("PATCH", path, { status: { conditions: [condition] } });
  }
}

type Result = readonly ["True" | "False", string, string] | readonly [undefined];

/** Writes only differences, like the operator; otherwise there is no status to write either. */
async function copy(
  api: KubernetesApi,
  vault: SecretsOperatorOptions["vault"],
  { metadata, spec, status }: VaultSecret,
): Promise<Result> {
  const { name, namespace, uid, labels = {}, annotations = {} } = metadata;
  let data: Record<string, string>;
  try {
    data = await read(vault, spec);
  } catch (error) {
    return ["False", "FetchFailed", (error as Error).message];
  }
  const owner = { apiVersion: "ricoberger.de/v1alpha1", kind: "VaultSecret", name, uid, controller: true };
  const secrets = `/api/v1/namespaces/${namespace}/secrets`;
  const secret = {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name, namespace, labels, annotations, ownerReferences: [owner] },
    type: spec.type,
    data,
  };
  const { status: found, body } = await api.call("GET", `${secrets}/${name}`);
  if (found === 404) {
    await api.must("POST", secrets, secret);
    return ["True", "Created", "Secret was created"];
  }
  if (found !== 200) throw new Error(`${name}: ${found}`);
  const old = body as Secret;
  if (spec.reconcileStrategy === "Merge") secret.data = { ...old.data, ...data };
  const same =
    old.type === secret.type &&
    isDeepStrictEqual(old.data ?? {}, secret.data) &&
    isDeepStrictEqual(old.metadata.labels ?? {}, labels) &&
    isDeepStrictEqual(old.metadata.annotations ?? {}, annotations);
  if (same && status?.conditions?.[0]?.status === "True") return [undefined];
  await api.must("PUT", `${secrets}/${name}`, secret);
  return ["True", "Updated", "Secret was updated"];
}

/** The data of the Secret, in base64. */
async function read(
  { url, token }: SecretsOperatorOptions["vault"],
  { path, keys = [], templates, isBinary = false }: VaultSecret["spec"],
): Promise<Record<string, string>> {
  const [mount, ...rest] = path.split("/");
  const answer = await fetch(`${url}/v1/${mount}/data/${rest.join("/")}`, {
    headers: { "X-Vault-Token": token },
    signal: AbortSignal.timeout(5000),
  });
  if (!answer.ok) throw new Error(answer.status === 404 ? "secret is nil" : `Vault says ${answer.status}`);
  const { data } = (await answer.json()) as { data: { data: Record<string, unknown> } };
  const values = Object.entries(data.data)
    .filter(([key, value]) => value !== null && (keys.length === 0 || keys.includes(key)))
    .map(([key, value]) => [key, convert(value, isBinary)] as const);
  if (values.length === 0) throw new Error("invalid secret data");
  const converted: Record<string, Buffer> = Object.fromEntries(values);
  const made = templates === undefined ? converted : render(templates, converted);
  return Object.fromEntries(Object.entries(made).map(([key, value]) => [key, value.toString("base64")]));
}

/** Like the operator, which converts objects to JSON and rejects lists. */
function convert(value: unknown, isBinary: boolean): Buffer {
  if (typeof value === "string") return Buffer.from(value, isBinary ? "base64" : "utf8");
  if (typeof value === "object" && !Array.isArray(value)) return Buffer.from(JSON.stringify(sorted(value)));
  if (typeof value === "number" || typeof value === "boolean") return Buffer.from(String(value));
  throw new Error("could not parse secret value");
}

/** Go writes the keys of objects in order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, each]) => [key, sorted(each)]));
}

/** Supports only the name of a value in Go's templates. */
function render(
  templates: Readonly<Record<string, string>>,
  values: Readonly<Record<string, Buffer>>,
): Record<string, Buffer> {
  const rendered = Object.entries(templates).map(([key, text]) => {
    const filled = text.replace(/\{%\s*\.Secrets\.([A-Za-z0-9_]+)\s*%\}/g, (_, name: string) =>
      String(values[name] ?? "<no value>"),
    );
    return [key, Buffer.from(filled)] as const;
  });
  return Object.fromEntries(rendered);
}
