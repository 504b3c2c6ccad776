import { generateKeyPairSync } from "node:crypto";
import { writeFile } from "node:fs/promises";
import type { Authority } from "./certificates.js";

/** The path of a control plane file, by name. */
type Place = (name: string) => string;

/** The issuer of service account tokens, and their default audience. */
export const ISSUER = "https://kubernetes.default.svc.cluster.local";

/** Writes the keys and certificates by which the parts of a control plane authenticate each other and their clients. */
export async function writeKeys(file: Place, authority: Authority, host: string): Promise<void> {
  const { cert, key } = authority.issue({ address: host, hosts: ["localhost", "kubernetes.default.svc"] });
  const accounts = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const texts = {
    "ca.pem": authority.cert,
    "server.pem": cert,
    "server-key.pem": key,
    "accounts.pem": accounts.publicKey.export({ type: "spki", format: "pem" }),
    "accounts-key.pem": accounts.privateKey.export({ type: "pkcs8", format: "pem" }),
  };
  await Promise.all(Object.entries(texts).map(([name, text]) => writeFile(file(name), text, { mode: 0o600 })));
}

export const etcdArguments = (directory: string, clients: string, peers: string): string[] => [
  `--data-dir=${directory}`,
  `--listen-client-urls=http://${clients}`,
  `--advertise-client-urls=http://${clients}`,
  `--listen-peer-urls=http://${peers}`,
  `--initial-advertise-peer-urls=http://${peers}`,
  `--initial-cluster=default=http://${peers}`,
  "--unsafe-no-fsync",
  "--log-level=warn",
];

export function apiServerArguments(file: Place, address: string, store: string): string[] {
  const [host = "", port = ""] = address.split(":");
  return [
    `--etcd-servers=http://${store}`,
    `--bind-address=${host}`,
    `--secure-port=${port}`,
    // Not a Service of the cluster: nothing in it could reach a loopback address.
    "--endpoint-reconciler-type=none",
    "--advertise-address=192.0.2.1",
    "--service-cluster-ip-range=10.0.0.0/24",
    `--tls-cert-file=${file("server.pem")}`,
    `--tls-private-key-file=${file("server-key.pem")}`,
    `--client-ca-file=${file("ca.pem")}`,
    `--token-auth-file=${file("tokens.csv")}`,
    "--authorization-mode=RBAC",
    `--service-account-issuer=${ISSUER}`,
    `--service-account-key-file=${file("accounts.pem")}`,
    `--service-account-signing-key-file=${file("accounts-key.pem")}`,
    "--profiling=false",
  ];
}

/** Arguments of the controller manager and of the scheduler, which share nearly all of them. */
export function controllerArguments(name: string, file: Place, address: string, kubeconfig: string): string[] {
  const [host = "", port = ""] = address.split(":");
  return [
    `--kubeconfig=${kubeconfig}`,
    "--leader-elect=false",
    `--bind-address=${host}`,
    `--secure-port=${port}`,
    `--tls-cert-file=${file("server.pem")}`,
    `--tls-private-key-file=${file("server-key.pem")}`,
    ...(name === "kube-scheduler"
      ? []
      : [`--root-ca-file=${file("ca.pem")}`, `--service-account-private-key-file=${file("accounts-key.pem")}`]),
  ];
}
