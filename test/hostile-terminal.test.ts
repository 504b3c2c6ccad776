import { beforeAll, describe, expect, test } from "vitest";
import { type DevConnect, startDevConnect } from "./support/dev-connect/index.js";
import { startVault, type TestVault } from "./support/vault.js";
import { phalanxHere } from "./support/cli.js";
import { openKv } from "./support/kv.js";
import { makeRepository, type TestRepository } from "./support/git.js";
import { environmentFiles } from "./support/tree.js";

/** What is not seen: no width, a soft hyphen, joiners, tags, a filler, a variant, private, unassigned, like a space. */
const UNSEEN =
  "\u200b\u2060\ufeff\u00ad\u200d\u061c\u2066\u034f\u3164\u2800\ufe0f\u{e0001}\u{e0041}\u{e0100}\ue000\u{f0000}\u0378\u00a0\u2003";

/** Clears the screen, sets the title, goes up, writes from right to left, and more that only looks like a name. */
const EVIL = `x\u001b[2J\u001b]0;title\u0007\u009b1A\u202edne\u2028\r\b\u007f${UNSEEN}`;
const YAML_EVIL = `"x\\e[2J\\e]0;title\\a\\x9b1A\\u202edne\\r\\b\\x7f${yamlEscapes(UNSEEN)}"`;

function yamlEscapes(text: string): string {
  return Array.from(text, (character) => `\\U${character.codePointAt(0)?.toString(16).padStart(8, "0")}`).join("");
}

/** Everything that no output may hold as it is, but for the breaks of lines. */
const HIDDEN = /(?!\n)[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]|(?! )\p{Zs}/u;

/** An environment of such names, as Vault and 1Password hold it. */
async function openScene(): Promise<{ vault: TestVault; connect: DevConnect; tree: TestRepository }> {
  const vault = await startVault();
  const connect = await startDevConnect({
    vaults: [
      {
        title: "Secrets",
        items: [
          {
            title: "app",
            fields: [
              { label: "s", value: "v" },
              { label: EVIL, value: "v" },
            ],
          },
          { title: EVIL, fields: [{ label: EVIL, value: "v" }] },
          { title: "pull-secret", fields: [{ label: "username", value: "u", section: EVIL }] },
        ],
      },
    ],
  });
  const secrets = `s: {description: ${YAML_EVIL}}\n${YAML_EVIL}: {description: x}\nc: {description: x, copy: {application: app, key: ${YAML_EVIL}}}\n`;
  const tree = await makeRepository(
    environmentFiles(
      vault.url,
      { app: { secrets } },
      {
        "environments/values-one.yaml": `vaultUrl: ${vault.url}\nvaultPathPrefix: secret/phalanx/one\nonepassword: {connectUrl: "${connect.url}", vaultTitle: Secrets}\napplications: {app: true}\n`,
        "environments/values-bad.yaml": `vaultUrl: ${YAML_EVIL}\napplications: {${YAML_EVIL}: true, other: true}\n`,
        "environments/values-extended.yaml": `vaultUrl: ${vault.url}\nvaultPathPrefix: secret/phalanx/extended\napplications: {random: true}\n`,
        "applications/random/Chart.yaml": "name: random\n",
        "applications/random/secrets.yaml": `${YAML_EVIL}: {description: x, generate: {type: random, length: 9}}\n`,
        "applications/other/secrets.yaml": `${YAML_EVIL}: {description: x, if: ${YAML_EVIL}}\n`,
        "static.yaml": `applications: {app: {s: {value: v}, ${YAML_EVIL}: {value: v}}, ${YAML_EVIL}: {x: {value: v}}}\n${YAML_EVIL}: 1\n`,
        "good.yaml": `applications: {app: {s: {value: v}, ${YAML_EVIL}: {value: v}}, ${YAML_EVIL}: {x: {value: v}}}\n`,
      },
    ),
  );
  await tree.write(
    "applications/app/secrets-test.yaml",
    `${YAML_EVIL}: {description: y, if: config.x}\nn: {description: x}\n`,
  );
  for (const prefix of ["secret/phalanx/test", "secret/phalanx/one", "secret/old"]) {
    const kv = openKv(vault.url, vault.rootToken, prefix);
    await kv.call("POST", "sys/auth/approle", { type: "approle" });
    for (const name of ["app", EVIL.replaceAll(/[\r\b\u2028]/g, "")]) {
      await kv.put(name, { [EVIL]: "1", s: "old" });
      const path = `${prefix.replace("/", "/metadata/")}/${encodeURIComponent(name)}`;
      await kv.call("POST", path, { custom_metadata: { "phalanx-environment": "e", note: "x" } });
    }
  }
  return { vault, connect, tree };
}

const COMMANDS = `
  secrets audit test
  secrets audit test --json
  secrets audit test --secrets good.yaml
  secrets audit test --secrets static.yaml
  secrets audit bad
  secrets plan test --delete
  secrets plan test --delete --json --secrets good.yaml
  secrets history test
  secrets history test --json
  secrets explain test
  secrets explain test --json
  secrets explain test app
  secrets list test
  secrets consumers test
  secrets consumers test --json
  secrets static-template test
  secrets onepassword-secrets one
  secrets list test --json
  secrets missing test
  secrets missing test --json
  secrets audit one
  secrets audit one --json
  secrets onepassword-template one
  secrets onepassword-template one --json
  secrets sync test --secrets good.yaml --delete --allow-mass-delete
  secrets sync one
  secrets restore test --kv-version 1 app --partial --dry-run
  secrets rotate test app/nothing
  secrets set test app/${EVIL}
  lint
  lint --format json
  lint --format sarif
  lint --format github
  diff
  diff --format json
  diff --format markdown
  graph test --all
  graph test --all --format dot
  graph test --all --format mermaid
  graph test --all --format svg
  graph test --all --format json
  vault preflight test
  vault audit test
  vault copy-secrets test secret/old --dry-run
  vault copy-secrets test secret/old --overwrite --json
  migrate check extended
  migrate check extended --json
  fleet audit
  fleet audit test --json
  help ${EVIL}
  vault preflight ${EVIL}
  secrets ${EVIL}
`
  .trim()
  .split(/\n {2}/);

describe.each([false, true])("names that are commands to a terminal (a terminal: %s)", (terminal) => {
  /** What each command shows. They run one after the other, as those that write change what the others find. */
  const outputs = new Map<string, string>();
  beforeAll(async () => {
    const { vault, connect, tree } = await openScene();
    const env = {
      VAULT_TOKEN: vault.rootToken,
      VAULT_TOKEN_TEST: vault.rootToken,
      OP_CONNECT_TOKEN: connect.token,
      HOME: tree.root,
      CI: "1",
    };
    for (const command of COMMANDS) {
      const { stdout, stderr } = await phalanxHere(command.split(" "), { cwd: tree.root, env, terminal });
      // Colours are ours, and on a terminal only.
      const shown = terminal ? (stdout + stderr).replaceAll(/\u001b\[(1|2|22|3[1-3]|39)m/g, "") : stdout + stderr;
      outputs.set(command, shown);
    }
    await Promise.all([vault.close(), connect.close(), tree.remove()]);
  });

  test.each(COMMANDS.map((command) => [JSON.stringify(command), command] as const))("%s", (_, command) => {
    expect(outputs.get(command)).not.toMatch(HIDDEN);
  });

  test("the names are shown, in a form that does nothing", () => {
    const showing = [...outputs.values()].filter((text) => /x(\\u\{1b\}|\\u001b)\[2J/.test(text));
    expect(showing.length).toBeGreaterThan(25);
  });
});
