import { execFileSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { deflateSync } from "node:zlib";
import type { TestRepository } from "./git.js";

/** What a planted repository makes Git believe. */
interface Planted {
  /** The requested commit: a real one. */
  readonly commit: string;
  /** Its files with apparently different content. */
  readonly forged: Readonly<Record<string, string>>;
  /** Additional configuration. */
  readonly config?: string;
}

/**
 * Writes a repository without `.git` into a directory: only files, which a pull request can add. Git finds a file by
 * the hash of its contents but does not verify that hash, so the real commit appears to contain the forged files.
 */
export async function plantRepository(
  repository: TestRepository,
  directory: string,
  { commit, forged, config = "" }: Planted,
): Promise<void> {
  const write = async (path: string, content: string | Buffer): Promise<void> => {
    await mkdir(dirname(join(repository.root, directory, path)), { recursive: true });
    await writeFile(join(repository.root, directory, path), content);
  };
  const objects = (await repository.git("rev-list", "--objects", commit)).trim().split("\n");
  for (const line of objects) {
    const [id = "", path = ""] = line.split(/ (.*)/s);
    const kind = (await repository.git("cat-file", "-t", id)).trim();
    const text = forged[path];
    const content =
      text === undefined ? execFileSync("git", ["cat-file", kind, id], { cwd: repository.root }) : Buffer.from(text);
    const whole = Buffer.concat([Buffer.from(`${kind} ${content.length}\0`), content]);
    await write(`objects/${id.slice(0, 2)}/${id.slice(2)}`, deflateSync(whole));
  }
  await write("HEAD", "ref: refs/heads/main\n");
  await write("refs/heads/main", `${commit}\n`);
  await write("config", `[core]\n\trepositoryformatversion = 0\n\tbare = false\n\tworktree = ..\n${config}`);
}
