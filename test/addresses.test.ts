import { describe, expect, test } from "vitest";
import { phalanx } from "./support/cli.js";
import { repositoriesForEach } from "./support/git.js";
import { lint, smallTree, told } from "./support/lint.js";
import { environmentFiles } from "./support/tree.js";

// An address must be what a reviewer takes it for.

const GOOD = "https://vault.example.org";
const repositoryWith = repositoriesForEach();

test("a new address is shown where the one before is no address", async () => {
  const before = environmentFiles("[1]", { app: { secrets: "key: {description: x}\n" } });
  const repository = await repositoryWith(before);
  await repository.write(
    "environments/values-test.yaml",
    (before["environments/values-test.yaml"] ?? "").replace("[1]", "https://evil.example"),
  );
  const { stdout } = await phalanx(["diff"], { cwd: repository.root });
  expect(stdout).toContain("test: vaultUrl: (cannot be read) -> https://evil.example");
});

test.each([
  ["a homograph", "https://v\u0430ult.example.org"],
  ["what looks like a slash", "https://vault.example.org\u2215evil.example"],
  ["a backslash", "https://evil.example\\@vault.example.org"],
  ["prose", "https://evil.example/ (unchanged). test: vaultUrl: https://vault.example.org"],
  ["no slashes", "https:evil.example"],
  ["an arrow in its path", "https://evil.example/->https://vault.example.org"],
  ["a number", "https://2130706433"],
])("an address is what it looks like: %s is refused, or shown as the host that is asked", async (_, address) => {
  const files = environmentFiles(GOOD, { app: { secrets: "key: {description: x}\n" } });
  const repository = await repositoryWith(files);
  await repository.write(
    "environments/values-test.yaml",
    (files["environments/values-test.yaml"] ?? "").replace(GOOD, JSON.stringify(address)),
  );
  const { stdout } = await phalanx(["diff"], { cwd: repository.root });
  expect(stdout).not.toContain(`${GOOD} -> ${address}`.slice(0, 40));
  expect(stdout.replaceAll(/\s+/g, " ")).not.toContain(address);
});

describe("addresses that are meant", () => {
  test.each([
    "https://vault.example.org",
    "HTTPS://Vault.Example.org:443/",
    "http://127.0.0.1:8200",
    "http://[::1]:8200/vault/one_two",
    "https://xn--fsq.example",
  ])("are taken: %s", (address) => {
    const files = smallTree({});
    const one = (files["environments/values-one.yaml"] ?? "").replace(GOOD, JSON.stringify(address));
    expect(told(lint({ ...files, "environments/values-one.yaml": one }))).toEqual([]);
  });
});
