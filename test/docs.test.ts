import { chmod, cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { startVault } from "./support/vault.js";
import { phalanxHere, ROOT } from "./support/cli.js";
import { documents } from "./support/documents.js";
import { openKv } from "./support/kv.js";
import { startExample, VAULT_TITLE } from "./support/onepassword.js";
import { type PageStep, readPage, rewritePage } from "./support/page.js";
import { startServer } from "./support/server.js";
import { openShell, type Shell } from "./support/shell.js";
import { hideChanging, RUN_ID } from "./support/transcript.js";

/** Where a page's server is, for its reader. */
const SERVER = "127.0.0.1:8200";
const TOKEN = "demo";

interface Scene {
  readonly shell: Shell;
  readonly home: string;
  /** Where the page's server really is; empty until one runs. */
  server: string;
}

const closing: (() => unknown)[] = [];
afterAll(async () => {
  for (const close of closing.reverse()) await close();
});

/**
 * What is there before the reader begins. A page says it in a comment, `scene: WORD...`:
 * `clone`: the directory `example`, and no server; without it, the reader is in a copy of that directory.
 * `empty`: an empty directory.
 * `server`: a server runs, and the reader has its root token.
 * `synced`: and it holds what the environment `demo` requires.
 * `original`: as the original leaves it, without notes of ours.
 * `onepassword`: static secrets come from 1Password.
 * `identity`: `key.txt` is an identity of age.
 */
async function openScene(words: readonly string[]): Promise<Scene> {
  const home = await mkdtemp(join(tmpdir(), "phalanx-page-"));
  closing.push(() => rm(home, { recursive: true, force: true }));
  const shell = await openShell(home);
  const work = shell.directory();
  const scene: Scene = { shell, home, server: "" };
  const root = words.includes("clone") ? join(work, "example") : work;
  if (!words.includes("empty")) {
    await cp(`${ROOT}example`, root, { recursive: true });
    await chmod(join(root, "secrets-demo.yaml"), 0o600);
  }
  if (words.includes("clone")) return scene;
  if (words.includes("onepassword")) {
    const connect = await startExample("connect-token");
    closing.push(() => connect.close());
    const settings = join(root, "environments/values-demo.yaml");
    const onepassword = `\nonepassword: {connectUrl: "${connect.url}", vaultTitle: "${VAULT_TITLE}"}\n`;
    await writeFile(settings, (await readFile(settings, "utf8")) + onepassword);
    await writeFile(settings, (await readFile(settings, "utf8")).replace("  dashboard: true\n", ""));
    shell.export({ OP_CONNECT_TOKEN: "connect-token" });
  }
  if (words.includes("identity")) await cp(`${ROOT}test/fixtures/encrypted/identity.txt`, join(root, "key.txt"));
  const vault = await startVault({ token: TOKEN });
  closing.push(() => vault.close());
  await setServer(scene, vault.url, root);
  shell.export({ VAULT_TOKEN: TOKEN });
  if (words.includes("synced")) {
    const [secrets, env] = [["--secrets", "secrets-demo.yaml"], { VAULT_TOKEN: TOKEN }];
    const synced = await phalanxHere(["secrets", "sync", "demo", ...secrets], { cwd: root, env });
    if (synced.exit !== 0) throw new Error(synced.stderr);
  }
  if (words.includes("original")) {
    const kv = openKv(vault.url, TOKEN, "secret/phalanx/demo");
    const { body } = await kv.call("LIST", "secret/metadata/phalanx/demo");
    for (const name of (body as { data: { keys: string[] } }).data.keys)
      await kv.call("POST", `secret/metadata/phalanx/demo/${name}`, { custom_metadata: {} });
  }
  return scene;
}

async function setServer(scene: Scene, url: string, root: string): Promise<void> {
  scene.server = url.replace("http://", "");
  scene.shell.export({ VAULT_ADDR: url });
  const settings = join(root, "environments/values-demo.yaml");
  const text = await readFile(settings, "utf8").catch(() => undefined);
  if (text !== undefined) await writeFile(settings, text.replaceAll(SERVER, scene.server));
}

interface Played {
  readonly steps: readonly { readonly step: PageStep & { kind: "command" }; readonly output: string }[];
  /** The run of the page -> what it is called this time. */
  readonly runs: ReadonlyMap<string, string>;
}

/** Plays a page; what was printed, with the addresses and the runs of the page. */
async function play(page: string): Promise<Played> {
  const scene = await openScene(/<!-- scene: (.*) -->/.exec(page)?.[1]?.split(" ") ?? []);
  const runs = new Map<string, string>();
  const played: Played["steps"][number][] = [];
  for (const step of readPage(page)) {
    const real = (text: string): string =>
      text.replaceAll(SERVER, scene.server || SERVER).replaceAll(RUN_ID, (id) => runs.get(id) ?? id);
    if (step.kind === "file") {
      const path = join(scene.shell.directory(), step.path);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, real(step.text), { mode: 0o600 });
      continue;
    }
    const printed = step.command.startsWith("phalanx dev-vault")
      ? await serve(scene, step.command)
      : await scene.shell.run(real(step.command));
    const expectedRuns = step.expected.match(RUN_ID) ?? [];
    for (const [i, id] of (printed.match(RUN_ID) ?? []).entries()) {
      const name = expectedRuns[i] ?? id;
      // No two runs have one name: a page that says so is wrong, and shows it.
      if (![...runs.values()].includes(id)) runs.set(runs.has(name) ? id : name, id);
    }
    const names = new Map([...runs].map(([page, id]) => [id, page]));
    const output = printed
      .replaceAll(scene.server || SERVER, SERVER)
      .replaceAll(scene.home, "/home/ada")
      .replaceAll(RUN_ID, (id) => names.get(id) ?? id);
    played.push({ step, output });
  }
  return { steps: played, runs };
}

