import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import type { ControlPlane } from "./control-plane.js";
import { partPath, preparePart } from "./control-plane-part.js";
import { ownHost } from "./proxy.js";
import { freePort } from "./real-vault.js";

const KINDS = ["externalsecrets", "secretstores", "clustersecretstores"] as const;

/** The real External Secrets controller, with Vault as its only provider. */
export interface ExternalSecrets {
  pid(): number | undefined;
  stop(): Promise<void>;
}

/** Defines ExternalSecrets and their stores in a cluster, and starts their controller. */
export async function startExternalSecrets(plane: ControlPlane): Promise<ExternalSecrets> {
  const definitions = partPath("external-secrets-crds");
  const files = [
    ...KINDS.map((kind) => `external-secrets.io_${kind}.yaml`),
    "generators.external-secrets.io_generatorstates.yaml",
  ];
  await plane.kubectl(["apply", "--server-side", ...files.flatMap((name) => ["-f", join(definitions, name)])]);
  const names = KINDS.map((kind) => `crd/${kind}.external-secrets.io`);
  await plane.kubectl(["wait", "--for=condition=Established", "--timeout=60s", ...names]);
  const directory = await mkdtemp(join(plane.directory, "external-secrets-"));
  const host = ownHost();
  const metrics = `${host}:${host === "127.0.0.1" ? await freePort() : 8080}`;
  const controller = preparePart(
    partPath("external-secrets"),
    [
      `--metrics-addr=${metrics}`,
      "--enable-cluster-external-secret-reconciler=false",
      "--enable-cluster-push-secret-reconciler=false",
      "--enable-push-secret-reconciler=false",
    ],
    {
      directory,
      env: { KUBECONFIG: plane.adminKubeconfig },
      ready: async () => (await fetch(`http://${metrics}/metrics`)).ok,
    },
  );
  const stop = async (): Promise<void> => {
    await controller.kill();
    await rm(directory, { recursive: true, force: true });
  };
  try {
    await controller.start();
  } catch (error) {
    await stop();
    throw error;
  }
  return { pid: () => controller.pid(), stop };
}

/** A SecretStore `vault` in a namespace, and its token: for KV version 2 at `secret/`. */
export function vaultStore(namespace: string, vault: { readonly url: string; readonly token: string }): object[] {
  return [
    {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "vault-token", namespace },
      stringData: { token: vault.token },
    },
    {
      apiVersion: "external-secrets.io/v1",
      kind: "SecretStore",
      metadata: { name: "vault", namespace },
      spec: {
        provider: {
          vault: {
            server: vault.url,
            path: "secret",
            version: "v2",
            auth: { tokenSecretRef: { name: "vault-token", key: "token" } },
          },
        },
      },
    },
  ];
}
