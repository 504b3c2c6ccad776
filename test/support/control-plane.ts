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

/** How long a response may take before the API server counts as unresponsive. */
const GLANCE = 500;

export interface ControlPlaneOptions {
  /** The number of nodes. Without nodes, and so without kwok, pods stay Pending; one by default. */
  readonly nodes?: number;
}

/** A Kubernetes control plane with RBAC and nodes simulated by kwok. Every wait has a timeout. */
export interface ControlPlane {
  readonly server: string;
  /** The CA of the server's certificate, in PEM. */
  readonly ca: string;
  /** The token of a member of `system:masters`, with all rights. */
  readonly adminToken: string;
  readonly adminKubeconfig: string;
  /** The API, as that administrator. */
  readonly api: KubernetesApi;
  /** Where the logs are, until it is closed. */
  readonly directory: string;
  readonly apiServer: {
    /** Freezes it: connections stay open, but nothing responds. */
    pause(): Promise<void>;
    resume(): Promise<void>;
    kill(): Promise<void>;
    restart(): Promise<void>;
  };
  /** The standard output of kubectl as the administrator, whose exit status must be 0; `input` is for `-f -`. */
  kubectl(args: readonly string[], input?: string): Promise<string>;
  apply(...objects: readonly object[]): Promise<void>;
  /** A new service account token, valid for ten minutes, for an audience or for the API server. */
  tokenFor(namespace: string, serviceAccount: string, audience?: string): Promise<string>;
  /** A client certificate of a user in these groups. */
  certificateFor(user: string, groups?: readonly string[]): Certificate;
  /** Writes a kubeconfig whose only context has this credential; returns its path. */
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
    // A namespace rejects pods until its service account exists.
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

/**
 * Addresses that nothing else listens on: usual ports on a loopback host of our own, or other ports if there is only
 * one host.
 */
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
    // It may exit before its input is written.
    child.stdin?.on("error", () => {}).end(input);
  });
}