async function serve(scene: Scene, command: string): Promise<string> {
  const server = await startServer([...command.split(" ").slice(1), "--listen", "127.0.0.1:0"]);
  closing.push(() => server.stop());
  await setServer(scene, server.url, join(scene.shell.directory(), "example"));
  return server.said.trimEnd();
}

const pages: { readonly path: string; readonly text: string }[] = [];
for (const path of await documents()) {
  const text = await readFile(`${ROOT}${path}`, "utf8");
  if (/^```console$/m.test(text)) pages.push({ path, text });
}

describe.concurrent("every command of a page prints what the page says", () => {
  test.each(pages)("$path", { timeout: 120_000 }, async ({ path, text }) => {
    const { steps: played, runs } = await play(text);
    const same = (a: string, b: string): boolean => hideChanging(a) === hideChanging(b);
    const changed = played.filter(({ step, output }) => !same(step.expected, output));
    // For writing a page: run, then read every line of it before it is committed.
    if (process.env["PHALANX_WRITE_TRANSCRIPTS"] === "1" && changed.length > 0) {
      const shownTimes = played.some(
        ({ output }) => hideChanging(output).includes("<time>") && output.match(RUN_ID) !== null,
      );
      const rewritten = rewritePage(
        text,
        (shownTimes ? played : changed).map(({ step, output }) => ({ at: step.at, output })),
      );
      // Times and runs of one page are from one clock.
      const dated = shownTimes ? rewritten.replaceAll(RUN_ID, (id) => runs.get(id) ?? id) : rewritten;
      await writeFile(`${ROOT}${path}`, dated);
    }
    const blocks = (of: (one: (typeof played)[number]) => string): string =>
      played.map((one) => `$ ${one.step.command}\n${hideChanging(of(one))}`).join("\n\n");
    expect(blocks(({ output }) => output)).toBe(blocks(({ step }) => step.expected));
  });
});
