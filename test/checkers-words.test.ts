import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

/** What the checkers of whole runs look for in what the program says, to decide what they do next or accept. */
const LOOKED_FOR = [
  " cannot be undone: ",
  " is not restored: ",
  " keeps its value",
  " to a sync",
  " was not recorded, ",
  ", or undo",
  "Interrupted",
  "Revoked the token with accessor ",
  "To continue: ",
  "Not everything can be restored",
  "To undo this: ",
  "To undo the write to ",
  "at the same moment, with the same values",
  "continue it with ",
  "is out of date",
  "no new ",
  "secret_id_accessor=",
  "there is no record that this run wrote it",
  " is unknown",
];

function sourcesIn(...directories: readonly string[]): string {
  return directories
    .flatMap((directory) =>
      readdirSync(directory, { recursive: true, encoding: "utf8" })
        .filter((name) => name.endsWith(".ts"))
        .map((name) => readFileSync(`${directory}/${name}`, "utf8")),
    )
    .join("\n");
}

const program = sourcesIn("src");
const checkers = sourcesIn("test/chaos", "test/faults");

// A message that was reworded would otherwise never be found again, and nothing would say so.
test.each(LOOKED_FOR)('"%s" is what the program says, and what the checkers look for', (phrase) => {
  expect(program).toContain(phrase);
  expect(checkers).toContain(phrase.trim());
});
