// Generates the manual page from the help of every command, so that the two cannot differ.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { helpOf, loadProgram } from "./program.mjs";

const { version, description } = JSON.parse(await readFile("package.json", "utf8"));
const program = await loadProgram(version);
const help = program.createHelp();

/** Escapes a line of text for roff, so that nothing in it is a request. */
function text(line) {
  return line
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replaceAll("~", "\\(ti")
    .replaceAll("^", "\\(ha")
    .replace(/^([.'])/, "\\&$1");
}

/** Prose in short lines, as is customary in roff; the reader's program fills them again. */
function prose(sentence) {
  return sentence
    .match(/\S.{0,68}(?=\s|$)|\S{69,}/g)
    .map((line) => text(line))
    .join("\n");
}

function terms(entries) {
  return entries.flatMap(([term, explanation]) => [".TP", `.B ${text(term)}`, prose(explanation)]);
}

function optionsOf(command) {
  return terms(
    help
      .visibleOptions(command)
      .filter(({ long }) => command === program || long !== "--help")
      .map((option) => [help.optionTerm(option), help.optionDescription(option)]),
  );
}

function examplesOf(command) {
  const lines = helpOf(command).split("\nExamples:\n")[1]?.trimEnd().split("\n") ?? [];
  return [".P", "Examples:", ".P", ".RS 4", ".nf", ...lines.map((line) => text(line.trim())), ".fi", ".RE"];
}

/** Executable commands, with the words that invoke them. */
function leaves(command) {
  const subcommands = help.visibleCommands(command);
  return subcommands.length === 0 ? [command] : subcommands.flatMap(leaves);
}

function section(command) {
  const operands = help.visibleArguments(command);
  return [
    `.SS "${text(help.commandUsage(command))}"`,
    prose(command.description()),
    ...terms(operands.map((operand) => [help.argumentTerm(operand), help.argumentDescription(operand)])),
    ...optionsOf(command),
    ...examplesOf(command),
  ];
}

const EXIT_STATUS = [
  ["0", "Success, without findings."],
  ["1", "Findings, or a run that did, or may have done, only a part of its work; it printed what it wrote."],
  ["2", "An error before anything was written to Vault: bad input, missing credentials, an unreachable server."],
];

const seconds = process.env.SOURCE_DATE_EPOCH;
const date = new Date(seconds === undefined ? Date.now() : 1000 * Number(seconds)).toISOString().slice(0, 10);
const page = [
  `.TH PHALANX 1 ${date} "phalanx ${version}" "User Commands"`,
  ".SH NAME",
  `phalanx \\-\n${prose(description.charAt(0).toLowerCase() + description.slice(1))}`,
  ".SH SYNOPSIS",
  ".B phalanx",
  text("<command> [options] [arguments]"),
  ".SH DESCRIPTION",
  prose(program.description()),
  ".SH OPTIONS",
  ...optionsOf(program),
  ".SH COMMANDS",
  ...leaves(program).flatMap(section),
  ".SH EXIT STATUS",
  ...terms(EXIT_STATUS),
];
await mkdir("dist/man", { recursive: true });
await writeFile("dist/man/phalanx.1", `${page.join("\n")}\n`);
