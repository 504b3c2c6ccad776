import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Finished, phalanxHere, ROOT } from "../support/cli.js";
import { partPath } from "../support/control-plane-part.js";

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "phalanx-charts-"));
  await cp(`${ROOT}example`, root, { recursive: true });
});
afterAll(() => rm(root, { recursive: true, force: true }));

const run = (by: "helm" | "templates", ...args: string[]): Promise<Finished> =>
  phalanxHere(args, {
    cwd: root,
    env: { PHALANX_HELM: by === "helm" ? partPath("helm") : "none", XDG_CACHE_HOME: join(root, ".cache"), HOME: root },
  });

/** What both ways find, without how they did. */
async function consumersOf(by: "helm" | "templates", environment: string): Promise<unknown> {
  const { stdout } = await run(by, "secrets", "consumers", environment, "--json");
  const { result } = JSON.parse(stdout) as { result: { by: string } };
  expect(result.by).toBe(by);
  return { ...result, by: undefined };
}

describe("the real helm", () => {
  test.each(["demo", "staging"])("renders the example for %s, of which the templates tell the same", async (name) => {
    const rendered = await consumersOf("helm", name);
    expect(rendered).toMatchObject({ missing: [], notKnown: [] });
    expect(await consumersOf("templates", name)).toEqual(rendered);
  });

  test("finds each way of using a Secret in it", async () => {
    for (const environment of ["demo", "staging"]) await consumersOf("helm", environment);
    const kept = join(root, ".cache/phalanx/charts");
    const texts = await Promise.all(
      (await readdir(kept)).filter((name) => name.endsWith(".json")).map((name) => readFile(join(kept, name), "utf8")),
    );
    const uses = new Set(
      [...texts.join("").matchAll(/"kind":"(env|env-from|volume|projected|sub-path|image-pull|field)"/g)].map(
        ([, kind]) => kind,
      ),
    );
    expect(uses).toEqual(new Set(["env", "env-from", "field", "image-pull", "projected", "sub-path", "volume"]));
  });

  test("is given charts of the tree, and those that are not there are named", async () => {
    const chart = join(root, "applications/portal/Chart.yaml");
    const shared = "  - {name: gatekeeper, alias: second, version: 1.0.0, repository: 'file://../gatekeeper'}\n";
    const remote = "  - {name: redis, version: 1.2.0, repository: 'https://charts.invalid/'}\n";
    const before = await readFile(chart, "utf8");
    await writeFile(chart, `${before}dependencies:\n${shared}${remote}`);
    const { exit, stdout } = await run("helm", "secrets", "consumers", "demo", "portal/session-secret");
    await writeFile(chart, before);
    expect(exit).toBe(0);
    expect(stdout).toContain("Deployment portal: env PORTAL_SESSION_SECRET of container portal");
    expect(stdout).toContain(
      "Unknown:\n  portal: the remote chart redis (1.2.0) is not in charts/, and was not read\n",
    );
  });

  test("says why it cannot render a chart, in one line", async () => {
    const template = join(root, "applications/portal/templates/broken.yaml");
    await writeFile(template, 'a: {{ required "say which" .Values.which }}\n');
    const { exit, stdout } = await run("helm", "secrets", "consumers", "demo", "portal/session-secret");
    await rm(template);
    expect(exit).toBe(0);
    expect(stdout.replaceAll(/\s+/g, " ")).toMatch(/portal: helm cannot render its chart: .*say which/);
  });

  test("finds no file, no server and no variable of the operator by a template", async () => {
    const template = join(root, "applications/portal/templates/curious.yaml");
    await writeFile(
      template,
      'kind: X\nenv: {{ env "HOME" | quote }}\nfile: {{ .Files.Get "../../environments/values.yaml" | quote }}\n' +
        'host: {{ getHostByName "localhost" | quote }}\nfound: {{ lookup "v1" "Secret" "default" "x" | toJson | quote }}\n',
    );
    const { stdout } = await run("helm", "secrets", "consumers", "demo", "portal/session-secret");
    await rm(template);
    // Helm has no function for variables, so that it refuses the chart.
    expect(stdout.replaceAll(/\s+/g, " ")).toMatch(/helm cannot render its chart: .*function "env" not defined/);
  });
});
