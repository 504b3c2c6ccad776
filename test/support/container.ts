import { spawn } from "node:child_process";
import { chmod, chown, cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Container } from "kubernetes-types/core/v1.js";
import { type Finished, ROOT } from "./cli.js";

/** The user in the manifests. Only root can switch users; anyone else runs containers as themselves. */
const USER = process.getuid?.() === 0 ? { uid: 65_532, gid: 65_532 } : {};

/** The environment of a pod's containers: an image, volumes, and the cluster's variables. */
export interface Machine {
  readonly root: string;
  /** The directory that represents a path in a container. */
  readonly at: (path: string) => string;
  /** A directory that the containers can write to, like an emptyDir. */
  readonly makeVolume: (path: string) => Promise<void>;
  readonly run: (container: Container, cluster: Cluster) => Promise<Finished>;
  readonly remove: () => Promise<void>;
}

export interface Cluster {
  readonly configMaps?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly secrets?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly jobName?: string;
  /** What the controller of indexed jobs adds. */
  readonly index?: number;
}

/** Lays out the image's files like `deploy/Containerfile`, in a directory that only its owner can write to. */
export async function openMachine(): Promise<Machine> {
  const root = await mkdtemp(join(tmpdir(), "phalanx-container-"));
  await chmod(root, 0o755);
  const at = (path: string): string => join(root, path);
  await mkdir(at("opt/phalanx/node_modules"), { recursive: true });
  await mkdir(at("usr/local/bin"), { recursive: true });
  await cp(`${ROOT}package.json`, at("opt/phalanx/package.json"));
  await cp(`${ROOT}dist`, at("opt/phalanx/dist"), { recursive: true });
  await cp(`${ROOT}node_modules/@node-rs`, at("opt/phalanx/node_modules/@node-rs"), { recursive: true });
  await symlink(at("opt/phalanx/dist/bin.cjs"), at("usr/local/bin/phalanx"));
  await symlink(process.execPath, at("usr/local/bin/node"));
  return {
    root,
    at,
    makeVolume: async (path) => {
      await mkdir(at(path), { recursive: true });
      await giveAway(at(path));
    },
    run: (container, cluster) => run(container, cluster, root),
    remove: () => rm(root, { recursive: true, force: true }),
  };
}

/** Gives everything in a directory to the containers' user. */
export async function giveAway(path: string): Promise<void> {
  const { uid, gid } = USER;
  if (uid === undefined) return;
  const below = await readdir(path, { recursive: true });
  for (const name of ["", ...below]) await chown(join(path, name), uid, gid);
}

function run(container: Container, cluster: Cluster, root: string): Promise<Finished> {
  const own = variablesOf(container, cluster);
  const env = { PATH: `${root}/usr/local/bin:/usr/bin:/bin`, HOME: "/", ...own };
  const mounts = (container.volumeMounts ?? []).map(({ mountPath }) => mountPath);
  // A path that starts like a mount can only mean that mount.
  const place = (text: string): string =>
    mounts.reduce(
      (all, path) => all.replaceAll(new RegExp(`(?<![\\w.-])${path}(?=[/\\s"]|$)`, "gm"), root + path),
      text,
    );
  const [program = "", ...args] = [...(container.command ?? []), ...(container.args ?? [])].map((word) =>
    place(word).replaceAll(/\$\((\w+)\)/g, (all, name: string) => own[name] ?? all),
  );
  return new Promise((done, fail) => {
    const child = spawn(program, args, { cwd: "/", env, stdio: ["ignore", "pipe", "pipe"], ...USER });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (chunk) => void (stdout += String(chunk)));
    child.stderr.on("data", (chunk) => void (stderr += String(chunk)));
    child.on("error", fail);
    child.on("close", (exit) => done({ exit: exit ?? -1, stdout, stderr }));
  });
}

function variablesOf({ env = [], envFrom = [] }: Container, cluster: Cluster): Record<string, string> {
  const { configMaps = {}, secrets = {}, jobName, index } = cluster;
  const all: Record<string, string> = {};
  for (const { configMapRef, secretRef } of envFrom) {
    Object.assign(all, configMaps[configMapRef?.name ?? ""], secrets[secretRef?.name ?? ""]);
  }
  for (const { name, value, valueFrom } of env) {
    const { secretKeyRef, fieldRef } = valueFrom ?? {};
    const found =
      value ??
      (secretKeyRef ? secrets[secretKeyRef.name ?? ""]?.[secretKeyRef.key] : undefined) ??
      (fieldRef?.fieldPath === "metadata.labels['batch.kubernetes.io/job-name']" ? jobName : undefined);
    if (found !== undefined) all[name] = found;
  }
  return { ...all, ...(index === undefined ? {} : { JOB_COMPLETION_INDEX: String(index) }) };
}

/** Writes a file that the containers can read. */
export async function writeReadable(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text, { mode: 0o644 });
}
