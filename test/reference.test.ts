import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { DIAGNOSTICS } from "../src/model/diagnostics/index.js";
import { phalanx, ROOT } from "./support/cli.js";
import { documents } from "./support/documents.js";
import { commandList, referencePages } from "./support/reference.js";
import { ENVIRONMENT_VARIABLES } from "./support/reference-tables.js";

const DIRECTORY = `${ROOT}docs/reference/`;
const pages = referencePages();

test.each(Object.keys(pages))(
  "docs/reference/%s is what the code says (PHALANX_WRITE_TRANSCRIPTS=1 writes it)",
  async (name) => {
    if (process.env["PHALANX_WRITE_TRANSCRIPTS"] === "1") {
      await mkdir(DIRECTORY, { recursive: true });
      await writeFile(`${DIRECTORY}${name}`, pages[name] ?? "");
    }
    expect(await readFile(`${DIRECTORY}${name}`, "utf8")).toBe(pages[name]);
  },
);

test("docs/reference/diagnostics.md has every code", () => {
  const page = pages["diagnostics.md"] ?? "";
  expect(Object.keys(DIAGNOSTICS).filter((code) => !page.includes(`<a id="${code}" `))).toEqual([]);
});

test("the picture of the example is the one that phalanx draws", async () => {
  const path = `${ROOT}docs/images/graph-demo.svg`;
  const { stdout } = await phalanx(["graph", "demo", "--config", "example", "--format", "svg"]);
  if (process.env["PHALANX_WRITE_TRANSCRIPTS"] === "1") await writeFile(path, stdout);
  expect(await readFile(path, "utf8")).toBe(stdout);
});

test("the table of environment variables has every one that the program names, and no other", async () => {
  const entries = await readdir(`${ROOT}src`, { recursive: true });
  const sources = entries.filter((path) => path.endsWith(".ts") && !/^(action|dev-)|\.test\.ts$/.test(path));
  const text = (await Promise.all(sources.map((path) => readFile(`${ROOT}src/${path}`, "utf8")))).join("\n");
  const named = new Set([...text.matchAll(VARIABLE)].map(([, name = "", other = name]) => other));
  const listed = Object.values(ENVIRONMENT_VARIABLES).flatMap((group) => Object.keys(group));
  const unlisted = [...named].filter((name) => !listed.includes(name) && !NO_VARIABLES.has(name));
  expect(unlisted).toEqual([]);
  expect(listed.filter((name) => !text.includes(name.replace("<ENV>", "$")))).toEqual([]);
});

const VARIABLE =
  /(?:\benv\[|\bvariable\(\w+, )"([A-Z]\w+)"|"((?:ACTIONS|GITHUB|GITLAB|OP|PHALANX|SOPS|VAULT|XDG)_[A-Z_]+)"/g;

/** Names in the source that only look like variables of the environment. */
const NO_VARIABLES = new Set([
  "GIT_CONFIG_COUNT",
  "GIT_DIR",
  "PATH",
  "PHALANX_VERSION",
  "PHALANX_FLEET_PAGE",
  "XDG_CONFIG_HOME",
]);

const commands = commandList();

test("docs/reference/json.md has every command that prints JSON", async () => {
  const page = await readFile(`${DIRECTORY}json.md`, "utf8");
  const printers = commands.filter(({ command }) =>
    command.options.some(
      ({ long, argChoices }) => long === "--json" || (long === "--format" && argChoices?.includes("json")),
    ),
  );
  expect(printers.filter(({ name }) => !page.includes(`| \`${name} `)).map(({ name }) => name)).toEqual([]);
});

/** What the pages tell to type: lines of code blocks, and code in a sentence. */
function invocations(text: string): string[] {
  const blocks = [...text.matchAll(/^ *```(?:sh|console)\n([\s\S]*?)^ *```$|((?:^ {4}.*\n)+)/gm)].map(
    (match) => match[0],
  );
  const lines = blocks.flatMap((block) => block.replaceAll("\\\n", " ").split("\n"));
  const spans = [...text.replaceAll(/```[\s\S]*?```/g, "").matchAll(/`(phalanx [^`]+)`/g)].map(([, span = ""]) => span);
  return [
    ...lines.map((line) => line.trim().replace(/^\$ /, "")),
    ...spans.map((span) => span.replaceAll("\n", " ")),
  ].filter((line) => line.startsWith("phalanx "));
}

test.each((await documents()).filter((path) => !path.startsWith("docs/reference/")))(
  "the commands of phalanx that %s names exist, with their options",
  async (path) => {
    const unknown = [];
    for (const line of invocations(await readFile(`${ROOT}${path}`, "utf8"))) {
      const words = line.replace(/\s[>|#&;].*/, "").split(/\s+/);
      const found = commands.findLast(({ name }) => `${words.join(" ")} `.startsWith(`${name} `));
      const isGroup = (found?.command.commands.length ?? 0) > 0;
      if (
        found === undefined ||
        (isGroup && words.length > found.name.split(" ").length && !words.at(-1)?.startsWith("-"))
      )
        unknown.push(line);
      const flags = new Set([...(found?.command.options ?? []).flatMap(({ short, long }) => [short, long]), "--help"]);
      for (const word of words.filter((candidate) => /^--?[a-z]/.test(candidate)))
        if (!flags.has(word.replace(/=.*/, ""))) unknown.push(`${line}: ${word}`);
    }
    expect(unknown).toEqual([]);
  },
);
