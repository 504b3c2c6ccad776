import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PodSpec } from "kubernetes-types/core/v1.js";
import { loadAll } from "js-yaml";
import { ROOT } from "./cli.js";

/** The common parts of Kubernetes objects. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: unknown;
}

export const BASE = `${ROOT}deploy/kubernetes/base`;
export const ROLLOUT = `${ROOT}deploy/kubernetes/rollout`;

export async function readManifests(path: string): Promise<Manifest[]> {
  return loadAll(await readFile(path, "utf8")) as Manifest[];
}

/** The pods that an object creates. */
export function podOf({ kind, spec }: Manifest): PodSpec | undefined {
  const at = (...path: string[]): PodSpec | undefined =>
    path.reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], spec) as
      | PodSpec
      | undefined;
  if (kind === "CronJob") return at("jobTemplate", "spec", "template", "spec");
  return kind === "Job" || kind === "Deployment" ? at("template", "spec") : undefined;
}

/**
 * Checks objects against types generated from the OpenAPI schemas of Kubernetes. The compiler also rejects unknown
 * fields, which the schemas themselves do not.
 *
 * @returns The compiler's output; empty if there are no errors.
 */
export async function schemaProblems(manifests: readonly Manifest[]): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "phalanx-manifests-"));
  const lines = manifests.map((manifest, i) => {
    const group = manifest.apiVersion.includes("/") ? manifest.apiVersion : `core/${manifest.apiVersion}`;
    const types = JSON.stringify(`${ROOT}node_modules/kubernetes-types/${group}.d.ts`);
    return `import type { ${manifest.kind} as Kind${i} } from ${types};\nexport const object${i}: Kind${i} = ${JSON.stringify(manifest, null, 1)};\n`;
  });
  const file = join(directory, "manifests.ts");
  try {
    await writeFile(file, lines.join(""));
    return await new Promise((done) => {
      const options = [
        "--ignoreConfig",
        "--noEmit",
        "--strict",
        "--skipLibCheck",
        "--module",
        "nodenext",
        "--types",
        "",
      ];
      const tsc = `${ROOT}node_modules/typescript/bin/tsc`;
      execFile(process.execPath, [tsc, ...options, file], { cwd: directory }, (error, stdout) =>
        done(error === null ? "" : stdout || error.message),
      );
    });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
