import { defineConfig } from "vitest/config";

export default defineConfig({
  define: { PHALANX_VERSION: JSON.stringify("0.0.0-test") },
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    pool: "threads",
    isolate: false,
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
