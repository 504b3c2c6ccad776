import { readFile, writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { ROOT } from "./support/cli.js";
import { DIAGNOSTICS } from "../src/model/diagnostics/index.js";
import { documents } from "./support/documents.js";
import { wordsOf } from "./support/placeholder.js";

const PAGE = "docs/how-to/troubleshooting.md";
const ENTRY = /^### `(.+)`\n\n<!-- ([a-z0-9-]+) -->$/gm;

/** Code -> what it says, as docs/reference/diagnostics.md has it; "" where all words depend on the case. */
const messages = new Map(
  Object.entries(DIAGNOSTICS).map(([code, { severity }]) => [
    code,
    wordsOf(code, severity).replaceAll(/\s*\n\s*/g, " "),
  ]),
);

test("docs/how-to/troubleshooting.md quotes messages as the program prints them (PHALANX_WRITE_TRANSCRIPTS=1 writes them)", async () => {
  const text = await readFile(`${ROOT}${PAGE}`, "utf8");
  const current = text.replaceAll(ENTRY, (entry, quoted: string, code: string) => {
    const message = messages.get(code);
    return message === undefined || message === "" ? entry : entry.replace(quoted, () => message);
  });
  if (process.env["PHALANX_WRITE_TRANSCRIPTS"] === "1" && current !== text) await writeFile(`${ROOT}${PAGE}`, current);
  expect(text).toBe(current);
});

test("every entry of docs/how-to/troubleshooting.md is about a message that there is", async () => {
  const text = await readFile(`${ROOT}${PAGE}`, "utf8");
  const entries = [...text.matchAll(ENTRY)];
  expect(entries.length).toBe([...text.matchAll(/^### /gm)].length);
  expect(entries.length).toBeGreaterThanOrEqual(25);
  expect(entries.map(([, , code = ""]) => code).filter((code) => !messages.has(code))).toEqual([]);
  // What has no words of its own stands in an output that test/docs.test.ts compares.
  const outputs = (await Promise.all((await documents()).map((path) => readFile(`${ROOT}${path}`, "utf8"))))
    .flatMap((page) => [...page.matchAll(/^```console\n([\s\S]*?)^```$/gm)].map(([block]) => block))
    .join("\n");
  const free = entries.filter(([, , code = ""]) => messages.get(code) === "").map(([, quoted = ""]) => quoted);
  expect(free.filter((message) => !outputs.includes(message))).toEqual([]);
});
