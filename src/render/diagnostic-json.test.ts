import { expect, test } from "vitest";
import { DiagnosticJson } from "../model/diagnostic-json.js";
import { diagnostic } from "../model/diagnostics/index.js";
import { diagnosticJson } from "./diagnostic-json.js";
import { lineOf } from "./diagnostic.js";
import { lineFrom } from "./place.js";

test("JSON holds the data and the words, and gives the same line back", () => {
  const said = diagnostic("shard-damaged", { field: "environments.0" }, { place: { file: "a.json", line: 2 } });
  const written = DiagnosticJson.parse(JSON.parse(JSON.stringify(diagnosticJson(said))));
  expect(written).toEqual({
    severity: "error",
    code: "shard-damaged",
    place: { file: "a.json", line: 2 },
    details: { field: "environments.0" },
    summary: "is damaged (at environments.0)",
    hint: "phalanx fleet schema prints the format. Run that shard again.",
  });
  expect(lineFrom(written)).toBe(lineOf(said));
});
