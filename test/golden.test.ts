import { execFile } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { chmod, cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BETTER } from "./support/better-than-original.js";
import { readRecording, replay as replayOwn, stepNames } from "./support/original.js";
import { REAL_SERVER, startVault, type TestVault } from "./support/vault.js";
import { BIN, phalanx, ROOT } from "./support/cli.js";
import { IN_CI } from "./support/size.js";

const SHARED = `${ROOT}../shared`;
const CONFIG = `${SHARED}/config/2026-08`;

/** All recordings and environments in CI and on a real server; otherwise a few. */
const ALL = IN_CI || REAL_SERVER !== undefined;
const ENVIRONMENTS = ALL
  ? ["base", "ccin2p3", "idfdev", "minikube", "roundtable-prod", "tacc-spherex", "usdfdev"]
  : ["minikube"];

/**
 * Where the specification asks for something better than the recording and the replay does not know: each line is one
 * step that therefore differs, with the reason.
 */
const ACCEPTED: readonly RegExp[] = [
  // A copy from an excluded application uses what Vault holds, so this audit gets as far as listing the drift. (The
  // replay accepts that only where the exit status differs too, and an audit of drift exits 1 either way.)
  /^base: audit of the drift, two applications excluded: (heading "Missing secrets:"|unresolved: )/,
  // Without a source, OIDC clients keep Vault's value. (The replay accepts that for the step itself; but the recording
  // had emptied them, so that here a later step with a source has nothing left to restore.)
  /^(ccin2p3|tacc-spherex): sync --regenerate: lacks: Updated Vault secret for gafaelfawr oidc-server-secrets$/,
];

/** @param state Where the program keeps what is pending: another run on this machine must not find it. */
function replay(url: string, token: string, environment: string, state: string): Promise<string> {
  const args = ["--vault", url, "--token", token, "--config", CONFIG, "--env", environment];
  return new Promise((done) => {
    execFile(
      process.execPath,
      [`${SHARED}/golden/replay.mjs`, ...args, "--", process.execPath, BIN],
      { cwd: ROOT, env: { ...process.env, XDG_STATE_HOME: state }, maxBuffer: 1 << 26 },
      (_, stdout, stderr) => done(stdout + stderr),
    );
  });
}

const OWN = `${ROOT}test/fixtures/original`;

describe.each(["demo", "staging"])("what the original did with our example, in %s", async (environment) => {
  const recording = await readRecording(`${OWN}/${environment}.json`);
  const played = new Map<string, readonly string[]>();
  let vault: TestVault;
  let root: string;

  // The steps are one recorded session, so their order is part of it: all are played before any is looked at.
  beforeAll(async () => {
    vault = await startVault();
    root = await mkdtemp(join(tmpdir(), "phalanx-original-"));
    await cp(`${OWN}/example`, root, { recursive: true });
    const settings = join(root, `environments/values-${environment}.yaml`);
    await writeFile(settings, (await readFile(settings, "utf8")).replace(/^vaultUrl:.*$/m, `vaultUrl: "${vault.url}"`));
    const staticFile = join(root, "static.yaml");
    await writeFile(staticFile, await readFile(`${OWN}/${environment}.static.yaml`), { mode: 0o600 });
    const stage = { url: vault.url, token: vault.rootToken, config: root, staticFile };
    for (const { step, differences } of await replayOwn(recording, stage)) played.set(step, differences);
  });
  afterAll(() => Promise.all([vault.close(), rm(root, { recursive: true, force: true })]));

  test.each(stepNames(recording))("%s", (step) => {
    expect(played.get(step)).toEqual(BETTER[`${environment}: ${step}`] ?? []);
  });
});

describe.skipIf(!existsSync(SHARED))("the recorded behaviour of the original", () => {
  test.each(ENVIRONMENTS)("%s", { timeout: 300_000 }, async (environment) => {
    const vault = await startVault();
    const state = await mkdtemp(join(tmpdir(), "phalanx-golden-"));
    try {
      const output = await replay(vault.url, vault.rootToken, environment, state);
      expect(output).toMatch(/^\d+ passed, \d+ failed$/m);
      const differences = [...output.matchAll(/^ {6}(.*)$/gm)].map(([, line]) => `${environment}: ${line}`);
      expect(differences.filter((line) => !ACCEPTED.some((known) => known.test(line)))).toEqual([]);
    } finally {
      await vault.close();
      await rm(state, { recursive: true, force: true });
    }
  });
});

describe.skipIf(!existsSync(SHARED))("every environment of the real configuration", () => {
  const names = existsSync(CONFIG)
    ? readdirSync(`${CONFIG}/environments`).flatMap((name) => /^values-(.+)\.yaml$/.exec(name)?.[1] ?? [])
    : [];

  test("can be listed", { timeout: 60_000 }, async () => {
    expect(names).toHaveLength(24);
    const list = await Promise.all(names.map((name) => phalanx(["secrets", "list", "-c", CONFIG, name])));
    for (const [i, { exit, stdout, stderr }] of list.entries()) {
      expect({ name: names[i], exit, stderr }).toEqual({ name: names[i], exit: 0, stderr: "" });
      expect(stdout.split("\n").length).toBeGreaterThan(5);
    }
  });

  test("can be audited against an empty Vault", { timeout: 60_000 }, async () => {
    const vault = await startVault();
    const root = await mkdtemp(join(tmpdir(), "phalanx-audit-all-"));
    try {
      await cp(CONFIG, root, { recursive: true });
      for (const name of ["values", ...names.map((environment) => `values-${environment}`)]) {
        const path = join(root, "environments", `${name}.yaml`);
        await chmod(path, 0o644);
        await writeFile(path, (await readFile(path, "utf8")).replace(/^vaultUrl:.*$/m, `vaultUrl: "${vault.url}"`));
      }
      for (const name of ALL ? names : names.slice(0, 4)) {
        const template = await phalanx(["secrets", "static-template", "-c", root, name]);
        const file = join(root, `${name}.static.yaml`);
        await writeFile(file, template.stdout.replace(/value: null/g, "value: x"), { mode: 0o600 });
        const { exit, stdout, stderr } = await phalanx(["secrets", "audit", "-c", root, "--secrets", file, name], {
          env: { VAULT_TOKEN: vault.rootToken },
        });
        expect({ name, exit }).toEqual({ name, exit: 1 });
        const [, what] = /^(Missing|Unresolved) secrets:\n• /.exec(stdout) ?? [];
        const source = `static secrets of ${name}: from ${file}\n`;
        expect(stderr.startsWith(source)).toBe(true);
        // Two of them have one prefix, which does not matter on servers of their own, but on this one.
        const said = stderr.slice(source.length).replace(/^Warning: \S+ has the same prefix in Vault as .*\n/m, "");
        expect(said).toMatch(
          what === "Missing" ? /^$/ : /^Not listed while [1-9]\d* secrets? \w+ unresolved: .*\n .*\n$/,
        );
      }
    } finally {
      await vault.close();
      await rm(root, { recursive: true, force: true });
    }
  });
});
