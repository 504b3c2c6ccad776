// Lists packages in the lockfile with an advisory, and exits with 1 unless all are known to be harmless here.
//   node scripts/audit.mjs
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/**
 * VitePress 1 depends on Vite 5 and esbuild 0.21, whose development servers accept requests they should not. We never
 * start one: `npm run docs` builds. See also docs/dependencies.md.
 */
const NEVER_SERVES = /^node_modules\/vitepress(\/|$)/;

/** The packages with an unaccepted advisory, from the output of `npm audit --json`. */
export function unacceptable({ vulnerabilities }) {
  return Object.values(vulnerabilities)
    .filter(({ nodes }) => !nodes.every((path) => NEVER_SERVES.test(path)))
    .map(({ name, severity, via }) => {
      const advisories = via.map((each) => (typeof each === "string" ? each : each.url));
      return `${name}: ${severity}, ${advisories.join(", ")}`;
    });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { stdout } = spawnSync("npm", ["audit", "--json"], { encoding: "utf8", shell: process.platform === "win32" });
  const report = JSON.parse(stdout);
  if (report.vulnerabilities === undefined) {
    process.stderr.write(`Error: the registry does not say which packages have advisories: ${report.message}\n`);
    process.exit(2);
  }
  const found = unacceptable(report);
  for (const line of found) process.stdout.write(`${line}\n`);
  process.exit(found.length === 0 ? 0 : 1);
}
