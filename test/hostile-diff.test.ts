import { rm } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { phalanx } from "./support/cli.js";
import { makeRepository, type TestRepository } from "./support/git.js";
import { environmentFiles } from "./support/tree.js";

const GOOD = "https://vault.example.org";
const EVIL = "https://collects-tokens.example";
const HEADING = "Addresses and logins: check these first";

/** What GitHub takes as a comment. */
const COMMENT = 65_536;

let repository: TestRepository;

beforeEach(async () => {
  repository = await makeRepository(environmentFiles(GOOD, { app: { secrets: "key: {description: x}\n" } }));
  return () => repository.remove();
});

const settings = (url: string, more = "", prefix = "secret/phalanx/test"): string =>
  `vaultUrl: ${url}\nvaultPathPrefix: ${prefix}\n${more}applications: {app: true}\n`;
const put = (environment: string, text: string): Promise<void> =>
  repository.write(`environments/values-${environment}.yaml`, text);
const diff = async (format = "text", ...more: string[]): Promise<string> => {
  const { stdout, stderr } = await phalanx(["diff", "--format", format, ...more], { cwd: repository.root });
  expect(stderr).toBe("");
  return stdout;
};
/** What stands under the heading, a line each. */
const first = (text: string): string[] =>
  text
    .replaceAll(/\n {4}(?=\S)/g, " ")
    .split(`${HEADING}\n`)[1]
    ?.split("\n\n")[0]
    ?.trimEnd()
    .split("\n") ?? [];
