// Runs test/cluster against a real control plane of Kubernetes, External Secrets and OpenBao. If one of them is
// unavailable it fails, unless PHALANX_ALLOW_SKIP is set.
import { spawn } from "node:child_process";
import { findClusterParts } from "./test-cluster-parts.mjs";
import { findTestServer } from "./test-servers.mjs";

const say = (text) => process.stdout.write(text);
const find = async () => ({ server: await findTestServer(), parts: await findClusterParts(say) });
const { server, parts } = await find().catch((error) => {
  process.stderr.write(`${String(error.stderr || error.message).trim()}\n`);
  if (!process.env.PHALANX_ALLOW_SKIP) {
    process.stderr.write("To leave these tests out, set PHALANX_ALLOW_SKIP=1.\n");
    process.exit(1);
  }
  process.stderr.write("Skipped: everything that `npm run test:cluster` runs (PHALANX_ALLOW_SKIP is set).\n");
  say("0 passed, 0 failed, 1 skipped\n");
  process.exit(0);
});
say(`Against ${server.version} and the cluster of ${parts}\n`);
const vitest = spawn("npx", ["vitest", "run", "--config", "vitest.cluster.config.ts", ...process.argv.slice(2)], {
  stdio: "inherit",
  env: { ...process.env, PHALANX_TEST_CLUSTER: parts, PHALANX_TEST_SERVER: server.binary },
});
vitest.on("exit", (status) => (process.exitCode = status ?? 1));
