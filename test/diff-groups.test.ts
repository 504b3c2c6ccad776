import { existsSync } from "node:fs";
import { cp, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { ConfigurationDiff, SecretRename } from "../src/model/configuration-diff.js";
import { phalanx, ROOT } from "./support/cli.js";
import { makeRepository, type TestRepository } from "./support/git.js";
import { environmentFiles } from "./support/tree.js";

const repositories: TestRepository[] = [];
afterAll(() => Promise.all(repositories.map((repository) => repository.remove())));

async function repositoryOf(files: Readonly<Record<string, string>>): Promise<TestRepository> {
  const repository = await makeRepository(files);
  repositories.push(repository);
  return repository;
}

async function diffOf({ root }: TestRepository, format: string, ...args: string[]): Promise<string> {
  const { exit, stdout, stderr } = await phalanx(["diff", "--format", format, ...args], { cwd: root });
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: "" });
  return stdout;
}

async function resultOf(repository: TestRepository, ...args: string[]): Promise<ConfigurationDiff> {
  return (JSON.parse(await diffOf(repository, "json", ...args)) as { result: ConfigurationDiff }).result;
}

const settings = (name: string, applications: string): string =>
  `vaultUrl: https://vault.example.org\nvaultPathPrefix: secret/${name}\napplications: {${applications}}\n`;
const plain = (markdown: string): string =>
  markdown.replaceAll(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code))).replaceAll(/<\/?(?:code|b)>/g, "");

describe("what is the same in many environments", () => {
  const NAMES = Array.from({ length: 15 }, (_, i) => `env-${String(i + 10)}`);

  test("is told once, however the files of the environments differ", async () => {
    const environments = NAMES.map((name) => [`environments/values-${name}.yaml`, settings(name, "app: true")]);
    const repository = await repositoryOf({
      "environments/values.yaml": "applications: {}\n",
      ...Object.fromEntries(environments),
      "applications/app/Chart.yaml": "name: app\n",
      "applications/app/secrets.yaml":
        "old-key: {description: Signs., generate: {type: password}}\nmore: {description: m, if: extra}\n",
      "applications/app/values.yaml": "extra: false\n",
    });
    await repository.write(
      "applications/app/secrets.yaml",
      "key: {description: Signs., generate: {type: password}}\nmore: {description: m, if: extra}\n",
    );
    for (const name of NAMES.slice(0, 4))
      await repository.write(`applications/app/values-${name}.yaml`, "extra: true\n");
    const markdown = plain(await diffOf(repository, "markdown"));
    expect(markdown.match(/<details>/g)).toHaveLength(2);
    expect(markdown).toContain(`<details><summary>the same in 15 environments: ${NAMES.join(", ")}: 1 renamed`);
    expect(markdown).toContain(`in each of 4 environments: ${NAMES.slice(0, 4).join(", ")}\n  - app more m\n`);
    expect(markdown).toContain("extra is now true (applications/app/values-env-10.yaml:1:8), and 3 more places");
    const text = await diffOf(repository, "text");
    expect(text.match(/old-key -> key/g)).toHaveLength(1);
    expect(text.replaceAll(/\n {2}/g, " ")).toContain(`the same in 15 environments: ${NAMES.join(", ")}`);
    const { environments: all } = await resultOf(repository);
    expect(all.map(({ renames }) => renames.length)).toEqual(NAMES.map(() => 1));
    // One that is asked for alone is no group.
    expect(await diffOf(repository, "text", "env-10")).not.toContain("the same in");
  });

  test("an environment that comes or goes stands for itself", async () => {
    const repository = await repositoryOf(
      environmentFiles("https://vault.example.org", { app: { secrets: "key: {description: x}\n" } }),
    );
    await repository.write("environments/values-new.yaml", settings("new", "app: true"));
    await repository.write("environments/values-newer.yaml", settings("newer", "app: true"));
    await rm(join(repository.root, "environments/values-test.yaml"));
    const text = await diffOf(repository, "text");
    expect(text).toMatch(/^new {2}added, 1 more required\n/m);
    expect(text).toMatch(/^newer {2}added, 1 more required\n/m);
    expect(text).toMatch(/^test {2}removed; 1 secret stays in Vault\n {2}- app: key\n/m);
  });

  test("a file that breaks all of them is told once", async () => {
    const repository = await repositoryOf(
      environmentFiles(
        "https://vault.example.org",
        { app: { secrets: "" } },
        { "environments/values-two.yaml": settings("two", "app: true") },
      ),
    );
    await repository.write("applications/app/secrets.yaml", "key: [\n");
    const text = await diffOf(repository, "text");
    expect(text).toContain("needs action before merging: test, two cannot be read in the work tree");
    expect(text.match(/secrets\.yaml:2:1/g)).toHaveLength(1);
  });
});

