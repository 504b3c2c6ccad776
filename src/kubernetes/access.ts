import type { Proxy } from "../http/proxy.js";
import type { ServerName } from "../http/request.js";
import type { RequestLog } from "../http/request-log.js";
import type { TlsOptions } from "../http/transport.js";
import type { AnyDiagnostic } from "../model/diagnostic.js";

/** Which cluster an operator asks for; without these it is the one that kubectl would take. */
export interface ClusterOptions {
  readonly context?: string | undefined;
  readonly kubeconfig?: string | undefined;
}

/** What the client is given of the process. */
export interface ClusterPorts {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly stdin: { readonly isTTY: boolean };
  readonly now: () => Date;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Takes warnings. */
  readonly notify: (diagnostic: AnyDiagnostic) => void;
  readonly requestLog?: RequestLog | undefined;
  /** Where Kubernetes puts what a pod is to it; another directory in tests. */
  readonly serviceAccount?: string;
}

/** A cluster, and how it is reached. Nothing in it can be printed that is a credential. */
export interface ClusterAccess {
  readonly source: "kubeconfig" | "in-cluster";
  readonly context: string | undefined;
  readonly server: string;
  /** Where the context, or the pod, is. */
  readonly namespace: string | undefined;
  /** The files of which this was read, as the operator would type them. */
  readonly files: readonly string[];
  readonly connection: () => Connection;
}

export interface Connection {
  readonly server: ServerName;
  readonly tls: TlsOptions;
  readonly proxy: Proxy | undefined;
  readonly login: Login;
}

/** What a request says of who sends it. */
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
  /** Another identity than one that the server does not know; undefined if there is none. */
  readonly renew: (refused: Identity) => Promise<Identity | undefined>;
}
