/** Which half of the core is mutated: see docs/testing.md. */
const mutated = {
  secrets: ["src/secrets/*.ts", "!src/secrets/*.test.ts"],
  applying: ["src/operations/{converge,sync,restore,waves,record}.ts", "src/vault/apply-write.ts"],
};
const half = process.env.PHALANX_MUTATION === "applying" ? "applying" : "secrets";

/** @type {import("@stryker-mutator/api/core").PartialStrykerOptions} */
export default {
  testRunner: "vitest",
  plugins: ["@stryker-mutator/vitest-runner"],
  vitest: { configFile: "vitest.mutation.config.ts" },
  coverageAnalysis: "perTest",
  mutate: mutated[half],
  concurrency: 2,
  // On a machine under load a slow test must not look like an endless loop.
  timeoutMS: 10_000,
  thresholds: { high: 98, low: 95, break: 95 },
  reporters: ["clear-text", "json", "progress-append-only"],
  jsonReporter: { fileName: `coverage/mutation-${half}.json` },
  clearTextReporter: { allowColor: false, reportTests: false, logTests: false },
  tempDirName: `coverage/stryker-${half}`,
  cleanTempDir: "always",
  // Stryker would rewrite it with the JS API of TypeScript, which version 7 has no more.
  tsconfigFile: "none.json",
  // Only `.ts` of these folders is looked at, and the rest is big.
  ignorePatterns: ["dist", "docs", "deploy", "bench", ".ci", "coverage"],
  disableTypeChecks: false,
};
