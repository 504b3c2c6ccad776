import { existsSync, readdirSync, readFileSync } from "node:fs";
import { chmod, cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pLimit from "p-limit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadEnvironment } from "../src/config/environment.js";
import { diskTree } from "../src/config/disk-tree.js";
import { type DevConnect, type DevConnectItem, startDevConnect } from "./support/dev-connect/index.js";
import { startVault, type TestVault } from "./support/vault.js";
import type { Environment } from "../src/model/environment.js";
import type { StaticSecret } from "../src/model/secret.js";
import { type Finished, phalanx, ROOT } from "./support/cli.js";
import { openKv } from "./support/kv.js";
import { IN_CI } from "./support/size.js";

const CONFIG = `${ROOT}../shared/config/2026-08`;
const SETTINGS = /^ {2}connectUrl: ".+"$/m;

/** Its bcrypt hash alone would take most of the time. */
const EXCLUDED = "argocd";
const NAMES = existsSync(CONFIG)
  ? readdirSync(`${CONFIG}/environments`)
      .flatMap((name) => /^values-(.+)\.yaml$/.exec(name)?.[1] ?? [])
      .filter((name) => SETTINGS.test(readFileSync(`${CONFIG}/environments/values-${name}.yaml`, "utf8")))
      .slice(0, IN_CI ? undefined : 3)
  : [];

const canary = (what: string): string => `canary of ${what}\n"quoted" é😀`;

function staticSecrets(environment: Environment): Map<string, StaticSecret[]> {
  const all = [...environment.applications.values()].flatMap(({ secrets }) => [...secrets.values()]);
  const found = new Map<string, StaticSecret[]>();
  for (const secret of all) {
    if (secret.kind === "static") found.set(secret.application, [...(found.get(secret.application) ?? []), secret]);
  }
  return found;
}

function contents(environment: Environment): DevConnectItem[] {
  const items = [...staticSecrets(environment)].map(([title, secrets]) => ({
    title,
    fields: secrets.map(({ key, encoded }) => {
      const value = canary(`${title} ${key}`);
      return { label: key, value: encoded ? Buffer.from(value).toString("base64") : value };
    }),
  }));
  const section = (name: string, labels: readonly string[]) =>
    labels.map((label) => ({ label, value: canary(`${name} ${label}`), section: name }));
  return [
    ...items,
    ...items.slice(0, 2).map((item) => ({ ...item, state: "ARCHIVED" as const })),
    { title: "oidc-clients", fields: section("client", ["id", "secret", "return_uri"]) },
    { title: "pull-secret", fields: section("ghcr.io", ["username", "password"]) },
    { title: "vault-write-token", fields: [{ label: "vault-token", value: "canary-of-a-token" }] },
    { title: "unrelated", fields: [{ label: "key", value: canary("unrelated") }] },
  ];
}

describe.skipIf(NAMES.length === 0)("environments that keep static secrets in 1Password", () => {
  const limit = pLimit(3);
  let vault: TestVault;
  let root: string;
  const connects: DevConnect[] = [];

  beforeAll(async () => {
    vault = await startVault();
    root = await mkdtemp(join(tmpdir(), "phalanx-onepassword-"));
    await cp(CONFIG, root, { recursive: true });
    await rewrite("values", (text) => text);
  });
  afterAll(async () => {
    await vault.close();
    await Promise.all(connects.map((connect) => connect.close()));
    await rm(root, { recursive: true, force: true });
  });

  /** Changes a settings file, which then names our Vault in any case. */
  async function rewrite(name: string, change: (text: string) => string): Promise<void> {
    const path = join(root, "environments", `${name}.yaml`);
    await chmod(path, 0o644);
    const text = (await readFile(path, "utf8")).replace(/^vaultUrl:.*$/m, `vaultUrl: "${vault.url}"`);
    await writeFile(path, change(text));
  }

  /** Points an environment at servers of ours. */
  async function serve(name: string): Promise<{ connect: DevConnect; environment: Environment }> {
    const before = loadEnvironment(diskTree(CONFIG, CONFIG), name).environment;
    const title = before.onepassword?.vaultTitle ?? "";
    const connect = await startDevConnect({ vaults: [{ title, items: contents(before) }, { title: "another" }] });
    connects.push(connect);
    await rewrite(`values-${name}`, (text) => text.replace(SETTINGS, `  connectUrl: "${connect.url}"`));
    return { connect, environment: loadEnvironment(diskTree(root, root), name).environment };
  }

  async function journey(name: string): Promise<void> {
    const { connect, environment } = await serve(name);
    const run = async (command: string, ...args: string[]): Promise<Finished> => {
      const env = { VAULT_TOKEN: vault.rootToken, OP_CONNECT_TOKEN: connect.token };
      const done = await phalanx(["secrets", command, "-c", root, name, "-e", EXCLUDED, ...args], { env });
      for (const secret of ["canary", connect.token, vault.rootToken]) {
        expect(done.stdout + done.stderr).not.toContain(secret);
      }
      return done;
    };
    const source = `static secrets of ${name}: from the 1Password vault "${environment.onepassword?.vaultTitle ?? ""}"\n`;
    expect(await run("audit")).toMatchObject({
      stderr: source,
      exit: 1,
      stdout: expect.stringMatching(/^Missing secrets:\n/) as string,
    });
    expect(await run("sync")).toMatchObject({ exit: 0, stdout: expect.stringMatching(/^Created/) as string });
    expect(await run("audit")).toEqual({ exit: 0, stdout: "", stderr: source });
    const needed = staticSecrets(environment);
    needed.delete(EXCLUDED);
    expect(requestsByKind(connect)).toEqual({ lookUps: 3, lists: 3, items: 3 * (needed.size + 3), others: 0 });
    const kv = openKv(vault.url, vault.rootToken, `${environment.vault.mount}/${environment.vault.path}`);
    for (const [application, secrets] of needed) {
      const expected = secrets.map(({ key }) => [key, canary(`${application} ${key}`)]);
      expect(await kv.get(application)).toMatchObject(Object.fromEntries(expected));
    }
  }

  test("audits, syncs and audits clean, with one request for each needed item", { timeout: 60_000 }, async () => {
    expect(NAMES).toHaveLength(IN_CI ? 10 : 3);
    await Promise.all(NAMES.map((name) => limit(() => journey(name))));
  });
});

function requestsByKind({ requests }: DevConnect): Record<string, number> {
  const count = (pattern: RegExp): number => requests.filter(({ path }) => pattern.test(path)).length;
  const [lookUps, lists] = [count(/^\/v1\/vaults\?filter=/), count(/^\/v1\/vaults\/\w+\/items$/)];
  const items = count(/^\/v1\/vaults\/\w+\/items\/\w+$/);
  return { lookUps, lists, items, others: requests.length - lookUps - lists - items };
}
