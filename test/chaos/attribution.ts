import { type History, sameValues, type Values } from "./history.js";
import type { TrailEntry } from "./trail.js";

/** A new version of a KV secret, or a change of an old one. */
export interface Written {
  readonly token: string;
  readonly application: string;
  readonly kind: "put" | "delete" | "undelete" | "destroy";
  readonly version: number;
  /** Of a put. */
  readonly values: Values;
  /** The server says so; otherwise it was asked to, and what is there may be of somebody who asked for the same. */
  readonly certain: boolean;
}

/** Who wrote what under a prefix, by what the server says and what KV holds. */
export function attribute(trail: readonly TrailEntry[], history: History, prefix: string): Written[] {
  const [mount = "", ...components] = prefix.split("/");
  const base = components.join("/");
  const found = trail.flatMap((entry): Written[] => {
    const [, kind = "", application = ""] =
      new RegExp(`^${mount}/(data|delete|undelete|destroy|metadata)/${base}/([^/]+)$`).exec(entry.path) ?? [];
    const { token, data, done, deletes } = entry;
    const certain = done !== undefined;
    const common = { token, application, certain, values: {} };
    if (kind === "data" && !deletes) {
      const { data: values = {}, options } = data as { data?: Values; options?: { cas?: number } };
      const version = Number(done?.["version"] ?? (options?.cas ?? -1) + 1);
      const there = history.get(application)?.versions.get(version);
      // What is deleted by now cannot be compared.
      if (!certain && (there === undefined || (there.values !== undefined && !sameValues(there.values, values))))
        return [];
      return [{ ...common, kind: "put", version, values }];
    }
    if (kind === "delete" || kind === "undelete" || kind === "destroy")
      return ((data["versions"] ?? []) as number[]).map((version) => ({ ...common, kind, version }));
    if (kind === "data") return [{ ...common, kind: "delete", version: history.get(application)?.latest ?? 0 }];
    return kind === "metadata" && deletes ? [{ ...common, kind: "destroy", version: 0 }] : [];
  });
  const same = (a: Written, b: Written): boolean =>
    a.application === b.application && a.kind === b.kind && a.version === b.version;
  return found.flatMap((write, i): Written[] => {
    const others = found.filter((other, j) => j !== i && same(write, other));
    if (write.certain) return [write];
    // Asked for twice, it is one.
    if (others.some((other) => other.certain && other.token === write.token)) return [];
    if (found.findIndex((other) => same(other, write) && other.token === write.token) < i) return [];
    // A put that only one has asked for, and that is there, is of nobody else.
    return [{ ...write, certain: write.kind === "put" && others.every(({ token }) => token === write.token) }];
  });
}

/** What a token has changed besides KV data, of what is done for sure. */
export function otherChanges(trail: readonly TrailEntry[], token: string): string[] {
  return trail.flatMap((entry) =>
    entry.token === token && entry.done !== undefined && !/^[^/]+\/(data|delete|undelete|destroy)\//.test(entry.path)
      ? [entry.path]
      : [],
  );
}

/** Who wrote each version of each KV secret, and who is noted, to be read where something is wrong. */
export function account(written: readonly Written[], history: History, nameOf: (token: string) => string): string[] {
  return [...history].flatMap(([application, { versions, customMetadata }]) => {
    const notes = Object.entries(customMetadata).map(([key, text]) => `    ${key}: ${text}`);
    const lines = [...versions.keys()].map((version) => {
      const by = written.filter((write) => write.application === application && write.version === version);
      return `    version ${version}: ${by.map(({ token, kind, certain }) => `${kind} ${certain ? "" : "perhaps "}by ${nameOf(token)}`).join(", ")}`;
    });
    return [`  ${application}`, ...lines, ...notes];
  });
}
