import { readFileSync } from "node:fs";
import { defineConfig } from "vitest/config";

const { version } = JSON.parse(readFileSync("package.json", "utf8"));

const tests = {
  secrets: ["src/secrets/*.test.ts"],
  applying: ["test/sync.test.ts", "test/applying.test.ts", "src/operations/waves.test.ts"],
};

/** The tests that mutants are run against: for each half, those that find out within seconds. See docs/testing.md. */
export default defineConfig({
  define: { PHALANX_VERSION: JSON.stringify(version), PHALANX_FLEET_PAGE: '"{}"' },
  test: {
    include: process.env["PHALANX_MUTATION"] === "applying" ? tests.applying : tests.secrets,
    // A mutant must not survive because it was lucky.
    setupFiles: ["test/support/same-seed.ts"],
    testTimeout: 30_000,
    // One test at a time: which test runs which code could not be told otherwise.
    maxConcurrency: 1,
  },
});
