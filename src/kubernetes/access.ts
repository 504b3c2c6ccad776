import type { Proxy } from "../http/proxy.js";
import type { ServerName } from "../http/request.js";
import type { RequestLog } from "../http/request-log.js";
import type { TlsOptions } from "../http/transport.js";
import type { AnyDiagnostic } from "../model/diagnostic.js";

/** The cluster an operator selects; by default the one that kubectl would use. */
export interface ClusterOptions {
  readonly context?: string | undefined;
  readonly kubeconfig?: string | undefined;
}

/** What the client gets from the process. */
export interface ClusterPorts {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly stdin: { readonly isTTY: boolean };
  readonly now: () => Date;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Receives warnings. */
  readonly notify: (diagnostic: AnyDiagnostic) => void;
  readonly requestLog?: RequestLog | undefined;
  /** Where Kubernetes puts a pod's credentials; another directory in tests. */
  readonly serviceAccount?: string;
}

/** A cluster, and how to reach it. Nothing in it that is a credential can be printed. */
export interface ClusterAccess {
  readonly source: "kubeconfig" | "in-cluster";
  readonly context: string | undefined;
  readonly server: string;
  /** The namespace of the context, or of the pod. */
  readonly namespace: string | undefined;
  /** The files that this was read from, as the operator would type them. */
  readonly files: readonly string[];
  readonly connection: () => Connection;
}

export interface Connection {
  readonly server: ServerName;
  readonly tls: TlsOptions;
  readonly proxy: Proxy | undefined;
  readonly login: Login;
}

/** How a request authenticates its sender. */
export interface Identity {
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  /** In PEM. */
  readonly client?: ClientCertificate | undefined;
}

export interface ClientCertificate {
  readonly cert: string;
  readonly key: string;
}

export interface Login {
  readonly identify: () => Promise<Identity>;
  /** Another identity to replace one that the server rejected; undefined if there is none. */
  readonly renew: (refused: Identity) => Promise<Identity | undefined>;
}
