import { readFileSync } from "node:fs";
import { defineConfig } from "vitest/config";
import { buildFleetPage } from "./scripts/fleet-page.mjs";
import { countReporter } from "./test/support/count-reporter.js";

const { version } = JSON.parse(readFileSync("package.json", "utf8"));

export default defineConfig({
  define: { PHALANX_VERSION: JSON.stringify(version), PHALANX_FLEET_PAGE: await buildFleetPage() },
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    pool: "threads",
    isolate: false,
    // Most of the time is spent in processes that a test waits for.
    maxWorkers: "100%",
    reporters: ["default", countReporter()],
    // Files need no order; within some, tests build on each other. The seed is printed; --sequence.seed gives the same order.
    sequence: { shuffle: { files: true, tests: false } },
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
