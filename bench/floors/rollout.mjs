// Floor of `rollout status`: what copies secrets in every namespace, which cluster it is, what Vault holds and held, and what runs
// where something is copied. Arguments: the root of the configuration, the environment, the URL of the cluster, its certificate.
import { readFileSync } from "node:fs";
import { Agent, request } from "node:https";
import { parseEnvironment } from "./files.mjs";
import { close, get, readPrefix } from "./vault.mjs";

const COPIES = [
  "ricoberger.de/v1alpha1 vaultsecrets",
  "external-secrets.io/v1 externalsecrets",
  "secrets.hashicorp.com/v1beta1 vaultstaticsecrets",
];
const WORKLOADS = [
  ...["deployments", "statefulsets", "daemonsets", "replicasets"].map((resource) => `apps/v1 ${resource}`),
  ...["jobs", "cronjobs"].map((resource) => `batch/v1 ${resource}`),
];
const [root, environment, cluster, certificate] = process.argv.slice(2);
const { enabled, vaultUrl, vaultPath } = parseEnvironment(root, environment);
const agent = new Agent({ keepAlive: true, maxSockets: 16, ca: readFileSync(certificate) });

const ask = (path) =>
  new Promise((done, fail) => {
    request(cluster + path, { agent, headers: { authorization: "Bearer t" } }, (answer) => {
      let text = "";
      answer.setEncoding("utf8");
      answer.on("data", (chunk) => (text += chunk));
      answer.on("end", () => done(JSON.parse(text)));
    })
      .on("error", fail)
      .end();
  });
const list = (namespace, kinds) =>
  kinds.map((kind) => {
    const [version, resource] = kind.split(" ");
    return ask(`/apis/${version}/namespaces/${namespace}/${resource}?limit=500`);
  });

const copies = await Promise.all(enabled.flatMap((namespace) => list(namespace, COPIES)));
await ask("/api/v1/namespaces/kube-system");
const [mount, ...prefix] = vaultPath.split("/");
const copied = copies.flatMap(({ items }) => items.map(({ metadata }) => metadata));
await Promise.all(copied.map(({ name }) => get(vaultUrl, `/v1/${mount}/metadata/${prefix.join("/")}/${name}`)));
await readPrefix(vaultUrl, vaultPath);
await Promise.all(
  copied.flatMap(({ namespace, name }) => [
    ask(`/api/v1/namespaces/${namespace}/secrets/${name}`),
    ask(`/api/v1/namespaces/${namespace}/pods?limit=500`),
    ...list(namespace, WORKLOADS),
  ]),
);
agent.destroy();
close();
