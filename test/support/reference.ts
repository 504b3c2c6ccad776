import { readdirSync, readFileSync } from "node:fs";
import type { Command, Option } from "commander";
import * as z from "zod/mini";
import type { Context } from "../../src/terminal/context.js";
import { buildProgram } from "../../src/cli/program.js";
import { ExitCode } from "../../src/errors.js";
import { DIAGNOSTICS } from "../../src/model/diagnostics/index.js";
import { AuditLine } from "../../src/model/audit-line.js";
import { PlanDocument } from "../../src/model/plan-document.js";
import { renderFleetSchema } from "../../src/render/fleet/schema.js";
import { renderSecretsSchema } from "../../src/render/schema.js";
import { ROOT } from "./cli.js";
import { wordsOf } from "./placeholder.js";
import { DIAGNOSTIC_AREAS, ENVIRONMENT_VARIABLES, EXIT_STATUS } from "./reference-tables.js";

const NOTE = "<!-- Made from the code by test/reference.test.ts: do not edit. -->\n\n";

/** The reference pages generated completely from the code. */
export function referencePages(): Record<string, string> {
  return {
    "cli.md": NOTE + commandsPage(),
    "exit-status.md": NOTE + exitStatusPage(),
    "environment-variables.md": NOTE + variablesPage(),
    "secrets-yaml.md": NOTE + secretsPage(),
    "schemas.md": NOTE + schemasPage(),
    "diagnostics.md": NOTE + diagnosticsPage(),
  };
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |\n`;
  return `${line(head)}|${head.map(() => "---").join("|")}|\n${rows.map(line).join("")}\n`;
}

/** In a table cell; nothing in it may be read as HTML. */
const cell = (text: string): string =>
  text
    .replaceAll("|", "\\|")
    .replaceAll("<", "&lt;")
    .replaceAll(/\s*\n\s*/g, " ");
const code = (text: string): string => `\`${text.replaceAll("|", "\\|")}\``;

function diagnosticsPage(): string {
  const types = rowTypes();
  const groups = Object.entries(DIAGNOSTIC_AREAS).map(([file, heading]) => {
    const rows = Object.entries(DIAGNOSTICS)
      .filter(([name]) => types.get(name)?.file === file)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, { severity }]) => {
        const { details = "", subject = "" } = types.get(name) ?? {};
        const about = [cell(wordsOf(name, severity)), details && code(details), subject && `Subject: ${subject}`];
        return [`<a id="${name}" href="#${name}">${code(name)}</a><br>${severity}`, about.filter(Boolean).join("<br>")];
      });
    return `## ${heading}\n\n${table(["Code and severity", "What it says, its details and its subject"], rows)}`;
  });
  return `# Diagnostics

Errors, warnings and notes, by the code that [\`--json\`](json.md) shows. A code keeps its meaning, and its details keep theirs; the words may
change. In the words, capitals stand for a name, a number or a text, and … for words that depend on the case. If all the words depend on the case,
none are shown. Below the words are the details, as TypeScript has them, and what the subject names. In a TypeScript program,
\`Diagnostic<"file-missing">\` of the [library](../library.md) is the type of one.

${groups.join("").trimEnd()}
`;
}

/** The types of the rows in the lists of codes, which exist only at compile time: parsed from the source. */
function rowTypes(): ReadonlyMap<
  string,
  { readonly file: string; readonly details: string; readonly subject: string }
> {
  const directory = `${ROOT}src/model/diagnostics/`;
  const rows = readdirSync(directory).flatMap((file) =>
    [...readFileSync(`${directory}${file}`, "utf8").matchAll(CODE)].map((match) => ({ file, match })),
  );
  return new Map(
    rows.map(({ file, match: [, name = "", written = ""] }) => {
      const types = written
        .replaceAll(/\/\*\*[^]*?\*\/|\breadonly /g, " ")
        .replaceAll(/\s+/g, " ")
        .trim();
      const [, details = "", names = ""] = /^(.*?)(?:, ((?:"\w+"(?: \| )?)+),?)?$/.exec(types) ?? [];
      const subject = [...names.matchAll(/"(\w+)"/g)].map(([, each = ""]) => each).join(", ");
      return [name, { file, details: /^(NoDetails|object)$/.test(details) ? "" : details.replace(/,$/, ""), subject }];
    }),
  );
}

const CODE = /^ {2}"([a-z0-9-]+)": (?:error|warning|note)(?:<([^]*?)>)?\(\),$/gm;

