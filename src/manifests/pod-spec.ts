import type { Use } from "../model/consumer.js";
import { isKubernetesKey } from "../model/names.js";
import { fieldUses } from "./field-uses.js";
import { at, listOf, nameOf, textOf } from "./hostile.js";
import { usesOfMounts } from "./mounts.js";
import { optionalOf } from "./optional.js";

type Container = Required<Pick<Use, "container">> & Pick<Use, "init">;

/** How the pods of a spec take Secrets. */
export function usesOfPodSpec(spec: unknown): Use[] {
  const volumes = listOf(at(spec, "volumes"));
  return [
    ...(["initContainers", "containers", "ephemeralContainers"] as const).flatMap((list) =>
      listOf(at(spec, list)).flatMap((container) => {
        const name = nameOf(at(container, "name"));
        if (name === undefined) return [];
        const where: Container = { container: name, ...(list === "initContainers" ? { init: true as const } : {}) };
        return [...usesOfEnvironment(container, where), ...usesOfMounts(container, volumes, where)];
      }),
    ),
    ...pullSecretsOf(spec).map((secret): Use => ({ secret, keys: "all", kind: "image-pull" })),
    // What the kubelet itself needs to mount other kinds of volumes.
    ...volumes.flatMap((volume, index) =>
      at(volume, "secret") === undefined && at(volume, "projected") === undefined
        ? fieldUses(volume, `spec.volumes[${index}]`).uses.map(({ use }) => use)
        : [],
    ),
  ];
}

/** The names in `imagePullSecrets` of a pod, or of a service account. */
export function pullSecretsOf(spec: unknown): string[] {
  return listOf(at(spec, "imagePullSecrets")).flatMap((entry) => nameOf(at(entry, "name")) ?? []);
}

function usesOfEnvironment(container: unknown, where: Container): Use[] {
  const single = listOf(at(container, "env")).flatMap((entry): Use[] => {
    const reference = at(entry, "valueFrom", "secretKeyRef");
    const [secret, key] = [nameOf(at(reference, "name")), textOf(at(reference, "key"))];
    const variable = textOf(at(entry, "name"));
    if (secret === undefined || key === undefined || !isKubernetesKey(key) || variable === undefined) return [];
    return [{ secret, keys: [key], kind: "env", ...where, variable, ...optionalOf(reference) }];
  });
  const whole = listOf(at(container, "envFrom")).flatMap((entry): Use[] => {
    const secret = nameOf(at(entry, "secretRef", "name"));
    return secret === undefined
      ? []
      : [{ secret, keys: "all", kind: "env-from", ...where, ...optionalOf(at(entry, "secretRef")) }];
  });
  return [...single, ...whole];
}
