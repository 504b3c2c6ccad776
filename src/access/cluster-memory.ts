import * as z from "zod/mini";
import { PhalanxError } from "../errors.js";
import { reasonOf } from "../files/file-fault.js";
import { openOwn } from "../files/ownership.js";
import { readRegularFile } from "../files/read-bounded.js";
import { writePrivateFile } from "../files/write-file.js";
import { diagnostic } from "../model/diagnostics/index.js";
import type { Environment } from "../model/environment.js";
import { decodeUtf8 } from "../model/text-encoding.js";
import type { Context } from "../terminal/context.js";
import { makeStateDirectory, statePath } from "../terminal/state-directory.js";

/** The cluster an operator last used for an environment. It stays on this machine, since context names are personal. */
const ClusterMemory = z.strictObject({
  format: z.literal("phalanx-cluster"),
  version: z.literal(1),
  environment: z.string(),
  /** The server and prefix: environments of two configurations may share a name. */
  vault: z.strictObject({ url: z.string(), mount: z.string(), path: z.string() }),
  context: z.optional(z.string()),
  kubeconfig: z.optional(z.string()),
  /** UID of the namespace kube-system; absent if it may not be read. */
  uid: z.optional(z.string()),
});
export type ClusterMemory = z.infer<typeof ClusterMemory>;

type Remembered = Pick<ClusterMemory, "context" | "kubeconfig" | "uid">;

export function clusterMemoryPath(context: Context, { name }: Pick<Environment, "name">): string {
  return statePath(context, `${name}.cluster.json`);
}

/**
 * Recalls an environment's cluster; undefined if none was remembered, or only one for another environment of that name.
 */
export async function recallCluster(context: Context, environment: Environment): Promise<Remembered | undefined> {
  const file = clusterMemoryPath(context, environment);
  const content = await readRegularFile(file, (name) => openOwn(name, context.env)).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return undefined;
      throw new PhalanxError(diagnostic("cluster-memory-unreadable", { file, reason: reasonOf(error) }));
    },
  );
  if (content === undefined) return undefined;
  let memory: ClusterMemory;
  try {
    memory = ClusterMemory.parse(JSON.parse(decodeUtf8(content) ?? ""));
  } catch {
    throw new PhalanxError(diagnostic("cluster-memory-damaged", { file }));
  }
  const { url, mount, path } = environment.vault;
  const { vault } = memory;
  const isSame = vault.url === url && vault.mount === mount && vault.path === path;
  return isSame && memory.environment === environment.name ? memory : undefined;
}

/** Remembers an environment's cluster. If that fails, the next command needs `--context` again. */
export async function rememberCluster(
  context: Context,
  { name, vault: { url, mount, path } }: Environment,
  remembered: Remembered,
): Promise<string> {
  const file = clusterMemoryPath(context, { name });
  const memory: ClusterMemory = {
    format: "phalanx-cluster",
    version: 1,
    environment: name,
    vault: { url, mount, path },
    ...remembered,
  };
  await makeStateDirectory(file);
  await writePrivateFile(file, file, `${JSON.stringify(memory, undefined, 2)}\n`, true);
  return file;
}
