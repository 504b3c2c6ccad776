import { existsSync } from "node:fs";
import { chmod, cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startVault, type TestVault } from "./support/vault.js";
import { phalanx, ROOT, type Finished } from "./support/cli.js";
import { type Kv, openKv } from "./support/kv.js";

/** How the users of the original are told to sync; the page beside the clone. */
const PAGE = `${ROOT}../shared/spec/sync-secrets.rst`;
const TOKEN = "write-token";
const STATIC = ["--secrets", "secrets-demo.yaml"];

/** The parts of the page: `""` before the first heading, then by heading. */
function sections(text: string): Map<string, string> {
  const parts = text.split(/^(.+)\n=+$/m);
  return new Map([
    ["", parts[0] ?? ""],
    ...parts.slice(1).flatMap((part, i, all) => (i % 2 === 0 ? [[part, all[i + 1] ?? ""] as const] : [])),
  ]);
}

describe.skipIf(!existsSync(PAGE))("the original's page about syncing can be followed", () => {
  let page: Map<string, string>;
  let root: string;
  let vault: TestVault;
  let kv: Kv;

  beforeEach(async () => {
    page = sections(await readFile(PAGE, "utf8"));
    root = await mkdtemp(join(tmpdir(), "phalanx-page-"));
    await cp(`${ROOT}example`, root, { recursive: true });
    await chmod(join(root, "secrets-demo.yaml"), 0o600);
    vault = await startVault({ token: TOKEN });
    kv = openKv(vault.url, TOKEN, "secret/phalanx/demo");
    const settings = join(root, "environments/values-demo.yaml");
    const text = (await readFile(settings, "utf8")).replace(/^vaultUrl:.*$/m, `vaultUrl: "${vault.url}"`);
    // Each sync that renews the password that is hashed would cost seconds.
    await writeFile(settings, text.replace("  dashboard: true\n", ""));
    const secrets = join(root, "secrets-demo.yaml");
    await writeFile(secrets, (await readFile(secrets, "utf8")).replace(/^ {2}dashboard:\n( {4}.*\n)+/m, ""));
  });
  afterEach(async () => {
    await vault.close();
    await rm(root, { recursive: true, force: true });
  });

  /** A command of the page, for the environment `demo`, with more options. */
  const follow = (command: string, more: readonly string[], env = { VAULT_TOKEN: TOKEN }): Promise<Finished> => {
    const words = command.replace("<environment>", "demo").split(" ");
    expect(words[0]).toBe("phalanx");
    return phalanx([...words.slice(1), ...more], { cwd: root, env: { ...env, XDG_STATE_HOME: join(root, ".state") } });
  };
  const command = (): string => /^ {3}(phalanx .*)$/m.exec(page.get("") ?? "")?.[1] ?? "";
  const option = (section: string): string => /``(--[a-z]+)``/.exec(page.get(section) ?? "")?.[1] ?? "";
  /** What a reader has done before who comes to the later parts. */
  const syncFirst = async (): Promise<void> => {
    expect(await follow(command(), STATIC)).toMatchObject({ exit: 0 });
  };
  const values = async (application: string): Promise<Record<string, unknown>> => (await kv.get(application)) ?? {};

  test("it has the commands and options that are followed here", () => {
    expect([...page.keys()]).toEqual(["", "Deleting secrets", "Regenerating secrets"]);
    expect(command()).toBe("phalanx secrets sync <environment>");
    expect([option("Deleting secrets"), option("Regenerating secrets")]).toEqual(["--delete", "--regenerate"]);
    expect(page.get("")).toContain("VAULT_TOKEN");
  });

  test("without the token it says which variable is missing", async () => {
    const { exit, stderr } = await follow(command(), STATIC, { VAULT_TOKEN: "" });
    expect(exit).toBe(2);
    expect(stderr).toContain("VAULT_TOKEN");
  });

  test("audit first, so that you know what will change", async () => {
    const { exit, stdout } = await follow("phalanx secrets audit <environment>", STATIC);
    expect(exit).toBe(1);
    expect(stdout).toMatch(/^Missing secrets:\n(• .*\n)+$/);
  });

  test("then the sync, before the first installation and again whenever something changes", async () => {
    const first = await follow(command(), STATIC);
    expect(first).toMatchObject({ exit: 0, stdout: expect.stringContaining("Created Vault secret for postgres") });
    expect(await follow("phalanx secrets audit <environment>", STATIC)).toMatchObject({ exit: 0, stdout: "" });
    expect(await follow(command(), STATIC)).toMatchObject({ exit: 0, stdout: "" });
  });

  test("without --secrets, static secrets that are in Vault stay there", async () => {
    await syncFirst();
    expect(await follow(command(), [])).toMatchObject({ exit: 0, stdout: "" });
  });

  test("old secrets go with --delete; not by default, as a sentence of the page has it", async () => {
    await syncFirst();
    await kv.set("postgres", "old", "value");
    expect(await follow(command(), STATIC)).toMatchObject({ exit: 0, stdout: "" });
    expect(await values("postgres")).toHaveProperty("old");
    const deleted = await follow(command(), [option("Deleting secrets"), ...STATIC]);
    expect(deleted).toMatchObject({ exit: 0, stdout: "Deleted Vault secret for postgres old\n" });
    expect(await values("postgres")).not.toHaveProperty("old");
  });

  test("generated secrets keep their values, until --regenerate; static ones keep theirs even then, unlike the page says", async () => {
    await syncFirst();
    const before = {
      postgres: await values("postgres"),
      portal: await values("portal"),
      ingress: await values("ingress"),
    };
    expect(await follow(command(), STATIC)).toMatchObject({ exit: 0, stdout: "" });
    expect(await values("postgres")).toEqual(before.postgres);

    expect(await follow(command(), [option("Regenerating secrets"), ...STATIC])).toMatchObject({ exit: 0 });
    const after = {
      postgres: await values("postgres"),
      portal: await values("portal"),
      ingress: await values("ingress"),
    };
    expect(after.postgres["superuser-password"]).not.toBe(before.postgres["superuser-password"]);
    expect(after.portal["map-tiles-key"]).toBe(before.portal["map-tiles-key"]);
    expect(after.ingress["dns-credentials.json"]).toBe(before.ingress["dns-credentials.json"]);
    // A copy follows its source.
    expect((await values("gatekeeper"))["database-password"]).toBe(after.postgres["gatekeeper-password"]);
    expect(await follow("phalanx secrets audit <environment>", STATIC)).toMatchObject({ exit: 0, stdout: "" });
  });
});
