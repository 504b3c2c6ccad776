import { readdirSync, readFileSync } from "node:fs";
import { defineConfig } from "vitest/config";
import base from "./vitest.config.js";

/** What a test imports if it starts a Vault: with PHALANX_TEST_SERVER that is a real one. */
const STARTS = /from "\.\/(support\/(vault|lab|scene|fleet)|faults\/stage)\.js"/;

const onBoth = readdirSync("test")
  .filter((name) => name.endsWith(".test.ts"))
  .map((name) => `test/${name}`)
  .filter((path) => STARTS.test(readFileSync(path, "utf8")));

export default defineConfig({
  ...base,
  test: { ...base.test, include: [...onBoth, "test/real/**/*.test.ts"], exclude: ["node_modules/**"] },
});
