import { readFileSync } from "node:fs";
import { defineConfig } from "vitest/config";
import { buildFleetPage } from "./scripts/fleet-page.mjs";
import { countReporter } from "./test/support/count-reporter.js";
import { IN_CI } from "./test/support/size.js";

const { version } = JSON.parse(readFileSync("package.json", "utf8"));

export default defineConfig({
  define: { PHALANX_VERSION: JSON.stringify(version), PHALANX_FLEET_PAGE: await buildFleetPage() },
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    // Only a real server, and a real cluster, can show what is there: `npm run test:real`, `npm run test:cluster`.
    exclude: ["test/real/**", "test/cluster/**", "node_modules/**"],
    // To start a process from one of two small processes takes a third of what it takes from a single large one.
    pool: "forks",
    isolate: false,
    // Most of the time is spent in processes that a test waits for.
    maxWorkers: "100%",
    reporters: ["default", countReporter()],
    // No test builds on another one. The seed is printed; --sequence.seed gives the same order.
    sequence: { shuffle: { files: true, tests: true } },
    // In CI all commands are processes, and hashes have their real cost: some transcripts take a minute then.
    testTimeout: IN_CI ? 180_000 : 30_000,
    // The stories of some tests are played in hooks.
    hookTimeout: IN_CI ? 180_000 : 60_000,
  },
});
