import { defineConfig } from "vitest/config";
import { countReporter } from "./test/support/count-reporter.js";

export default defineConfig({
  define: { PHALANX_VERSION: JSON.stringify("0.0.0-test") },
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    pool: "threads",
    isolate: false,
    // Most of the time is spent in processes that a test waits for.
    maxWorkers: "100%",
    reporters: ["default", countReporter()],
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
