// Measures fleets of many environments and applications, against a real server and in a real browser: bench/size.ts.
import { spawn } from "node:child_process";
import { findTestServer } from "./test-servers.mjs";

const { binary, version } = await findTestServer();
process.stdout.write(`Against ${version}\n`);
const child = spawn(process.execPath, ["bench/start.mjs", "bench/size.ts", ...process.argv.slice(2)], {
  stdio: "inherit",
  env: { ...process.env, PHALANX_TEST_SERVER: binary },
});
child.on("exit", (status) => (process.exitCode = status ?? 1));
