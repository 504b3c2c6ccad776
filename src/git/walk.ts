import type { GitEntry } from "./entries.js";

/** What is at a path once all symbolic links are followed. */
export type Found =
  /** `at` is its real path. */
  | { readonly kind: "file"; readonly object: string; readonly at: string }
  | { readonly kind: "directory"; readonly names: readonly string[] }
  | { readonly kind: "absent" }
  /** A link out of the configuration, a link cycle, or something in another repository. */
  | { readonly kind: "trouble"; readonly what: "outside" | "loop" | "submodule" };

/** As many links as a kernel follows. */
const MAX_LINKS = 40;

/** Finds what is at a path among the files of a revision. `target` returns the text of a symbolic link. */
export function walker(entries: readonly GitEntry[], target: (entry: GitEntry) => string): (path: string) => Found {
  const byPath = new Map(entries.map((entry) => [entry.path, entry]));
  const directories = new Map<string, Set<string>>([["", new Set()]]);
  for (const { path } of entries) {
    const parts = path.split("/");
    for (let i = parts.length - 1; i >= 0; i--) {
      const directory = parts.slice(0, i).join("/");
      const known = directories.get(directory);
      if (known?.has(parts[i] ?? "")) break;
      directories.set(directory, (known ?? new Set()).add(parts[i] ?? ""));
    }
  }
  return (path) => {
    let rest = path.split("/");
    const done: string[] = [];
    let links = 0;
    while (rest.length > 0) {
      const [part = "", ...others] = rest;
      rest = others;
      if (part === "" || part === ".") continue;
      if (part === "..") {
        if (done.pop() === undefined) return { kind: "trouble", what: "outside" };
        continue;
      }
      const entry = byPath.get([...done, part].join("/"));
      if (entry?.kind === "submodule") return { kind: "trouble", what: "submodule" };
      if (entry?.kind === "symlink") {
        links += 1;
        if (links > MAX_LINKS) return { kind: "trouble", what: "loop" };
        const text = target(entry);
        if (text.startsWith("/")) return { kind: "trouble", what: "outside" };
        rest = [...text.split("/"), ...rest];
        continue;
      }
      done.push(part);
      if (entry && rest.length > 0) return { kind: "absent" };
    }
    const at = done.join("/");
    const entry = byPath.get(at);
    if (entry) return { kind: "file", object: entry.object, at };
    const names = directories.get(at);
    return names ? { kind: "directory", names: [...names].sort() } : { kind: "absent" };
  };
}
