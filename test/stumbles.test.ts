import { chmod, cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { phalanx, ROOT } from "./support/cli.js";
import { runGit } from "./support/git.js";
import { HAS_TMUX, openScreen, type Screen } from "./support/screen.js";
import { startVault, type TestVault } from "./support/vault.js";

/**
 * What tripped up operators on their first day, each tried again: what they type, and what they answer if asked.
 * With redirected output, there is nobody to ask.
 */
const STUMBLES: readonly (readonly [what: string, typed: string, answer?: string])[] = [
  ["22. lint says that a configuration is clean, and the example is clean even with --strict", "lint --strict"],
  ["Setting up: the first sync", "secrets sync demo --secrets secrets-demo.yaml"],
  ["1. Piped output does not skip the question", "secrets rotate demo postgres/gatekeeper-password", "n"],
  ["2. An undo does not empty an environment without asking", "secrets restore demo --last", "n"],
  ["3. --json alone does not write", "secrets sync demo --secrets secrets-demo.yaml --json --delete"],
  ["3. Nor does --detailed-exitcode", "secrets sync demo --detailed-exitcode"],
  ["3. A dry run says that it wrote nothing", "secrets rotate demo portal/session-secret --dry-run"],
  ["4. A typo in --keep", "secrets sync demo --delete --keep gatekeper"],
  ["4. --keep without --delete", "secrets sync demo --keep gatekeeper"],
  ["5. A clean audit says what it compared with", "secrets audit demo"],
  ["6. Several static secrets files are merged", "secrets audit demo --secrets secrets-demo.yaml --secrets other.yaml"],
  ["7. A file that is not a plan", "secrets sync demo --plan secrets-demo.yaml"],
  ["7. A plan does not replace another kind of file", "secrets plan demo --out secrets-demo.yaml --force"],
  ["7. A template does not replace a file with values", "secrets static-template demo -o secrets-demo.yaml"],
  ["8. A lifetime without a unit", "vault create-write-token demo --lifetime 30"],
  ["8. When a new token expires", "vault create-write-token demo --lifetime 1h -o write-token.yaml"],
  ["9. If secrets are unresolved, a hint says how to write the others", "secrets sync lab --secrets other.yaml"],
  [
    "10., 11. A sync that changes a value asks, and says what to restart",
    "secrets sync demo --secrets other.yaml portal",
    "y",
  ],
  ["11. So does a restore", "secrets restore demo --last --by ada --reason slip --yes"],
  ["12. Who ran which command, and why", "secrets history demo portal"],
  ["13. An audit says what it does not list", "secrets audit lab --secrets other.yaml"],
  ["14. The application of the source is disabled", "secrets explain lab gatekeeper/database-password"],
  ["14. The application is disabled", "secrets explain demo alertbot/broker-password"],
  ["11. So does a rotation", "secrets rotate demo postgres/gatekeeper-password --yes"],
  ["15. A copy follows its source", "secrets restore demo --kv-version 1 postgres --dry-run"],
  ["20. A plan says where new values come from", "secrets plan demo --secrets other.yaml --delete"],
  ['20. A plan that cannot be applied does not say "Nothing to do"', "secrets plan lab"],
  ["21. Typos in a static secrets file", "secrets audit demo --secrets slips.yaml"],
  ["21. What a person still has to provide", "secrets missing lab --secrets other.yaml"],
  ["22. Nothing to do", "secrets sync demo --secrets secrets-demo.yaml"],
  ["23. -o works in secrets plan, too", "secrets plan demo --secrets other.yaml -o demo.plan"],
  ["23. An unknown command gets no hint to one that writes", "secrets get demo portal/map-tiles-key"],
  ["24. A wrong option points to the help of that command", "secrets sync demo --bogus"],
  ["24. A directory instead of a file", "secrets audit demo --secrets environments"],
  ["24. Not a valid time", "secrets restore demo --at yesterday"],
  ["24. A restore without the option that says what to restore", "secrets restore demo latest"],
  ["25. Ctrl-C at a question", "secrets rotate demo portal/session-secret", "C-c"],
  ["19. A change that is the same in many environments", "diff"],
];

const UPDATE = process.env["PHALANX_WRITE_TRANSCRIPTS"] === "1";

interface Day {
  readonly vault: TestVault;
  readonly root: string;
  readonly env: Record<string, string>;
}

/** The example with a second environment, in which a source is disabled, and two files of static secrets. */
async function openDay(): Promise<Day> {
  const [vault, root] = [await startVault(), await mkdtemp(join(tmpdir(), "phalanx-stumbles-"))];
  await cp(`${ROOT}example`, root, { recursive: true });
  await chmod(join(root, "secrets-demo.yaml"), 0o600);
  const settings = join(root, "environments/values-demo.yaml");
  // The hash of the dashboard takes seconds.
  const text = (await readFile(settings, "utf8"))
    .replace(/^vaultUrl:.*$/m, `vaultUrl: "${vault.url}"`)
    .replace("  dashboard: true\n", "");
  await writeFile(settings, text);
  const secrets = join(root, "secrets-demo.yaml");
  const filled = (await readFile(secrets, "utf8")).replace(/^ {2}dashboard:\n( {4}.*\n)+/m, "");
  await writeFile(secrets, filled);
  await writeFile(join(root, "other.yaml"), filled.replace("fake-map-tiles-key", "other-key"), { mode: 0o600 });
  const slips = filled.replace("  portal:", "  portl:").replace("dns-credentials.json", "dns-credential.json");
  await writeFile(join(root, "slips.yaml"), slips, { mode: 0o600 });
  const state = join(root, ".state");
  return { vault, root, env: { VAULT_TOKEN: vault.rootToken, XDG_STATE_HOME: state, GITHUB_ACTOR: "ada" } };
}

/** What happens before a command: a new environment, or a change of the configuration. */
async function before({ root }: Day, typed: string): Promise<void> {
  if (typed.includes("sync lab")) {
    const demo = await readFile(join(root, "environments/values-demo.yaml"), "utf8");
    const lab = demo.replaceAll("demo", "lab").replace("postgres: true", "postgres: false");
    await writeFile(join(root, "environments/values-lab.yaml"), lab);
  }
  if (typed !== "diff") return;
  await runGit(["init", "-q"], root);
  await runGit(["add", "applications", "environments"], root);
  await runGit(["-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-qm", "all"], root);
  const file = join(root, "applications/portal/secrets.yaml");
  await writeFile(file, (await readFile(file, "utf8")).replace(/^session-secret:/m, "session-key:"));
}

async function answered(screen: Screen, answer: string): Promise<void> {
  await screen.until(/\[y\/N\] *\n$|name of the environment: *\n$/);
  await screen.type(answer);
}

/** Pipes standard output into another program if the question must not go with it. */
const piped = (typed: string, answer?: string): string => (answer === "n" ? `${typed} | cat` : typed);

/** What a person sees who types the command. */
async function atTerminal({ root, env }: Day, columns: number, typed: string, answer?: string): Promise<string> {
  const screen = await openScreen(piped(typed, answer), { cwd: root, env, columns, rows: 200 });
  if (answer !== undefined) await answered(screen, answer);
  await screen.ended();
  const text = await screen.look();
  await screen.close();
  return text;
}

async function redirected({ root, env }: Day, typed: string): Promise<string> {
  const { exit, stdout, stderr } = await phalanx(typed.split(" "), { cwd: root, env });
  return `${stdout}${stderr.replaceAll(/^(?=.)/gm, "! ")}[${exit}]\n`;
}

describe.skipIf(!HAS_TMUX)("the stumbles of a first day, tried again", () => {
  test.each<[where: string, columns: number | undefined]>([
    ["at a terminal of 80 columns", 80],
    ["at a terminal of 120 columns", 120],
    ["redirected", undefined],
  ])("%s", { timeout: 240_000 }, async (_, columns) => {
    const day = await openDay();
    let seen = "";
    try {
      for (const [what, typed, answer] of STUMBLES) {
        await before(day, typed);
        const text = await (columns === undefined ? redirected(day, typed) : atTerminal(day, columns, typed, answer));
        const shown = columns === undefined ? typed : piped(typed, answer);
        seen += `# ${what}\n$ phalanx ${shown}\n${text}\n`;
      }
    } finally {
      await Promise.all([day.vault.close(), rm(day.root, { recursive: true, force: true })]);
    }
    const actual = seen
      .replaceAll(day.vault.url, "http://127.0.0.1:12345")
      .replaceAll(/\d{8}T\d{6}Z-[0-9a-f]{6}/g, "20261124T070102Z-1a2b3c")
      .replaceAll(/\d{4}-\d\d-\d\d([ T])\d\d:\d\d:\d\d( UTC|Z)/g, "2026-11-24$107:01:02$2")
      .replaceAll(/ook \d+\.\d s/g, "ook 0.4 s");
    const file = `${ROOT}test/screens/stumbles-${columns ?? "redirected"}.txt`;
    if (UPDATE) await writeFile(file, actual);
    expect(actual).toBe(await readFile(file, "utf8"));
  });
});
