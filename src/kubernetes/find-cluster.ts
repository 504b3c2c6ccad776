import { homedir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { ConfigurationError, PhalanxError } from "../errors.js";
import { parseProxy, prescribedProxy } from "../http/proxy.js";
import type { TlsOptions } from "../http/transport.js";
import { isLoopback } from "../http/no-proxy.js";
import { diagnostic } from "../model/diagnostics/index.js";
import type { ClusterAccess, ClusterOptions, ClusterPorts } from "./access.js";
import type { ClusterInfo } from "./exec-plugin.js";
import { ClusterFields, ContextFields } from "./fields.js";
import { inCluster } from "./in-cluster.js";
import { fieldsOf, type Kubeconfig, type KubeconfigEntry, mergeKubeconfigs, readKubeconfig } from "./kubeconfig.js";
import { ANONYMOUS, loginOf } from "./login.js";
import { pemOf, readText } from "./material.js";

/** Finds the cluster that kubectl would use: from kubeconfigs, or from a pod's environment. */
export async function findCluster(options: ClusterOptions, ports: ClusterPorts): Promise<ClusterAccess> {
  const { env } = ports;
  const listed = (env["KUBECONFIG"] ?? "").split(delimiter).filter((file) => file !== "");
  const [setting, named] =
    options.kubeconfig !== undefined
      ? ["--kubeconfig", [options.kubeconfig]]
      : listed.length > 0
        ? ["KUBECONFIG", listed]
        : [undefined, [join(env["HOME"] || homedir(), ".kube", "config")]];
  const found = await readFiles(named, setting, ports);
  if (found.files.length > 0) return fromKubeconfig(mergeKubeconfigs(found.configs), found.files, options, ports);
  if (setting !== undefined) throw new PhalanxError(diagnostic("kubeconfig-not-there", { files: named }));
  const pod = options.context === undefined ? await inCluster(ports) : undefined;
  if (pod === undefined) throw new PhalanxError(diagnostic("cluster-not-configured", { files: named }));
  return pod;
}

interface Found {
  readonly files: readonly string[];
  readonly configs: readonly Kubeconfig[];
}

/** A missing file in a list is skipped, as kubectl does; one named by an option is an error. */
async function readFiles(named: readonly string[], setting: string | undefined, ports: ClusterPorts): Promise<Found> {
  const found = { files: [] as string[], configs: [] as Kubeconfig[] };
  for (const file of named) {
    const path = resolve(ports.cwd, file);
    const text = await readText(path, file, setting ?? "KUBECONFIG", ports).catch((error: unknown) => {
      if (error instanceof PhalanxError && isAbsent(error) && setting !== "--kubeconfig") return undefined;
      throw error;
    });
    if (text === undefined) continue;
    found.files.push(file);
    found.configs.push(readKubeconfig(text, file, dirname(path)));
  }
  return found;
}

function isAbsent({ diagnostic: { details } }: PhalanxError): boolean {
  return "reason" in details && details.reason === "ENOENT";
}

async function fromKubeconfig(
  config: Kubeconfig,
  files: readonly string[],
  options: ClusterOptions,
  ports: ClusterPorts,
): Promise<ClusterAccess> {
  const known = [...config.contexts.keys()];
  const name = options.context ?? config.currentContext;
  if (name === undefined) throw new PhalanxError(diagnostic("kubeconfig-no-context", { files, known }));
  const context = config.contexts.get(name);
  if (context === undefined)
    throw new PhalanxError(diagnostic("kubeconfig-context-unknown", { context: name, files, known }));
  const { namespace, ...names } = fieldsOf(context, ContextFields);
  const entry = (section: "clusters" | "users", of: string): KubeconfigEntry => {
    const found = config[section].get(of);
    if (found !== undefined) return found;
    const place = context.place([section === "clusters" ? "cluster" : "user"]);
    throw new ConfigurationError(
      diagnostic("kubeconfig-entry-missing", { section, name: of, context: name }, { place }),
    );
  };
  const cluster = entry("clusters", names.cluster);
  const fields = fieldsOf(cluster, ClusterFields);
  const url = serverUrl(cluster, fields.server);
  const secure = url.startsWith("https:");
  if (!secure && !isLoopback(new URL(url).hostname)) ports.notify(diagnostic("connection-not-encrypted", { url }));
  const tls = secure ? await tlsOf(cluster, fields, ports) : {};
  const proxy = fields["proxy-url"]
    ? parseProxy(`proxy-url in ${cluster.file}`, fields["proxy-url"])
    : prescribedProxy(ports.env, url);
  const login =
    secure && names.user ? await loginOf(entry("users", names.user), clusterInfo(url, fields, tls), ports) : ANONYMOUS;
  const { file } = cluster;
  const setting = `server of the context "${name}" in ${file}`;
  const server = { name: "Kubernetes", setting, authority: `certificate-authority in ${file}` };
  return {
    source: "kubeconfig",
    context: name,
    server: url,
    namespace: namespace || undefined,
    files,
    connection: () => ({ server, tls, proxy, login }),
  };
}

/** A cluster's URL, in a form that can be shown and extended by paths. */
function serverUrl(entry: KubeconfigEntry, server: string): string {
  const url = URL.canParse(server) ? new URL(server) : undefined;
  if (url && /^https?:$/.test(url.protocol) && !url.username && !url.password && !url.search && !url.hash)
    return url.href.replace(/\/$/, "");
  throw new ConfigurationError(diagnostic("kubeconfig-server-invalid", {}, { place: entry.place(["server"]) }));
}

async function tlsOf(entry: KubeconfigEntry, fields: ClusterFields, ports: ClusterPorts): Promise<TlsOptions> {
  const servername = fields["tls-server-name"];
  const name = servername ? { servername } : {};
  if (fields["insecure-skip-tls-verify"]) {
    ports.notify(diagnostic("cluster-verification-skipped", {}, { place: entry.place(["insecure-skip-tls-verify"]) }));
    return { ...name, rejectUnauthorized: false };
  }
  const ca = await pemOf(entry, fields, "certificate-authority", ports);
  return { ...name, ...(ca !== undefined && { ca }) };
}

/** What plugins may read: `Cluster` of client.authentication.k8s.io. */
function clusterInfo(server: string, fields: ClusterFields, { ca, servername }: TlsOptions): ClusterInfo {
  const config = fields.extensions?.find(({ name }) => name === "client.authentication.k8s.io/exec")?.extension;
  return {
    server,
    ...(servername && { "tls-server-name": servername }),
    ...(fields["insecure-skip-tls-verify"] && { "insecure-skip-tls-verify": true }),
    ...(typeof ca === "string" && { "certificate-authority-data": Buffer.from(ca).toString("base64") }),
    ...(fields["proxy-url"] && { "proxy-url": fields["proxy-url"] }),
    ...(config !== undefined && { config }),
  };
}
