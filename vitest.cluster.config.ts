import { defineConfig } from "vitest/config";
import base from "./vitest.config.js";

/** What only a cluster shows: `npm run test:cluster`. */
export default defineConfig({
  ...base,
  test: {
    ...base.test,
    include: ["test/cluster/**/*.test.ts"],
    exclude: ["node_modules/**"],
    // A control plane is there within seconds, unless others work on the machine.
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
