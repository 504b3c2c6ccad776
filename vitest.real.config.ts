import { readdirSync, readFileSync } from "node:fs";
import { defineConfig } from "vitest/config";
import base from "./vitest.config.js";

/** What a test imports if it starts a Vault: with PHALANX_TEST_SERVER that is a real one. */
const STARTS = /from "\.\/(support\/(vault|lab|scene|fleet|world)|faults\/stage)\.js"/;

/** What only the embedded server can be. */
const EMBEDDED_ONLY = new Set([
  // It chooses the server's clock.
  "test/restore.property.test.ts",
  // It stores names that a real server refuses, as a hostile one would.
  "test/hostile-terminal.test.ts",
]);

const onBoth = readdirSync("test")
  .filter((name) => name.endsWith(".test.ts"))
  .map((name) => `test/${name}`)
  .filter((path) => !EMBEDDED_ONLY.has(path) && STARTS.test(readFileSync(path, "utf8")));

export default defineConfig({
  ...base,
  test: { ...base.test, include: [...onBoth, "test/real/**/*.test.ts"], exclude: ["node_modules/**"] },
});
