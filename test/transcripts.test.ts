import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { DevConnect } from "./support/dev-connect/index.js";
import { startVault, type TestVault } from "./support/vault.js";
import { phalanx, ROOT, type Finished } from "./support/cli.js";
import { runGit } from "./support/git.js";
import { type Kv, openKv } from "./support/kv.js";
import { performOnepassword, startExample, VAULT_TITLE } from "./support/onepassword.js";
import { hideChanging, readTranscript, RUN_ID, shown, type Step, writeTranscript } from "./support/transcript.js";

const DIRECTORY = `${ROOT}test/transcripts`;
const TOKEN = "dev-token-of-the-transcripts";
const CONNECT_TOKEN = "connect-token-of-the-transcripts";

/** What a transcript runs in: a copy of the example tree, and a server of its own. */
interface Scene {
  readonly root: string;
  readonly vault: TestVault;
  /** Only in the transcripts that are about it. */
  readonly connect: DevConnect | undefined;
  readonly kv: Kv;
  readonly env: Record<string, string>;
}

const scenes: Scene[] = [];

/**
 * @param hashes Whether the application whose password is hashed is enabled: each sync of it costs seconds.
 * @param onepassword Whether static secrets come from 1Password.
 */
async function openScene(hashes: boolean, onepassword: boolean): Promise<Scene> {
  const root = await mkdtemp(join(tmpdir(), "phalanx-transcript-"));
  await cp(`${ROOT}example`, root, { recursive: true });
  await chmod(join(root, "secrets-demo.yaml"), 0o600);
  const vault = await startVault({ token: TOKEN });
  const settings = join(root, "environments/values-demo.yaml");
  const text = (await readFile(settings, "utf8")).replace(/^vaultUrl:.*$/m, `vaultUrl: "${vault.url}"`);
  const connect = onepassword ? await startExample(CONNECT_TOKEN) : undefined;
  const more = connect ? `\nonepassword: {connectUrl: "${connect.url}", vaultTitle: "${VAULT_TITLE}"}\n` : "";
  await writeFile(settings, more + (hashes ? text : text.replace(/^ {2}dashboard: true$/m, "  dashboard: false")));
  if (!hashes) {
    const secrets = join(root, "secrets-demo.yaml");
    await writeFile(secrets, (await readFile(secrets, "utf8")).replace(/^ {2}dashboard:\n( {4}.*\n)+/m, ""));
  }
  const scene = {
    root,
    vault,
    connect,
    kv: openKv(vault.url, TOKEN, "secret/phalanx/demo"),
    env: {
      ...(connect ? { OP_CONNECT_TOKEN: CONNECT_TOKEN } : {}),
      VAULT_TOKEN: TOKEN,
      XDG_STATE_HOME: join(root, ".state"),
    },
  };
  scenes.push(scene);
  return scene;
}

afterAll(async () => {
  await Promise.all(
    scenes.map(({ root, vault, connect }) =>
      Promise.all([vault.close(), connect?.close(), rm(root, { recursive: true, force: true })]),
    ),
  );
});

const nothing: Finished = { exit: 0, stdout: "", stderr: "" };

