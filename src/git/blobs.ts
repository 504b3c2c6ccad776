import { createHash } from "node:crypto";
import { MAX_BYTES } from "../config/disk-tree.js";
import { PhalanxError } from "../errors.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { gitError, type GitPlace, runGit, runGitNow } from "./run.js";

/** The contents of some objects. `too-large` and `missing` (in a partial clone) are not errors yet. */
export type Blob = Buffer | "too-large" | "missing";

/** By object: predicted ones are fetched ahead, the others one at a time. */
export interface Blobs {
  get(object: string): Blob;
}

/** Reads many objects with two processes. */
export async function readBlobs(place: GitPlace, objects: Iterable<string>): Promise<Blobs> {
  const known = new Map<string, Blob>();
  const wanted = [...new Set(objects)];
  const small = (await sizes(place, wanted)).flatMap(({ object, size }) => {
    if (size !== undefined && size <= MAX_BYTES) return [object];
    known.set(object, size === undefined ? "missing" : "too-large");
    return [];
  });
  for (const [object, content] of await contents(place, small)) known.set(object, genuine(object, content));
  return {
    get: (object) => {
      const read = (): Blob => {
        const content = runGitNow(place, ["cat-file", "blob", object], MAX_BYTES);
        return content === undefined ? "too-large" : genuine(object, content);
      };
      const found = known.get(object) ?? read();
      known.set(object, found);
      return found;
    },
  };
}

/**
 * Verifies that content matches its object name. Git checks that of commits and trees, but not of blobs it only prints.
 */
function genuine(object: string, content: Buffer): Buffer {
  const hash = createHash(object.length === 40 ? "sha1" : "sha256");
  if (hash.update(`blob ${content.length}\0`).update(content).digest("hex") === object) return content;
  throw new PhalanxError(diagnostic("git-object-forged", { object }));
}

async function sizes(
  place: GitPlace,
  objects: readonly string[],
): Promise<{ object: string; size: number | undefined }[]> {
  const text = (await batch(place, "--batch-check", objects)).toString("utf8");
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [object = "", type, size] = line.split(" ");
      return { object, size: type === "blob" ? Number(size) : undefined };
    });
}

async function contents(place: GitPlace, objects: readonly string[]): Promise<Map<string, Buffer>> {
  const output = await batch(place, "--batch", objects);
  const found = new Map<string, Buffer>();
  for (let at = 0; at < output.length; ) {
    const end = output.indexOf(10, at);
    const [object = "", , size] = output.toString("latin1", at, end).split(" ");
    const start = end + 1;
    found.set(object, output.subarray(start, start + Number(size)));
    at = start + Number(size) + 1;
  }
  return found;
}

async function batch(place: GitPlace, option: string, objects: readonly string[]): Promise<Buffer> {
  if (objects.length === 0) return Buffer.alloc(0);
  const { status, stdout, stderr } = await runGit(place, ["cat-file", option], `${objects.join("\n")}\n`);
  if (status !== 0) throw gitError(stderr);
  return stdout;
}