describe("renames", () => {
  /** What looks renamed when the secrets of the application `app` change. */
  const renamesOf = async (before: string, after: string): Promise<string[]> => {
    const repository = await repositoryOf(environmentFiles("https://v.example", { app: { secrets: before } }));
    await repository.write("applications/app/secrets.yaml", after);
    return shown((await resultOf(repository)).environments[0]?.renames);
  };
  const shown = (renames: readonly SecretRename[] = []): string[] =>
    renames.map(({ from, to, valueIsLost }) =>
      [`${from.application}/${from.key} -> ${to.application}/${to.key}`, ...(valueIsLost ? ["lost"] : [])].join(", "),
    );
  const GENERATED = "generate: {type: password}";

  test.each<[string, string, string, string[]]>([
    [
      "the same description",
      "a: {description: x}\n",
      "quite-other: {description: x}\n",
      ["app/a -> app/quite-other, lost"],
    ],
    ["a like name", "db-key: {description: x}\n", "dbs-key: {description: y}\n", ["app/db-key -> app/dbs-key, lost"]],
    [
      "what can be made again",
      "a: {description: x, value: v}\n",
      "b: {description: x, value: v}\n",
      ["app/a -> app/b"],
    ],
    ["another rule", "a: {description: x}\n", `b: {description: x, ${GENERATED}}\n`, []],
    ["another number", "key-1: {description: x}\n", "key-2: {description: y}\n", []],
    ["neither name nor description", "a: {description: x}\n", "quite-other: {description: y}\n", []],
    ["two that it could be", "a: {description: x}\n", "b: {description: x}\nc: {description: x}\n", []],
    ["one that stays", "a: {description: x}\n", "a: {description: x}\nb: {description: x}\n", []],
  ])("%s", async (_, before, after, expected) => {
    expect(await renamesOf(before, after)).toEqual(expected);
  });

  test("of an application that is gone, but not of one that is only switched off", async () => {
    const secrets = `p: {description: x, ${GENERATED}}\nh: {description: y, generate: {type: bcrypt-password-hash, source: p}}\n`;
    const repository = await repositoryOf(
      environmentFiles(
        "https://vault.example.org",
        { old: { secrets } },
        { "applications/now/Chart.yaml": "name: now\n" },
      ),
    );
    await repository.write("applications/now/secrets.yaml", secrets);
    await repository.write("environments/values-test.yaml", settings("phalanx/test", "now: true"));
    const renames = async (): Promise<string[]> => shown((await resultOf(repository)).environments[0]?.renames);
    expect(await renames()).toEqual([]);
    // Nobody can say what a broken file declares.
    await repository.write("applications/old/secrets.yaml", "p: [\n");
    expect(await renames()).toEqual([]);
    await rm(join(repository.root, "applications/old"), { recursive: true });
    expect(await renames()).toEqual(["old/h -> now/h", "old/p -> now/p, lost"]);
    expect(await diffOf(repository, "text")).toContain(
      "      vault kv get -format=json secret/phalanx/test/old | jq .data.data | vault kv put -cas=0 secret/phalanx/test/now -\n",
    );
  });

  test("no command is offered for a key that the programs would misread, nor a place that is not the same", async () => {
    const repository = await repositoryOf(
      environmentFiles("https://v.example", { app: { secrets: "a=b: {description: x}\n" } }),
    );
    await repository.write("applications/app/secrets.yaml", "a=c: {description: x}\n");
    const text = await diffOf(repository, "text");
    expect(text).toContain("app a=c (was a=b): rename it in the source of static secrets, too\n");
    expect(text).not.toContain("vault kv");
    await repository.write("applications/app/secrets.yaml", "c: {description: x}\n");
    await repository.commit("c");
    await repository.write("applications/app/secrets.yaml", "d: {description: x}\n");
    await repository.write("environments/values-test.yaml", settings("elsewhere", "app: true"));
    expect(await diffOf(repository, "text")).not.toContain("vault kv");
  });
});

describe.skipIf(!existsSync(`${ROOT}../shared/config/2026-08`))("the real configuration, May to August 2026", () => {
  test("fits into 120 lines, and names everything that needs a person", async () => {
    const repository = await repositoryOf({});
    for (const date of ["2026-05", "2026-08"]) {
      await rm(join(repository.root, "environments"), { recursive: true, force: true });
      await rm(join(repository.root, "applications"), { recursive: true, force: true });
      await cp(`${ROOT}../shared/config/${date}`, repository.root, { recursive: true });
      await repository.commit(date);
    }
    const markdown = plain(await diffOf(repository, "markdown", "HEAD~1", "HEAD"));
    expect(markdown.split("\n").length).toBeLessThanOrEqual(120);
    const { needsPerson } = (await resultOf(repository, "HEAD~1", "HEAD")) as unknown as {
      needsPerson: readonly { environment: string; application: string; key: string }[];
    };
    expect(needsPerson.length).toBeGreaterThan(20);
    const needs = markdown.split("- **needs action before merging:** ").slice(1);
    for (const { environment, application, key } of needsPerson) {
      expect(
        needs.filter((need) => {
          const [heading = "", ...items] = need.split("\n");
          const isHere = heading.split(/,? /).includes(environment);
          return isHere && items.some((item) => item.startsWith(`  - ${application} ${key} `));
        }),
        `${environment} ${application}/${key}`,
      ).toHaveLength(1);
    }
  }, 30_000);
});
