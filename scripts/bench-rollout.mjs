// Measures `phalanx rollout status` on a control plane with a thousand workloads: bench/rollout.ts.
import { spawn } from "node:child_process";
import { findClusterParts } from "./test-cluster-parts.mjs";
import { findTestServer } from "./test-servers.mjs";

const [server, parts] = [await findTestServer(), await findClusterParts((text) => process.stderr.write(text))];
const child = spawn(process.execPath, ["bench/start.mjs", "bench/rollout.ts", ...process.argv.slice(2)], {
  stdio: "inherit",
  env: { ...process.env, PHALANX_TEST_CLUSTER: parts, PHALANX_TEST_SERVER: server.binary },
});
child.on("exit", (status) => (process.exitCode = status ?? 1));