const plain = (markdown: string): string =>
  markdown
    .replaceAll(/&#(\d+);\u200B?/g, (_, code) => String.fromCodePoint(Number(code)))
    .replaceAll(/\*\*|<\/?\w+>/g, "");
const padded = (length: number): string => "long-".repeat(length / 5);

describe("where tokens and secrets go comes first", () => {
  test("in text, Markdown and JSON", async () => {
    await put(
      "test",
      settings(EVIL, 'onepassword: {connectUrl: "https://op.example", vaultTitle: X}\n', "secret/other"),
    );
    await repository.write("applications/app/secrets.yaml", "key: {description: x}\nnew: {description: y}\n");
    const text = await diff();
    const expected = [
      `test: vaultUrl: ${GOOD} -> ${EVIL} (environments/values-test.yaml:1:11)`,
      "test: vaultPathPrefix: secret/phalanx/test -> secret/other (environments/values-test.yaml:2:18)",
      "test: onepassword.connectUrl: (not set) -> https://op.example (environments/values-test.yaml:3:27)",
      "test: onepassword.vaultTitle: (not set) -> X (environments/values-test.yaml:3:61)",
    ];
    expect(first(text)).toEqual(expected.map((line) => `  ! ${line}`));
    expect(text.indexOf(HEADING)).toBeLessThan(text.indexOf("needs action"));
    expect(text.split("\n")[0]).toMatch(/; 4 addresses or logins change$/);
    const markdown = plain(await diff("markdown"));
    expect(markdown.split("### Addresses and logins: check these first\n\n")[1]?.split("\n").slice(0, 4)).toEqual(
      expected.map((line) => `- ${line}`),
    );
    expect(markdown.indexOf(HEADING)).toBeLessThan(markdown.indexOf("needs action"));
    const json = JSON.parse(await diff("json")).result;
    expect(Object.keys(json).indexOf("addresses")).toBeLessThan(Object.keys(json).indexOf("needsPerson"));
    expect(json.addresses[0]).toEqual({
      of: "test",
      setting: "vaultUrl",
      before: GOOD,
      after: EVIL,
      at: { file: "environments/values-test.yaml", line: 1, column: 11 },
    });
    expect(json.addresses).toHaveLength(4);
  });

  test("those of environments that come and go, too, after those that change", async () => {
    await put("old", settings("https://old.example", "", "secret/old"));
    await put("zone", settings(GOOD, "", "secret/zone"));
    await repository.commit("more");
    await rm(join(repository.root, "environments/values-old.yaml"));
    await put("a-new", settings(EVIL, "", "secret/new"));
    await put("zone", settings(EVIL, "", "secret/zone"));
    expect(first(await diff()).map((line) => line.replace(/ \([^()]*:\d+\)$/, ""))).toEqual([
      `  ! zone: vaultUrl: ${GOOD} -> ${EVIL}`,
      "  ! old: vaultUrl: https://old.example -> (not set)",
      "  ! old: vaultPathPrefix: secret/old -> (not set)",
      `  ! a-new: vaultUrl: (not set) -> ${EVIL}`,
      "  ! a-new: vaultPathPrefix: (not set) -> secret/new",
    ]);
  });

  test("even if something else cannot be read", async () => {
    await put("test", settings(EVIL));
    await repository.write("applications/app/secrets.yaml", "key: [\n");
    expect(first(await diff())[0]).toContain(`test: vaultUrl: ${GOOD} -> ${EVIL}`);
  });

  test("and every setting of the fleet, but nothing that may be a credential", async () => {
    await repository.write(
      "phalanx.fleet.yaml",
      "defaults: {role: reads}\nenvironments: {test: {tokenFile: tokens/test}}\n",
    );
    await repository.commit("fleet");
    await repository.write(
      "phalanx.fleet.yaml",
      "defaults: {}\nenvironments:\n  test: {tokenFile: ~/.ssh/id_rsa, tokenVariable: AWS_SECRET_ACCESS_KEY, jwtFile: [canary-1]}\n  b: {tokenVariable: hvs.canary-2, token: canary-3}\nodd: canary-4\n",
    );
    const text = await diff("text", "--exit-code");
    expect(first(text).map((line) => line.replace(/ \([^()]*\d\)$/, ""))).toEqual([
      "  ! phalanx.fleet.yaml: defaults.role: reads -> (not set)",
      "  ! phalanx.fleet.yaml: environments.b.token: (not set) -> (a value that is refused)",
      "  ! phalanx.fleet.yaml: environments.b.tokenVariable: (not set) -> (a value that is refused)",
      "  ! phalanx.fleet.yaml: environments.test.jwtFile: (not set) -> (a value that is refused)",
      "  ! phalanx.fleet.yaml: environments.test.tokenFile: tokens/test -> ~/.ssh/id_rsa",
      "  ! phalanx.fleet.yaml: environments.test.tokenVariable: (not set) -> AWS_SECRET_ACCESS_KEY",
      "  ! phalanx.fleet.yaml: odd: (not set) -> (a value that is refused)",
    ]);
    expect(text.split("\n")[0]).toContain("nothing changes for secrets in 1 environment; 7 addresses or logins change");
    for (const format of ["text", "json", "markdown"]) expect(await diff(format)).not.toContain("canary");
    expect((await phalanx(["diff", "--exit-code"], { cwd: repository.root })).exit).toBe(1);
    await repository.write("phalanx.fleet.yaml", "defaults: [\n");
    expect((await diff()).replaceAll(/\s+/g, " ")).toContain(
      "needs action before merging: phalanx.fleet.yaml cannot be read in the work tree",
    );
    await rm(join(repository.root, "phalanx.fleet.yaml"));
    expect(first(await diff())).toHaveLength(2);
  });

  test("and where phalanx.yaml says that secrets come from, and logins go", async () => {
    const entry = (text: string): string => `environments:\n  test: {${text}}\n`;
    await repository.write("phalanx.yaml", entry("secrets: test.yaml.age, auth: token"));
    await repository.commit("access");
    await repository.write(
      "phalanx.yaml",
      `${entry("secrets: [test.yaml.age, prod.yaml.age], auth: approle, mount: other, token: canary-1")}  prod: {auth: hvs.canary-2, mount: [canary-3]}\n`,
    );
    const expected = [
      "phalanx.yaml: environments.prod.auth: (not set) -> (a value that is refused)",
      "phalanx.yaml: environments.prod.mount: (not set) -> (a value that is refused)",
      "phalanx.yaml: environments.test.auth: token -> approle",
      "phalanx.yaml: environments.test.mount: (not set) -> other",
      "phalanx.yaml: environments.test.secrets: test.yaml.age -> test.yaml.age, prod.yaml.age",
      "phalanx.yaml: environments.test.token: (not set) -> (a value that is refused)",
    ];
    const lines = (text: string): string[] => first(text).map((line) => line.replace(/ \([^()]*\d\)$/, ""));
    expect(lines(await diff())).toEqual(expected.map((line) => `  ! ${line}`));
    const comment = plain(await diff("markdown"));
    for (const line of expected) expect(comment).toContain(line);
    expect(JSON.parse(await diff("json")).result.addresses).toContainEqual(
      expect.objectContaining({
        of: "phalanx.yaml",
        setting: "environments.test.auth",
        before: "token",
        after: "approle",
      }),
    );
    for (const format of ["text", "json", "markdown"]) expect(await diff(format)).not.toContain("canary");
    await repository.write("phalanx.yaml", entry("secrets: test.yaml.age, auth: token"));
    expect((await phalanx(["diff", "--exit-code"], { cwd: repository.root })).exit).toBe(0);
    await repository.write("phalanx.yaml", "environments: [\n");
    expect((await diff()).replaceAll(/\s+/g, " ")).toContain("phalanx.yaml cannot be read in the work tree");
    await rm(join(repository.root, "phalanx.yaml"));
    expect(lines(await diff())).toEqual([
      "  ! phalanx.yaml: environments.test.auth: token -> (not set)",
      "  ! phalanx.yaml: environments.test.secrets: test.yaml.age -> (not set)",
    ]);
  });
});

describe("nothing pushes it out of a comment", () => {
  const comment = async (): Promise<string> => {
    const text = await diff("markdown");
    expect(text.length).toBeLessThan(COMMENT);
    return plain(text);
  };

  test("no number of other changes", async () => {
    await put("test", settings(EVIL));
    const none = (i: number): string => settings(GOOD, "", `secret/a-${i}`).replace("{app: true}", "{}");
    for (let i = 0; i < 300; i++) await put(`a-${i}`, none(i));
    const secrets = Array.from({ length: 500 }, (_, i) => `a-${i}: {description: ${padded(500)}}\n`);
    await repository.write("applications/app/secrets.yaml", `key: {description: x}\n${secrets.join("")}`);
    const text = await comment();
    expect(text).toContain(`- test: vaultUrl: ${GOOD} -> ${EVIL}`);
    expect(text).toContain("500 new static secrets in test");
    // The rest is counted, and the reader is told at the top.
    expect(text.split("\n")[2]).toMatch(
      /^> This comment is cut: \d+ addresses or logins and \d+ things that need action are not in it\. `phalanx diff` shows them all\.$/,
    );
    expect(text).toMatch(/Parts of \d+ environments do not fit into a comment/);
  });

  test("no long name, which is cut in its middle", async () => {
    const name = padded(200);
    const key = `key-${padded(50_000)}-end`;
    await put(
      "test",
      settings(
        EVIL,
        `onepassword: {connectUrl: "https://op.example/${padded(60_000)}", vaultTitle: ${padded(60_000)}}\n`,
      ),
    );
    await put(name, settings(GOOD, "", `secret/${padded(40_000)}`));
    await repository.write(
      "applications/app/secrets.yaml",
      `key: {description: x}\n${key}: {description: ${padded(60_000)}}\n"@${key}": {copy: {application: ${padded(30_000)}, key: x}}\n`,
    );
    const text = await comment();
    expect(text).not.toContain("This comment is cut");
    expect(text).not.toContain("do not fit");
    expect(text).toContain(`vaultUrl: ${GOOD} -> ${EVIL}`);
    expect(text).toMatch(/onepassword\.connectUrl: \(not set\) -> https:\/\/op\.example\/long-\S*…\S*long- /);
    expect(text).toMatch(/app key-long-\S*…\S*-end/);
    for (const line of [...text.split("\n"), ...(await diff()).split("\n")]) expect(line.length).toBeLessThan(2500);
  });

  test("not even more addresses than fit: those that change are there before those that are new", async () => {
    const names = Array.from({ length: 150 }, (_, i) => `old-${i}`);
    for (const name of names) await put(name, settings(GOOD, "", `secret/${name}`));
    await repository.commit("more");
    for (const name of names) await put(name, settings(EVIL, "", `secret/${name}`));
    await put("broken", settings(EVIL, "unreadable: [\n", "secret/broken"));
    for (let i = 0; i < 400; i++) await put(`a-new-${i}`, settings(`${EVIL}/${padded(300)}`, "", `secret/new-${i}`));
    const text = await comment();
    for (const name of names) expect(text).toContain(`- ${name}: vaultUrl: ${GOOD} -> ${EVIL}`);
    expect(text.split("\n")[2]).toMatch(/This comment is cut: \d+ addresses or logins and \d+ things that need action/);
  });
});
