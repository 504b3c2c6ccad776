import type { Use } from "../model/consumer.js";
import { isKubernetesKey } from "../model/names.js";
import { fieldUses } from "./field-uses.js";
import { at, listOf, nameOf, textOf } from "./hostile.js";
import { usesOfMounts } from "./mounts.js";
import { optionalOf } from "./optional.js";

/** More than any pod has; a few hostile lists can multiply to more than fits into memory. */
export const MAX_USES = 10_000;

type Where = Pick<Use, "container" | "init">;

/** How the pods of a spec use Secrets, up to `MAX_USES` uses. */
export function usesOfPodSpec(spec: unknown): Use[] {
  const uses: Use[] = [];
  for (const use of everyUse(spec)) {
    if (uses.length === MAX_USES) break;
    uses.push(use);
  }
  return uses;
}

/** The names in `imagePullSecrets` of a pod, or of a service account. */
export function pullSecretsOf(spec: unknown): string[] {
  return listOf(at(spec, "imagePullSecrets")).flatMap((entry) => nameOf(at(entry, "name")) ?? []);
}

function* everyUse(spec: unknown): Generator<Use> {
  for (const secret of pullSecretsOf(spec)) yield { secret, keys: "all", kind: "image-pull" };
  const volumes = listOf(at(spec, "volumes"));
  const byName = new Map(volumes.toReversed().map((volume) => [at(volume, "name"), volume]));
  for (const list of ["initContainers", "containers", "ephemeralContainers"]) {
    for (const container of listOf(at(spec, list))) {
      const name = nameOf(at(container, "name"));
      if (name === undefined) continue;
      const where: Where = { container: name, ...(list === "initContainers" ? { init: true } : {}) };
      yield* usesOfEnvironment(container, where);
      yield* usesOfMounts(container, byName, where);
    }
  }
  for (const [index, volume] of volumes.entries()) {
    if (at(volume, "secret") !== undefined || at(volume, "projected") !== undefined) continue;
    // What the kubelet itself needs to mount other kinds of volumes.
    for (const { use } of fieldUses(volume, `spec.volumes[${index}]`).uses) yield use;
  }
}

function* usesOfEnvironment(container: unknown, where: Where): Generator<Use> {
  for (const entry of listOf(at(container, "env"))) {
    const reference = at(entry, "valueFrom", "secretKeyRef");
    const [secret, key] = [nameOf(at(reference, "name")), textOf(at(reference, "key"))];
    const variable = textOf(at(entry, "name"));
    if (secret === undefined || key === undefined || !isKubernetesKey(key) || variable === undefined) continue;
    yield { secret, keys: [key], kind: "env", ...where, variable, ...optionalOf(reference) };
  }
  for (const entry of listOf(at(container, "envFrom"))) {
    const reference = at(entry, "secretRef");
    const secret = nameOf(at(reference, "name"));
    if (secret !== undefined) yield { secret, keys: "all", kind: "env-from", ...where, ...optionalOf(reference) };
  }
}
