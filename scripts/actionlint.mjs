// Checks the workflows with actionlint, which Go builds the first time into the cache of test-servers.mjs.
//   node scripts/actionlint.mjs
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CACHE, refuseStrange } from "./test-servers.mjs";

const VERSION = "1.7.12";
const DIRECTORY = join(CACHE, `actionlint-${VERSION}`);
const BINARY = join(DIRECTORY, process.platform === "win32" ? "actionlint.exe" : "actionlint");

/** The checker if it has been built; otherwise undefined. */
export async function builtActionlint() {
  if (!existsSync(BINARY)) return undefined;
  await refuseStrange(BINARY);
  return BINARY;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (!existsSync(BINARY)) {
    await mkdir(DIRECTORY, { recursive: true });
    // Go verifies the module against its checksum database.
    const env = { ...process.env, GOBIN: DIRECTORY, CGO_ENABLED: "0", GOFLAGS: "-trimpath" };
    execFileSync("go", ["install", `github.com/rhysd/actionlint/cmd/actionlint@v${VERSION}`], {
      env,
      stdio: "inherit",
    });
  }
  const root = fileURLToPath(new URL("..", import.meta.url));
  try {
    execFileSync(await builtActionlint(), ["-color"], { cwd: root, stdio: "inherit" });
  } catch (error) {
    process.exit(error.status ?? 1);
  }
}
