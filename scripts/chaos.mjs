// Chaos on a real cluster for an hour, or for a given number of minutes: `npm run chaos -- MINUTES`.
import { spawn } from "node:child_process";
import { findTestServer } from "./test-servers.mjs";

const minutes = process.argv[2] ?? "60";
if (!/^\d+(\.\d+)?$/.test(minutes)) throw new Error(`${minutes} is not a number of minutes`);
const server = await findTestServer();
process.stdout.write(`Against ${server.version}: ${server.binary}\n`);
const vitest = spawn("npx", ["vitest", "run", "--config", "vitest.real.config.ts", "test/real/chaos.test.ts"], {
  stdio: "inherit",
  env: { ...process.env, PHALANX_TEST_SERVER: server.binary, PHALANX_TEST_SIZE: minutes },
});
vitest.on("exit", (status) => (process.exitCode = status ?? 1));
