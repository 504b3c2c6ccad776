import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import type { IncomingHttpHeaders } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import type { ClusterAccess, ClusterOptions, ClusterPorts } from "../../src/kubernetes/access.js";
import { type Cluster, openCluster } from "../../src/kubernetes/cluster.js";
import { findCluster } from "../../src/kubernetes/find-cluster.js";
import { ROOT } from "./cli.js";

/** The self-signed certificate of 127.0.0.1, and its key. */
export const TLS = {
  certFile: `${ROOT}test/fixtures/tls/cert.pem`,
  keyFile: `${ROOT}test/fixtures/tls/key.pem`,
};

export interface Asked {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Every header of a name, in order of arrival. */
  readonly all: (name: string) => string[];
  /** Whether the client presented a certificate. */
  readonly certificate: boolean;
}

export interface Given {
  readonly status?: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** "cut": the connection is closed without a response. */
export type Handle = (asked: Asked, count: number) => Given | "cut" | Promise<Given | "cut">;

/** A cluster whose API server is this process, with a home for kubeconfigs. */
export interface FakeCluster {
  readonly url: string;
  readonly directory: string;
  readonly asked: readonly Asked[];
  /** Codes of warnings. */
  readonly warned: readonly string[];
  /** Milliseconds of each pause. */
  readonly pauses: readonly number[];
  /** Writes a file to the directory, objects as JSON; returns its path. */
  readonly write: (name: string, content: unknown) => Promise<string>;
  readonly find: (options?: ClusterOptions, ports?: Partial<ClusterPorts>) => Promise<ClusterAccess>;
  /** Opens the cluster of a kubeconfig with this one user. */
  readonly openAs: (user: object, more?: KubeconfigParts, ports?: Partial<ClusterPorts>) => Promise<Cluster>;
  readonly open: (access: ClusterAccess) => Cluster;
  readonly close: () => Promise<void>;
}

export interface KubeconfigParts {
  readonly cluster?: object;
  readonly context?: object;
}

/** A kubeconfig with one context, `here`. */
export function kubeconfigOf(server: string, user: object, { cluster = {}, context = {} }: KubeconfigParts = {}) {
  const trusted = "certificate-authority-data" in cluster || "insecure-skip-tls-verify" in cluster;
  return {
    apiVersion: "v1",
    kind: "Config",
    "current-context": "here",
    clusters: [
      { name: "c", cluster: { server, ...(!trusted && { "certificate-authority": TLS.certFile }), ...cluster } },
    ],
    users: [{ name: "u", user }],
    contexts: [{ name: "here", context: { cluster: "c", user: "u", ...context } }],
  };
}

export async function startCluster(handle: Handle): Promise<FakeCluster> {
  const [cert, key] = await Promise.all([readFile(TLS.certFile), readFile(TLS.keyFile)]);
  const directory = await mkdtemp(join(tmpdir(), "phalanx-cluster-"));
  const [asked, warned, pauses]: [Asked[], string[], number[]] = [[], [], []];
  const server = createServer(
    { cert, key, requestCert: true, rejectUnauthorized: false },
    async (incoming, outgoing) => {
      const { method = "", url = "", headers, rawHeaders, socket } = incoming;
      const all = (name: string): string[] =>
        rawHeaders.filter((_, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === name);
      const certificate = Object.keys((socket as TLSSocket).getPeerCertificate()).length > 0;
      const one = { method, path: url, headers, all, certificate };
      asked.push(one);
      const given = await handle(one, asked.length);
      if (given === "cut") return void socket.destroy();
      const { status = 200, body, headers: more } = given;
      if (more?.["date"] === "none") outgoing.sendDate = false;
      else outgoing.writeHead(status, more);
      outgoing.statusCode = status;
      outgoing.end(typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body));
    },
  );
  server.on("tlsClientError", () => {});
  await new Promise<void>((done) => void server.listen(0, "127.0.0.1", done));
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const opened: Cluster[] = [];
  const ports: ClusterPorts = {
    env: { HOME: directory, PATH: process.env["PATH"] },
    cwd: directory,
    stdin: { isTTY: false },
    now: () => new Date(),
    sleep: (milliseconds) => Promise.resolve(void pauses.push(milliseconds)),
    notify: ({ code }) => void warned.push(code),
  };
  const write = async (name: string, content: unknown): Promise<string> => {
    const path = join(directory, name);
    await writeFile(path, typeof content === "string" ? content : JSON.stringify(content));
    return path;
  };
  const find: FakeCluster["find"] = (options = {}, more = {}) => findCluster(options, { ...ports, ...more });
  const open: FakeCluster["open"] = (access) => {
    const cluster = openCluster(access, ports);
    opened.push(cluster);
    return cluster;
  };
  return {
    url,
    directory,
    asked,
    warned,
    pauses,
    write,
    find,
    open,
    openAs: async (user, parts, more) => {
      const kubeconfig = await write("kubeconfig", kubeconfigOf(url, user, parts));
      return open(await find({ kubeconfig }, more));
    },
    close: async () => {
      for (const cluster of opened) cluster.close();
      server.closeAllConnections();
      await new Promise<unknown>((done) => server.close(done));
      await rm(directory, { recursive: true });
    },
  };
}

/** A list of pods as returned by the server. */
export function podList(names: readonly string[], metadata: object = {}) {
  return {
    kind: "PodList",
    apiVersion: "v1",
    metadata: { resourceVersion: "7", ...metadata },
    items: names.map((name) => ({ metadata: { name, namespace: "ns" } })),
  };
}

/** A failure as returned by the server. */
export function failure(code: number, reason: string, details: object = {}): Given {
  const status = {
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Failure",
    message: "no",
    reason,
    details,
    code,
  };
  return { status: code, body: status };
}