/** All commands with their full names. */
export function commandList(): { readonly name: string; readonly command: Command; readonly help: () => string }[] {
  let written = "";
  const context = { stdout: { write: (text: string) => void (written += text) } };
  const program = buildProgram(context as Context, [], () => {});
  const walk = (command: Command, parent: string): ReturnType<typeof commandList> => {
    const name = `${parent}${command.name()}`;
    const help = (): string => {
      written = "";
      command.outputHelp();
      return written;
    };
    return [
      { name, command, help },
      ...command
        .createHelp()
        .visibleCommands(command)
        .flatMap((child) => walk(child, `${name} `)),
    ];
  };
  return walk(program, "");
}

/** Every command also has --help. */
const optionsOf = (command: Command): Option[] =>
  command
    .createHelp()
    .visibleOptions(command)
    .filter(({ long }) => long !== "--help");

const choicesOf = ({ argChoices }: { readonly argChoices?: readonly string[] | undefined }): string =>
  argChoices === undefined ? "" : ` One of ${argChoices.map(code).join(", ")}.`;

function commandsPage(): string {
  const all = commandList();
  const leaves = all.filter(({ command }) => command.commands.length === 0);
  let page = "# Commands\n\n`phalanx help COMMAND` says the same in the terminal.\n\n";
  const anchor = (name: string): string => name.replaceAll(" ", "-");
  page += table(
    ["Command", "What it does"],
    leaves.map(({ name, command }) => [
      `[${code(name.replace("phalanx ", ""))}](#${anchor(name)})`,
      cell(command.description()),
    ]),
  );
  const [program] = all;
  if (program !== undefined)
    page += table(
      ["Option of the program", "Meaning"],
      optionsOf(program.command).map((option) => [code(option.flags), cell(option.description) + defaultOf(option)]),
    );
  for (const { name, command, help } of leaves) {
    page += `## ${name}\n\n${command.description()}\n\n`;
    page += `\`\`\`text\n${name} ${command.usage()}\n\`\`\`\n\n`;
    const described = command.registeredArguments.filter(({ description }) => description !== "");
    if (described.length > 0)
      page += table(
        ["Argument", "Meaning"],
        described.map((argument) => [code(argument.name()), cell(argument.description) + choicesOf(argument)]),
      );
    const shown = optionsOf(command);
    const heading = (option: Option): string => (option.helpGroupHeading ?? "Options:").replace(":", "");
    const headings = new Set(["Options", ...shown.map(heading)]);
    for (const name of headings) {
      const options = shown.filter((option) => heading(option) === name);
      if (options.length > 0)
        page += table(
          [name === "Options" ? "Option" : `Option: ${name}`, "Meaning"],
          options.map((option) => [code(option.flags), cell(option.description) + defaultOf(option)]),
        );
    }
    const examples = /^Examples:\n([\s\S]*)/m.exec(help())?.[1]?.trimEnd();
    if (examples !== undefined) page += `Examples:\n\n\`\`\`text\n${examples.replaceAll(/^ {2}\$ /gm, "")}\n\`\`\`\n\n`;
  }
  return `${page.trimEnd()}\n`;
}

function defaultOf(option: Option): string {
  const choices = choicesOf(option);
  const value: unknown = option.defaultValue;
  return typeof value === "string" ? `${choices} Default: ${code(value)}.` : choices;
}

function exitStatusPage(): string {
  const rows = Object.entries(ExitCode).map(([name, status]) => [
    String(status),
    EXIT_STATUS[name as keyof typeof ExitCode],
  ]);
  return `# Exit status

phalanx uses the same exit statuses as the original program.

${table(["Status", "Meaning"], rows)}After an error, stderr ends with \`Error: ...\`, and below it \`Hint: ...\` if there is something to do about it.
If Ctrl-C or a signal ends phalanx at a question, the status is also 2: nothing was written. Before a run
starts, Ctrl-C ends the program with 130, as usual: nothing was written.

With \`--detailed-exitcode\`, a plan ends with 0 for nothing to do, 2 for changes, and 1 for any error, as \`terraform plan\`
does. \`diff --exit-code\` ends with 1 if anything differs. \`fleet audit\` ends with 1 if an environment has findings, and with
2 if one could not be audited.
`;
}

function variablesPage(): string {
  const groups = Object.entries(ENVIRONMENT_VARIABLES).map(
    ([heading, variables]) =>
      `## ${heading}\n\n${table(
        ["Variable", "Meaning"],
        Object.entries(variables).map(([name, about]) => [code(name), cell(about)]),
      )}`,
  );
  return `# Environment variables\n\nAn empty variable counts as one that is not set.\n\n${groups.join("").trimEnd()}\n`;
}

interface Schema {
  readonly $ref?: string;
  readonly title?: string;
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly additionalProperties?: boolean | Schema;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly format?: string;
}

