import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A substitute for helm that prints `rendered.yaml` of each chart, and records its calls. */
export interface FakeHelm {
  readonly path: string;
  /** Each call: its arguments and its environment. */
  calls(): Promise<readonly HelmCall[]>;
  remove(): Promise<void>;
}

export interface HelmCall {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** The files of the chart passed to it, sorted. */
  readonly files: readonly string[];
}

/** Alternative contents of `rendered.yaml`. */
export const FAILS = "# fails";
export const NEVER_ENDS = "# never ends";

const PROGRAM = `#!${process.execPath}
const { appendFileSync, existsSync, readdirSync, readFileSync, writeSync } = require("node:fs");
const { join } = require("node:path");
const args = process.argv.slice(2);
const chart = args.find((word) => word.endsWith("/chart"));
const files = readdirSync(chart, { recursive: true, encoding: "utf8" }).sort();
appendFileSync(join(__dirname, "calls"), JSON.stringify({ args, env: process.env, files }) + "\\n");
const path = join(chart, "rendered.yaml");
const text = existsSync(path) ? readFileSync(path, "utf8") : "";
if (text.startsWith(${JSON.stringify(FAILS)})) {
  console.error("level=WARN msg=something\\nError: template: app/templates/x.yaml:3:5: a value is missing\\n\\nUse --debug flag");
  process.exit(1);
}
if (text.startsWith(${JSON.stringify(NEVER_ENDS)})) for (;;) writeSync(1, "- x\\n".repeat(100_000));
writeSync(1, text);
`;

export async function makeFakeHelm(): Promise<FakeHelm> {
  const directory = await mkdtemp(join(tmpdir(), "phalanx-helm-"));
  await mkdir(directory, { recursive: true });
  const path = join(directory, "helm");
  await writeFile(path, PROGRAM);
  await chmod(path, 0o755);
  return {
    path,
    calls: async () => {
      const text = await readFile(join(directory, "calls"), "utf8").catch(() => "");
      return text
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as HelmCall);
    },
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}
