import type { Use } from "../model/consumer.js";
import { isKubernetesKey } from "../model/names.js";
import { at, listOf, nameOf, textOf } from "./hostile.js";
import { optionalOf } from "./optional.js";

type Where = Pick<Use, "container" | "init">;

/** A Secret in a volume: its name, and the files its keys map to, if specified. */
interface Source {
  readonly secret: string;
  readonly files: readonly { readonly key: string; readonly path: string }[] | undefined;
  readonly kind: "volume" | "projected";
  readonly optional: Pick<Use, "optional">;
}

/** How a container uses Secrets as files; ignores volumes that no container mounts. */
export function* usesOfMounts(
  container: unknown,
  volumes: ReadonlyMap<unknown, unknown>,
  where: Where,
): Generator<Use> {
  for (const mount of listOf(at(container, "volumeMounts"))) {
    const name = textOf(at(mount, "name"));
    if (name === undefined) continue;
    const subPath = textOf(at(mount, "subPath"));
    const isPart = subPath !== undefined || textOf(at(mount, "subPathExpr")) !== undefined;
    for (const source of sourcesOf(volumes.get(name))) {
      yield {
        secret: source.secret,
        keys: keysIn(source, subPath),
        kind: isPart ? "sub-path" : source.kind,
        ...where,
        ...source.optional,
      };
    }
  }
}

function sourcesOf(volume: unknown): Source[] {
  const whole = at(volume, "secret");
  return [
    ...sourceOf("volume", whole, at(whole, "secretName")),
    ...listOf(at(volume, "projected", "sources")).flatMap((entry) => {
      const part = at(entry, "secret");
      return sourceOf("projected", part, at(part, "name"));
    }),
  ];
}

function sourceOf(kind: Source["kind"], reference: unknown, name: unknown): Source[] {
  const secret = nameOf(name);
  if (secret === undefined) return [];
  const items = listOf(at(reference, "items"));
  const files = items.flatMap((item) => {
    const [key, path] = [textOf(at(item, "key")), textOf(at(item, "path"))];
    return key !== undefined && isKubernetesKey(key) && path !== undefined ? [{ key, path }] : [];
  });
  return [{ secret, files: items.length === 0 ? undefined : files, kind, optional: optionalOf(reference) }];
}

/** The keys in a source, of which only one file or folder may be mounted. */
function keysIn({ files }: Source, subPath: string | undefined): Use["keys"] {
  const [first = ""] = (subPath ?? "").split("/");
  if (files === undefined) return subPath !== undefined && isKubernetesKey(first) ? [first] : "all";
  const part = files.filter(({ path }) => path === subPath || path.startsWith(`${subPath}/`));
  return (part.length === 0 ? files : part).map(({ key }) => key);
}