const nameOf = (reference: string): string => reference.replace(/.*\//, "");
const link = (reference: string): string => `[${nameOf(reference)}](#${nameOf(reference).toLowerCase()})`;

function typeOf(schema: Schema): string {
  if (schema.const !== undefined) return code(JSON.stringify(schema.const));
  if (schema.enum !== undefined) return schema.enum.map((value) => code(String(value))).join(", ");
  if (schema.anyOf !== undefined) return [...new Set(schema.anyOf.map(typeOf))].join(" or ");
  if (schema.$ref !== undefined) return link(schema.$ref);
  if (schema.type === "array") return `list of ${typeOf(schema.items ?? {})}`;
  if (schema.format === "date-time") return "time (RFC 3339)";
  return typeof schema.type === "string" ? schema.type : (schema.type ?? ["anything"]).join(" or ");
}

/** Every field of a schema, nested ones with their full path. */
function fields(schema: Schema, defs: Readonly<Record<string, Schema>>, path = "", depth = 0): string[][] {
  const target = schema.$ref === undefined ? schema : (defs[nameOf(schema.$ref)] ?? {});
  const own = Object.entries(target.properties ?? {}).flatMap(([name, property]) => {
    const required = target.required?.includes(name) === true ? "" : " (optional)";
    const row = [code(`${path}${name}`), typeOf(property) + required, cell(property.description ?? "")];
    return [row, ...below(property, defs, `${path}${name}`, depth)];
  });
  const { additionalProperties: other } = target;
  return typeof other === "object" ? [...own, ...fields(other, defs, `${path}*.`, depth + 1)] : own;
}

function below(schema: Schema, defs: Readonly<Record<string, Schema>>, path: string, depth: number): string[][] {
  if (depth > 6) return [];
  if (schema.type === "array" && schema.items) return below(schema.items, defs, `${path}[]`, depth + 1);
  if (schema.anyOf !== undefined) return schema.anyOf.flatMap((one) => below(one, defs, path, depth + 1));
  return fields(schema, defs, `${path}.`, depth + 1);
}

function secretsPage(): string {
  const schema = JSON.parse(renderSecretsSchema()) as Schema;
  const defs = schema.$defs ?? {};
  const parts = Object.entries(defs).sort(([a], [b]) => Number(b === "Secret") - Number(a === "Secret"));
  const body = (part: Schema): string =>
    part.oneOf === undefined
      ? table(["Field", "Type", "Meaning"], fields(part, {}))
      : `One of ${part.oneOf.map(typeOf).join(", ")}.\n\n`;
  return `# secrets.yaml

A map from each key to an object with the fields of \`Secret\`. [Writing secrets.yaml](../how-to/secrets-yaml.md) says which to
choose. \`phalanx secrets schema\` prints the JSON Schema that this page is made from.

${parts
  .map(([name, part]) => `## ${name}\n\n${part.description ?? part.title ?? ""}.\n\n${body(part)}`)
  .join("")
  .trimEnd()}
`;
}

function schemasPage(): string {
  const plan = z.toJSONSchema(PlanDocument) as Schema;
  const fleet = JSON.parse(renderFleetSchema()) as Schema;
  const audit = z.toJSONSchema(AuditLine) as Schema;
  const { Diagnostic = {}, ...defs } = fleet.$defs ?? {};
  const fieldsOf = (schema: Schema): string => table(["Field", "Type", "Meaning"], fields(schema, defs)).trimEnd();
  // Referenced types are expanded in the table; only diagnostics have a table of their own.
  const unlinked = (text: string): string => text.replaceAll(/\[(?!Diagnostic)\w+\]\(#\w+\)/g, "object");
  return `# Fields of plan files, fleet reports and the audit log

\`[]\` stands for each element of a list, \`*\` for each key of a map.

## Plan file

What \`phalanx secrets plan -o FILE\` writes and \`sync --plan FILE\` reads. It holds no value.

${fieldsOf(plan)}

## Fleet report

What \`phalanx fleet audit -o FILE\` writes and \`--merge\` reads. \`phalanx fleet schema\` prints its JSON Schema. It holds no
value.

${unlinked(fieldsOf(fleet))}

## Audit log

One line of the file that \`--audit-log FILE\` adds to; each line is a JSON document: see [what is kept where](../explanation/records.md#the-audit-log).
Its JSON Schema is in the package, as \`dist/schemas/audit-line.json\`. It holds no value.

${fieldsOf(audit)}

## Diagnostic

An error, a warning or a note: as data, and in the words of the version that wrote it.

${fieldsOf(Diagnostic)}
`;
}
