import type { ClusterAccess, ClusterPorts } from "./access.js";
import { isProvenAbsent } from "./absent.js";
import { bodyOf, type Fields, isRefused, type Question, type Refused, timeOf } from "./answer.js";
import { kindOf, pathOf, type ResourceKind, type Target } from "./kinds.js";
import { type Listed, listVersion, refusedOr } from "./list.js";
import { checkedObject } from "./object.js";
import { type KubernetesSecret, secretOf } from "./secret.js";
import { type Asking, openAsking } from "./send.js";

/** Kinds that hold values are read one by one, and differently. */
type Listable = Exclude<ResourceKind, "secrets">;

/** One object as of a moment on the server's clock. */
export interface Got<T> {
  readonly object: T;
  readonly at: Date;
}

/** The part of a cluster's API that we use, all of it read-only. */
export interface Cluster {
  readonly server: string;
  /** All objects of a kind, in one namespace or in all. "absent": the server does not know the kind. */
  readonly list: (resource: Listable, namespace?: string) => Promise<Listed | "absent" | Refused>;
  /** @param namespace Undefined for cluster-scoped objects. */
  readonly get: (
    resource: Listable,
    namespace: string | undefined,
    name: string,
  ) => Promise<Got<Fields> | "absent" | Refused>;
  readonly secret: (namespace: string, name: string) => Promise<Got<KubernetesSecret> | "absent" | Refused>;
  /** Closes all connections. */
  readonly close: () => void;
}

/** Prepares access to a cluster's API; the first request opens a connection. */
export function openCluster(access: ClusterAccess, ports: Pick<ClusterPorts, "sleep" | "requestLog">): Cluster {
  const { server } = access;
  const asking = openAsking(access, ports);
  const get = (target: Target) => inKnownVersion(target, (version) => getVersion(asking, version, { server, target }));
  return {
    server,
    list: (resource, namespace) => {
      const target = { resource, namespace };
      return inKnownVersion(target, (version) => listVersion(asking, version, { server, target }));
    },
    get: (resource, namespace, name) => get({ resource, namespace, name }),
    secret: async (namespace, name) => {
      const target: Target = { resource: "secrets", namespace, name };
      const found = await get(target);
      if (found === "absent" || isRefused(found)) return found;
      return { object: secretOf(found.object, { server, target }), at: found.at };
    },
    close: asking.close,
  };
}

/** Tries the newest version first, then older ones that the server may know. */
async function inKnownVersion<T>(
  { resource }: Target,
  ask: (version: string) => Promise<T | "absent">,
): Promise<T | "absent"> {
  for (const version of kindOf(resource).versions) {
    const found = await ask(version);
    if (found !== "absent") return found;
  }
  return "absent";
}

async function getVersion(
  asking: Asking,
  version: string,
  question: Question,
): Promise<Got<Fields> | "absent" | Refused> {
  const response = await asking.ask(pathOf(question.target, version));
  if (await isProvenAbsent(response, question.target, version, asking)) return "absent";
  if (response.status !== 200) return refusedOr(question, response);
  return { object: checkedObject(bodyOf(response), version, question), at: timeOf(response, question) };
}
