import { readFile, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ROOT } from "../support/cli.js";
import { age } from "../support/rollout-world.js";
import { type ExampleCluster, openExampleCluster } from "../support/example-cluster.js";
import { hideChanging, RUN_ID } from "../support/transcript.js";

const FILE = `${ROOT}test/cluster/story.transcript`;

let cluster: ExampleCluster;
/** What has started is old enough for a change after it to be a proof. */
async function oldPods(): Promise<void> {
  for (const workload of [
    "portal deployment/portal",
    "postgres statefulset/postgres",
    "gatekeeper deployment/gatekeeper",
  ]) {
    const [namespace, name] = workload.split(" ");
    await cluster.type(`kubectl -n ${namespace} rollout status ${name} --timeout=60s`);
  }
  await age();
}

beforeAll(async () => {
  cluster = await openExampleCluster("portal", "postgres", "gatekeeper");
});
afterAll(() => cluster?.close());

/** What happens before a step, by the comment above it. */
const MEANWHILE: Readonly<Record<string, () => Promise<unknown>>> = {
  "# It gets a new value, and so does what is copied from it.": () => Promise.all([cluster.stopCopying(), oldPods()]),
  "# The operator copies.": () => cluster.copy(),
};

test("from a leak to the last pod, as rotate-after-a-leak.md and follow-a-rotation.md in docs/how-to tell it", async () => {
  const written = await readFile(FILE, "utf8");
  const [page = ""] = written.match(RUN_ID) ?? [];
  let run = page;
  const blocks: string[] = [];
  const played: string[] = [];
  for (const block of written.trimEnd().split(/\n\n(?=[#$] )/)) {
    const [, comment = "", command = ""] = /^((?:#.*\n)*)\$ (.*)/.exec(block) ?? [];
    await MEANWHILE[comment.trimEnd()]?.();
    const printed = await cluster.type(command.replaceAll(page, run));
    if (command.includes("secrets rotate")) [run = page] = printed.match(RUN_ID) ?? [];
    blocks.push(hideChanging(block));
    played.push(`${comment}$ ${command}\n${printed.replaceAll(run, page)}`.trimEnd());
  }
  // Every line that changes something, of those that status prints for a shell, is one that the story runs.
  const lines = played.join("\n").match(/^ {4}kubectl --context (?!.* describe ).*$/gm) ?? [];
  for (const line of new Set(lines)) expect(written).toContain(`\n$ ${line.trim()}\n`);
  if (process.env["PHALANX_WRITE_TRANSCRIPTS"] === "1") await writeFile(FILE, `${played.join("\n\n")}\n`);
  else expect(played.map(hideChanging)).toEqual(blocks);
});
