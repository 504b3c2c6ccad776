import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { phalanx, ROOT } from "./support/cli.js";
import { runGit } from "./support/git.js";
import { HAS_TMUX, openScreen } from "./support/screen.js";
import { startVault, type TestVault } from "./support/vault.js";

/** What an operator runs in a day, and mistypes; on the example, with a secret renamed and a value changed. */
const COMMANDS = [
  "secrets audit demo --secrets secrets-demo.yaml",
  "secrets plan demo",
  "secrets plan demo --delete --regenerate",
  "secrets plan demo --secrets empty.yaml",
  "secrets sync fresh",
  "secrets sync demo -e nothing --secrets secrets-demo.yaml --delete --purge --dry-run",
  "secrets rotate demo gatekeeper",
  "secrets rotate demo gatekeeper/session-key postgres/superuser-password --yes",
  "secrets history demo",
  "secrets explain demo broker/portal-password",
  "secrets explain demo gatekeeper",
  "secrets restore demo --kv-version 1 postgres --dry-run",
  "secrets onepassword-template staging",
  "diff",
  "lint --notes",
  "lint --explain",
  "graph demo",
  "migrate check demo",
  "vault audit demo",
  "vault preflight demo",
  "vault create-write-token demo --dry-run",
  "fleet audit",
  "secrets audit nowhere",
  "secrets sync demo --dele",
  "secrets sync demo --secrets nowhere-to-be-found/static-secrets.yaml",
  "secrets sync demo --plan secrets-demo.yaml",
  "secrets sync --help",
  "vault create-read-approle --help",
  "help",
];

describe.skipIf(!HAS_TMUX)("no word is broken", () => {
  let vault: TestVault;
  let root: string;
  let env: Record<string, string>;

  beforeAll(async () => {
    vault = await startVault();
    root = await mkdtemp(join(tmpdir(), "phalanx-narrow-"));
    await cp(`${ROOT}example`, root, { recursive: true });
    const change = async (path: string, from: RegExp, to: string): Promise<void> => {
      const file = join(root, path);
      await writeFile(file, (await readFile(file, "utf8")).replace(from, to));
    };
    await change("environments/values-demo.yaml", /^vaultUrl:.*$/m, `vaultUrl: "${vault.url}"`);
    const settings = await readFile(join(root, "environments/values-demo.yaml"), "utf8");
    await writeFile(join(root, "environments/values-fresh.yaml"), settings.replaceAll("demo", "fresh"));
    await writeFile(join(root, "empty.yaml"), "applications: {}\n");
    env = { VAULT_TOKEN: vault.rootToken, XDG_STATE_HOME: join(root, "state") };
    await phalanx(["secrets", "sync", "demo", "--secrets", "secrets-demo.yaml"], { cwd: root, env });
    await runGit(["init", "-q"], root);
    await runGit(["add", "."], root);
    await runGit(["-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-qm", "all"], root);
    await change("applications/broker/secrets.yaml", /alertbot-password/, "alertbot-pass");
  });
  afterAll(() => Promise.all([vault.close(), rm(root, { recursive: true, force: true })]));

  test.each(COMMANDS)("by %s", async (command) => {
    for (const columns of [80, 40]) {
      const screen = await openScreen(command, { cwd: root, env, columns, rows: 400 });
      await screen.ended();
      const broken = await screen.broken();
      await screen.close();
      // What is longer than the screen by itself stands alone.
      expect(broken.filter((line) => /\S \S/.test(line.replace(/ \\\\$/, "")))).toEqual([]);
    }
  });
});
