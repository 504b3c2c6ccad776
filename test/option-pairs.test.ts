import type { Command } from "commander";
import { readdir } from "node:fs/promises";
import { beforeEach, describe, expect, test } from "vitest";
import { buildProgram } from "../src/cli/program.js";
import { commandsOf, wordsOf } from "../src/cli/commands/command.js";
import { COMMON_PAIRS, OPTION_PAIRS, type OptionPair } from "../src/cli/commands/option-pairs.js";
import type { Context } from "../src/terminal/context.js";
import { NO_WAIT, type World, worldsForEach } from "./support/world.js";

const COMMANDS = new Map(leavesOf(buildProgram({} as Context, [], () => {})).map((leaf) => [wordsOf(leaf), leaf]));

/** What an argument or option takes in these tests; nothing of it is looked at before the pairs are. */
const VALUES: Readonly<Record<string, string>> = {
  "app/key": "app/s",
  "app[/key]": "app",
  environment: "test",
  file: "static.yaml",
  directory: "new-directory",
  "--json": "FILE",
  "--shard": "1/2",
};

function leavesOf(command: Command): Command[] {
  const below = commandsOf(command);
  return below.length === 0 ? [command] : below.flatMap(leavesOf);
}

function optionOf(command: Command, flag: string) {
  return command.options.find(({ long }) => long === flag);
}

/** Every row that a command has, in the order in which they are looked at. */
function pairsOf(words: string): readonly OptionPair[] {
  const command = COMMANDS.get(words);
  const common = COMMON_PAIRS.filter(({ option }) => command && optionOf(command, option));
  return [...common, ...(OPTION_PAIRS[words] ?? [])];
}

/** A command line with what the table names on it. */
function lineOf(words: string, names: readonly string[]): string[] {
  const command = COMMANDS.get(words);
  if (command === undefined) throw new Error(`There is no command ${words}`);
  const required = command.registeredArguments.filter(
    (argument) => argument.required || names.includes(argument.name()),
  );
  const options = names
    .filter((name) => name.startsWith("-"))
    .flatMap((name) => {
      const [flag = "", value] = name.split(" ");
      const option = optionOf(command, flag);
      if (option === undefined) throw new Error(`${words} has no ${flag}`);
      return option.required || value !== undefined ? [flag, value ?? VALUES[flag] ?? "some"] : [flag];
    });
  // First the arguments: an option whose value may be left out would take them.
  return [...words.split(" "), ...required.map((argument) => VALUES[argument.name()] ?? "some"), ...options];
}

interface Row {
  readonly words: string;
  readonly given: readonly string[];
  /** What has to be there for a row before this one. */
  readonly before: readonly string[];
  readonly code: "option-companion-missing" | "options-exclusive";
  readonly details: object;
  /** One of these makes it right. */
  readonly needs: readonly string[];
}

const ROWS: readonly Row[] = [...COMMANDS.keys()].flatMap((words) =>
  pairsOf(words).flatMap((pair, at, all): Row[] => {
    const { option } = pair;
    const before = (names: readonly string[]): string[] =>
      all
        .slice(0, at)
        .flatMap((earlier) => ("needs" in earlier && names.includes(earlier.option) ? earlier.needs.slice(0, 1) : []));
    if ("needs" in pair) {
      const details = { option, companions: pair.needs };
      return [{ words, given: [option], before: [], code: "option-companion-missing", details, needs: pair.needs }];
    }
    return pair.excludes.map((other) => ({
      words,
      given: [option, other],
      before: before([option, other]),
      code: "options-exclusive",
      details: { option, other },
      needs: [],
    }));
  }),
);

const openWorld = worldsForEach();
let world: World;
beforeEach(async () => {
  world = await openWorld({ app: { secrets: "s: {description: x}\n" } }, { "static.yaml": "{}\n" });
});

test("the table names commands that there are", () => {
  expect(Object.keys(OPTION_PAIRS).filter((words) => !COMMANDS.has(words))).toEqual([]);
  expect(ROWS.length).toBeGreaterThan(100);
});

describe("options that mean nothing together are refused before anything is read or written", () => {
  test.each([...new Set(ROWS.map(({ words }) => words))])("%s", async (words) => {
    let requests = 0;
    world.intercept(() => {
      requests++;
      return "pass";
    });
    const files = await readdir(world.tree.root);
    for (const { given, before, code, details } of ROWS.filter((row) => row.words === words)) {
      const line = lineOf(words, [...given, ...before]);
      const { exit, stdout, stderr } = await world.run(line);
      const refused = line.includes("--detailed-exitcode") ? 1 : 2;
      expect({ line, exit, stderr }).toEqual({ line, exit: refused, stderr: expect.stringMatching(/^Error: --/m) });
      expect(requests, line.join(" ")).toBe(0);
      // The answer for programs says the same.
      const isJson = line.includes("--json") && !line.includes("FILE");
      if (isJson) expect(JSON.parse(stdout)).toMatchObject({ diagnostics: [{ code, details }] });
      else expect(stdout).toBe("");
      expect(stderr).toContain(summaryOf(given, code, details));
    }
    expect(await readdir(world.tree.root)).toEqual(files);
  });
});

function summaryOf(given: readonly string[], code: Row["code"], details: object): string {
  const [option = "", other = ""] = given;
  const shown = (name: string): string => (name.startsWith("-") ? name : name.toUpperCase());
  if (code === "options-exclusive") return `Error: ${option} cannot be used with ${shown(other)}\n`;
  const { companions } = details as { companions: readonly string[] };
  return `Error: ${option} needs ${companions.map(shown).join(" or ")}\n`;
}

test("each companion that is named is one", async () => {
  world.intercept(() => "reset-before");
  for (const { words, given, needs } of ROWS)
    for (const companion of needs) {
      const line = lineOf(words, [...given, companion]);
      const { stderr } = await world.run(line, { input: "typed", sleep: NO_WAIT });
      const [option] = given;
      expect({ line, stderr }).toEqual({ line, stderr: expect.not.stringContaining(`${option} needs`) });
    }
});

/** Options that mean the same whatever stands beside them. For another one: a row in the table, or a name here. */
const FREE: readonly string[] = [
  "--allow-mass-delete",
  "--audit-log",
  "--auth-mount",
  "--by",
  "--cluster-uid",
  "--config",
  "--consumers",
  "--context",
  "--create",
  "--exit-code",
  "--i-know-this-is-not-vault",
  "--keep-old",
  "--kubeconfig",
  "--lifetime",
  "--limit",
  "--listen",
  "--out",
  "--reason",
  "--require-lifetime",
  "--require-tls",
  "--reverse",
  "--rollout",
  "--since",
  "--staged",
  "--token",
  "--token-lifetime",
  "--vault-address",
  "--verify",
  "--wait",
  "--write-provenance",
];

test("somebody has thought about every option beside others", () => {
  const pairs = [...COMMON_PAIRS, ...Object.values(OPTION_PAIRS).flat()];
  const named = pairs.flatMap((pair) => [pair.option, ...("needs" in pair ? pair.needs : pair.excludes)]);
  const flags = new Set(named.map((name) => name.split(" ")[0]));
  const options = [...COMMANDS.values()].flatMap((command) => command.options.map(({ long }) => long ?? ""));
  expect([...new Set(options.filter((option) => !flags.has(option)))].sort()).toEqual(FREE);
});
