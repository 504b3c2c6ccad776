import { randomBytes } from "node:crypto";
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Certificate, makeAuthority } from "./certificates.js";
import { eventually } from "./cluster-node.js";
import { apiServerArguments, controllerArguments, etcdArguments, writeKeys } from "./control-plane-arguments.js";
import { startNodes } from "./control-plane-nodes.js";
import { type Credential, type KubeContext, kubeconfig } from "./kubeconfig.js";
import { type KubernetesApi, openApi } from "./kubernetes-api.js";
import { type Part, partPath, preparePart } from "./control-plane-part.js";
import { ownHost } from "./proxy.js";
import { freePort } from "./real-vault.js";

/** How long an answer may take before the API server counts as silent. */
const GLANCE = 500;

export interface ControlPlaneOptions {
  /** How many nodes there are. Without any, and so without kwok, pods stay Pending; by default one. */
  readonly nodes?: number;
}

/** A control plane of Kubernetes with RBAC and nodes that kwok plays. Every wait in it has a bound. */
export interface ControlPlane {
  readonly server: string;
  /** The authority of the server's certificate, in PEM. */
  readonly ca: string;
  /** The token of a member of `system:masters`, who may do everything. */
  readonly adminToken: string;
  readonly adminKubeconfig: string;
  /** The API, as that administrator. */
  readonly api: KubernetesApi;
  /** Where the logs are, until it is closed. */
  readonly directory: string;
  readonly apiServer: {
    /** Freezes it: connections stay open, and nothing answers. */
    pause(): Promise<void>;
    resume(): Promise<void>;
    /** Ends its process at once. */
    kill(): Promise<void>;
    restart(): Promise<void>;
  };
  /** The standard output of kubectl as the administrator, whose exit status must be 0; `input` is for `-f -`. */
  kubectl(args: readonly string[], input?: string): Promise<string>;
  /** Applies these objects. */
  apply(...objects: readonly object[]): Promise<void>;
  /** A new token of a service account, good for ten minutes, for an audience or for the API server. */
  tokenFor(namespace: string, serviceAccount: string, audience?: string): Promise<string>;
  /** A client certificate of a user in these groups. */
  certificateFor(user: string, groups?: readonly string[]): Certificate;
  /** Writes a kubeconfig whose only context has this credential; its path. */
  kubeconfigFor(credential: Credential, context?: KubeContext): Promise<string>;
  close(): Promise<void>;
}

export async function startControlPlane({ nodes = 1 }: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const directory = await mkdtemp(join(tmpdir(), "phalanx-control-plane-"));
  const file = (name: string): string => join(directory, name);
  const address = await chooseAddress();
  const [port, store, peers] = [await address(6443), await address(2379), await address(2380)];
  const server = `https://${port}`;
  const authority = makeAuthority("kubernetes");
  const adminToken = randomBytes(16).toString("hex");
  const api = openApi({ server, ca: authority.cert, token: adminToken });
  const parts: Part[] = [];
  const close = async (): Promise<void> => {
    api.close();
    await Promise.all(parts.map((part) => part.kill()));
    await rm(directory, { recursive: true, force: true });
  };
  let written = 0;
  const kubeconfigFor: ControlPlane["kubeconfigFor"] = async (credential, context) => {
    const path = file(`kubeconfig-${written++}.yaml`);
    await writeFile(path, kubeconfig({ server, ca: authority.cert, ...context }, credential), { mode: 0o600 });
    return path;
  };
  const prepare = (name: string, args: readonly string[], ready: () => Promise<boolean>): Part => {
    const part = preparePart(partPath(name), args, { directory, ready });
    parts.push(part);
    return part;
  };
  try {
    const adminKubeconfig = await kubeconfigFor({ token: adminToken });
    await writeKeys(file, authority, port.split(":")[0] ?? "");
    await writeFile(file("tokens.csv"), `${adminToken},admin,admin,system:masters\n`);
    const served = (url: string) => async (): Promise<boolean> => (await fetch(url)).ok;
    const etcd = prepare("etcd", etcdArguments(file("store"), store, peers), served(`http://${store}/readyz`));
    const isReady = async (): Promise<boolean> => (await api.call("GET", "/readyz")).status === 200;
    const apiServer = prepare("kube-apiserver", apiServerArguments(file, port, store), isReady);
    await Promise.all([etcd.start(), apiServer.start()]);
    await Promise.all(
      ["kube-controller-manager", "kube-scheduler"].map(async (name) => {
        const own = await address(name === "kube-scheduler" ? 10_259 : 10_257);
        const args = controllerArguments(name, file, own, adminKubeconfig);
        const health = openApi({ server: `https://${own}`, ca: authority.cert, token: "none" });
        await prepare(name, args, async () => (await health.call("GET", "/healthz")).status === 200).start();
        health.close();
      }),
    );
    if (nodes > 0) await startNodes(api, nodes, (args, ready) => prepare("kwok", args, ready), adminKubeconfig);
    // Pods of a namespace are refused until its service account is there.
    await eventually("A service account", async () =>
      (await api.call("GET", "/api/v1/namespaces/default/serviceaccounts/default")).status === 200 ? true : undefined,
    );
    const kubectl: ControlPlane["kubectl"] = (args, input = "") => runKubectl(directory, adminKubeconfig, args, input);
    return {
      server,
      ca: authority.cert,
      adminToken,
      adminKubeconfig,
      api,
      directory,
      apiServer: {
        pause: async () => {
          apiServer.signal("SIGSTOP");
          const impatient = openApi({ server, ca: authority.cert, token: adminToken, timeout: GLANCE });
          await eventually("Silence of the API server", () =>
            impatient.call("GET", "/livez").then(
              () => undefined,
              () => true,
            ),
          );
          impatient.close();
        },
        resume: async () => {
          apiServer.signal("SIGCONT");
          await eventually("An answer of the API server", async () => (await isReady()) || undefined);
        },
        kill: () => apiServer.kill(),
        restart: () => apiServer.start(),
      },
      kubectl,
      apply: async (...objects) => {
        await kubectl(
          ["apply", "--server-side", "-f", "-"],
          objects.map((each) => JSON.stringify(each)).join("\n---\n"),
        );
      },
      tokenFor: async (namespace, account, audience) => {
        const { status } = await api.must<{ status: { token: string } }>(
          "POST",
          `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`,
          { spec: { expirationSeconds: 600, ...(audience === undefined ? {} : { audiences: [audience] }) } },
        );
        return status.token;
      },
      certificateFor: (name, groups = []) => authority.issue({ name, groups }),
      kubeconfigFor,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Addresses that nobody else listens on: usual ports of a host of our own, or others where there is one host alone. */
async function chooseAddress(): Promise<(port: number) => Promise<string>> {
  const host = ownHost();
  return async (port) => `${host}:${host === "127.0.0.1" ? await freePort() : port}`;
}

async function runKubectl(home: string, config: string, args: readonly string[], input: string): Promise<string> {
  await mkdir(join(home, ".kube"), { recursive: true });
  return new Promise((done, fail) => {
    const child = execFile(
      partPath("kubectl"),
      args,
      { env: { HOME: home, KUBECONFIG: config, PATH: process.env["PATH"] ?? "" }, maxBuffer: 1 << 26 },
      (error, stdout, stderr) => {
        if (error === null) done(stdout);
        else fail(new Error(`kubectl ${args.join(" ")}: ${stderr}`, { cause: error }));
      },
    );
    // It may have ended before its input is there.
    child.stdin?.on("error", () => {}).end(input);
  });
}
