import { spawnSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import { describe, expect, test } from "vitest";
import type { Context } from "../src/terminal/context.js";
import { findOption, positionAfter } from "../src/cli/commands/position.js";
import { buildProgram } from "../src/cli/program.js";
import { BIN, phalanx, phalanxHere, phalanxProcess, ROOT } from "./support/cli.js";

const PAGE = `${ROOT}dist/man/phalanx.1`;
const program = buildProgram({} as Context, [], () => {});

function pathOf(command: Command): string[] {
  return command.parent ? [...pathOf(command.parent), command.name()] : [];
}

function withAll(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withAll)];
}

const commands = withAll(program).map((command) => [pathOf(command).join(" ") || "phalanx", command] as const);

describe("the help", () => {
  test.each(commands)("of %s has examples that it would accept", async (_, command) => {
    const { exit, stdout } = await phalanx([...pathOf(command), "--help"]);
    expect(exit).toBe(0);
    const lines = stdout.split("\nExamples:\n")[1]?.trimEnd().split("\n") ?? [];
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) {
      const words = (/\bphalanx ([^|<>#)]*)/.exec(line)?.[1] ?? "").trim().split(/\s+/);
      const position = positionAfter(program, words);
      expect([line, pathOf(position.command).join(" ")]).toEqual([line, expect.stringMatching(/\w/)]);
      const unknown = words.filter((word) => /^-+\w/.test(word) && findOption(position.command, word) === undefined);
      expect([line, unknown]).toEqual([line, []]);
    }
  });

  test.each(commands)("of %s fits 80 columns, but for examples", async (_, command) => {
    const { stdout } = await phalanx([...pathOf(command), "--help"]);
    const [prose = ""] = stdout.split("\nExamples:\n");
    expect(prose.split("\n").filter((line) => line.length > 80 && !line.startsWith("Usage:"))).toEqual([]);
  });
});

describe("what is answered without loading the commands", () => {
  test.each(["--help", "-h", "--version"])("%s is what they would answer", async (argument) => {
    const answers = await Promise.all([phalanxProcess([argument]), phalanxHere([argument])]);
    expect(answers[0]).toEqual(answers[1]);
    expect(answers[0]).toMatchObject({ exit: 0, stderr: "" });
  });

  test("where it cannot be written, that is said", () => {
    const { status, stderr } = spawnSync("sh", ["-c", '"$0" "$1" --version >/dev/full', process.execPath, BIN], {
      encoding: "utf8",
      env: { PATH: process.env["PATH"] ?? "" },
    });
    expect({ status, stderr }).toEqual({ status: 1, stderr: "Error: standard output cannot be written (ENOSPC)\n" });
  });
});

describe("the manual page", () => {
  test("has every command, its options and its examples", async () => {
    const page = (await readFile(PAGE, "utf8")).replaceAll("\\-", "-");
    for (const [name, command] of commands) {
      if (command.commands.length > 0 || name.startsWith("__")) continue;
      expect(page).toContain(`.SS "phalanx ${name} `);
      for (const { flags, hidden } of command.options) expect(page.includes(`.B ${flags}\n`)).toBe(!hidden);
    }
    expect(page).toContain("\n$ phalanx secrets sync idfdev --plan idfdev.plan\n");
    expect(page).not.toContain("__complete");
  });

  test.for([
    ["man", ["--warnings", "-l", PAGE]],
    ["mandoc", ["-Tlint", PAGE]],
  ] as const)("passes %s, where that is", ([checker, args], { skip }) => {
    const { error, stderr, stdout } = spawnSync(checker, args, {
      encoding: "utf8",
      env: { ...process.env, LC_ALL: "C.UTF-8" },
    });
    if (error) skip(`${checker} is not here`);
    expect(checker === "man" ? stderr : stdout).toBe("");
  });
});
