import { isIPv6 } from "node:net";
import { join } from "node:path";
import { PhalanxError } from "../errors.js";
import { prescribedProxy } from "../http/proxy.js";
import { diagnostic } from "../model/diagnostics/index.js";
import type { ClusterAccess, ClusterPorts } from "./access.js";
import { checkedPem, checkedToken, readText } from "./material.js";
import { loginByFile } from "./token-file.js";

const SERVICE_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";

/** The cluster of the pod this runs in; undefined outside a pod. */
export async function inCluster(ports: ClusterPorts): Promise<ClusterAccess | undefined> {
  const { env, serviceAccount = SERVICE_ACCOUNT } = ports;
  const [host, port] = [env["KUBERNETES_SERVICE_HOST"], env["KUBERNETES_SERVICE_PORT"]];
  if (!host || !port) return undefined;
  const address = `https://${isIPv6(host) ? `[${host}]` : host}:${port}`;
  if (!/^[\w.:[\]-]+$/.test(`${host}${port}`) || !URL.canParse(address))
    throw new PhalanxError(diagnostic("cluster-address-invalid"));
  const file = (name: string): string => join(serviceAccount, name);
  const read = (name: string): Promise<string> =>
    readText(file(name), file(name), "automountServiceAccountToken of the pod", ports);
  const ca = await checkedPem(await read("ca.crt"), "certificate-authority", { file: file("ca.crt") });
  const namespace = (await read("namespace").catch(() => "")).trim();
  const login = loginByFile(
    file("token"),
    "automountServiceAccountToken of the pod",
    (token, origin) => ({ headers: { authorization: `Bearer ${checkedToken(token, origin)}` } }),
    ports,
  );
  const server = { name: "Kubernetes", setting: "KUBERNETES_SERVICE_HOST", authority: file("ca.crt") };
  const proxy = prescribedProxy(env, address);
  return {
    source: "in-cluster",
    context: undefined,
    server: address,
    namespace: namespace === "" ? undefined : namespace,
    files: [],
    connection: () => ({ server, tls: { ca }, proxy, login }),
  };
}