/** `phalanx` is the real program; the other words stand for what an operator or another program does meanwhile. */
async function perform({ root, vault, connect, kv, env }: Scene, command: readonly string[]): Promise<Finished> {
  const [word, ...args] = command;
  const [a = "", b = "", c = ""] = args;
  const changed = connect && (await performOnepassword(connect, word, args));
  if (changed !== undefined) return { ...nothing, stdout: changed };
  switch (word) {
    case "phalanx":
      return phalanx(args, { cwd: root, env });
    case "stdin":
      return phalanx(args.slice(2), { cwd: root, env, input: a.replaceAll("\\n", "\n") });
    case "export":
      env[a.split("=", 1)[0] ?? ""] = a.slice(a.indexOf("=") + 1);
      return nothing;
    case "unset":
      delete env[a];
      return nothing;
    case "write":
      await mkdir(dirname(join(root, a)), { recursive: true });
      await writeFile(join(root, a), b.replaceAll("\\n", "\n"), { mode: 0o600 });
      return nothing;
    case "chmod":
      await chmod(join(root, b), Number.parseInt(a, 8));
      return nothing;
    case "mode":
      return { ...nothing, stdout: `${((await stat(join(root, a))).mode & 0o777).toString(8)}\n` };
    case "git":
      return runGit(args, root);
    case "fixture":
      await cp(`${ROOT}test/fixtures/encrypted/${a}`, join(root, b));
      return nothing;
    case "samples":
      // The lines that begin with # would be comments here.
      return { ...nothing, stdout: (await readFile(join(root, a), "utf8")).replaceAll(/^#.*\n/gm, "") };
    case "rm":
      await rm(join(root, a));
      return nothing;
    case "kv-set":
      if (c.startsWith("raw:")) await kv.putRaw(a, b, c.slice(4));
      else await kv.set(a, b, c.startsWith("json:") ? JSON.parse(c.slice(5)) : c);
      return nothing;
    case "kv-unset":
      await kv.unset(a, b);
      return nothing;
    case "kv-soft-delete":
      await kv.softDelete(a);
      return nothing;
    case "kv-destroy":
      await kv.destroy(a, Number(b));
      return nothing;
    case "kv-get":
      return { ...nothing, stdout: `${JSON.stringify((await kv.get(a))?.[b]) ?? "(none)"}\n` };
    case "kv-version":
      return { ...nothing, stdout: `${await kv.version(a)}\n` };
    case "vault":
      await kv.call(a, b, c === "" ? undefined : JSON.parse(c));
      return nothing;
    case "seal":
      await vault.seal();
      return nothing;
    default:
      throw new Error(`unknown word ${word}`);
  }
}

async function play(path: string, steps: readonly Step[]): Promise<string[][]> {
  const scene = await openScene(
    steps.some(({ command }) => command.join(" ").includes("dashboard")),
    path.includes("onepassword"),
  );
  const runs: string[] = [];
  const nameOfRun = (id: string): string => {
    if (!runs.includes(id)) runs.push(id);
    return `RUN${runs.indexOf(id) + 1}`;
  };
  const replace = (text: string): string =>
    hideChanging(
      text
        .replaceAll(RUN_ID, nameOfRun)
        .replaceAll(/_timestamp_seconds(\{.*\})? \d{10}$/gm, "_timestamp_seconds$1 <time>")
        .replaceAll(/\b(?=\w*[A-Z])(?=\w*[a-z])[A-Za-z0-9]{24}\b/g, "<accessor>")
        .replaceAll(/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, "<accessor>")
        .replaceAll(scene.connect?.url ?? "CONNECT_URL", "CONNECT_URL")
        .replaceAll(scene.vault.url, "VAULT_URL")
        .replaceAll(scene.root, "ROOT"),
    );
  const actual: string[][] = [];
  for (const { command } of steps) {
    actual.push(
      shown(
        await perform(
          scene,
          command.map((word) =>
            word
              .replaceAll("VAULT_URL", scene.vault.url)
              .replaceAll(/\bRUN(\d+)\b/g, (_, n) => runs[Number(n) - 1] ?? ""),
          ),
        ),
        replace,
      ),
    );
  }
  return actual;
}

const names = (await readdir(DIRECTORY)).filter((name) => name.endsWith(".transcript")).sort();

describe.concurrent("transcripts", () => {
  test.each(names)("%s", async (name) => {
    const path = join(DIRECTORY, name);
    const steps = await readTranscript(path);
    const actual = await play(path, steps);
    // For writing a new transcript: run, then read every line of it before it is committed.
    if (process.env["PHALANX_WRITE_TRANSCRIPTS"] === "1") return writeTranscript(path, steps, actual);
    const text = (blocks: readonly (readonly string[])[]): string =>
      blocks.map((block, i) => [`$ ${steps[i]?.command.join(" ")}`, ...block].join("\n")).join("\n\n");
    expect(text(actual)).toBe(text(steps.map(({ expected }) => expected)));
  });
});
