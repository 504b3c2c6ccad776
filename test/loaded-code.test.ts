import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { phalanxProcess, ROOT } from "./support/cli.js";
import { startVault, type TestVault } from "./support/vault.js";

let vault: TestVault;
let directory: string;
beforeAll(async () => {
  [vault, directory] = await Promise.all([startVault(), mkdtemp(join(tmpdir(), "phalanx-loaded-"))]);
});
afterAll(() => Promise.all([vault.close(), rm(directory, { recursive: true })]));

/** Kilobytes of the bundle that a command may load: a tenth more than when it was written down. */
const LARGEST: readonly (readonly [command: string, kilobytes: number])[] = [
  ["--help", 285],
  ["secrets sync --help", 285],
  ["secrets list demo", 635],
  ["lint", 755],
  ["secrets sync demo --secrets secrets-demo.yaml --vault-address VAULT", 1250],
  ["secrets sync demo --vault-address VAULT", 1250],
  ["secrets audit demo --vault-address VAULT", 1100],
];

interface Loaded {
  readonly bytes: number;
  /** The YAML files that were opened, each time. */
  readonly opened: readonly string[];
}

test("no command loads more code than it needs, or reads a YAML file twice", async () => {
  for (const [command, largest] of LARGEST) {
    const file = join(directory, "loaded.json");
    await phalanxProcess(command.replace("VAULT", vault.url).split(" "), {
      cwd: `${ROOT}example`,
      env: {
        HOME: directory,
        VAULT_TOKEN: vault.rootToken,
        WHAT_IS_LOADED: file,
        NODE_OPTIONS: `--require ${ROOT}test/support/what-is-loaded.cjs`,
      },
    });
    const { bytes, opened } = JSON.parse(await readFile(file, "utf8")) as Loaded;
    const twice = opened.filter((path, i) => opened.indexOf(path) !== i);
    expect({ command, twice }).toEqual({ command, twice: [] });
    expect(bytes / 1000, command).toBeLessThan(largest);
  }
});
