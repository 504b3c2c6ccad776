import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ROOT } from "./support/cli.js";

/** What a native speaker would not say, and what to write instead. docs/reference/glossary.md has the terms. */
const FORBIDDEN: readonly (readonly [RegExp, string])[] = [
  [
    /(?<!\b[Tt]here )\b(?:is|are|was) no (?!longer\b|more than\b|more\b|later\b|help\b|use\b|reason\b|need\b|way\b)(?=[a-z])/,
    "is not a",
  ],
  [/\bno more\b(?! than\b)/, "no longer"],
  [/\bso that nobody\b/, "so nobody"],
  [/(?<!-)\banew\b/, "again"],
  [/\bas ever\b/, "as before"],
  [/\bhas got\b/, "has"],
  [/\b(?:can|may|to) be had\b/, "is available"],
  [/\bgo(?:es)? on with\b/, "continue"],
  [/\bin the place of\b/, "instead of"],
  [/\bwhoever\b/i, "anyone who"],
  [/\b(?:is|are) told of\b/, "is reported"],
  [/\bhas come too late\b/, "is ignored"],
  [/\bif nothing is said\b/, "by default"],
];

/** Prose: comments of the code, and pages. Not recordings, and not what quotes others. */
const files = execFileSync("git", ["ls-files", "src", "docs", "*.md"], { cwd: ROOT, encoding: "utf8" })
  .split("\n")
  .filter(
    (name) => /\.(?:ts|md)$/.test(name) && !/\.test\.ts$|^CHANGELOG|^docs\/reference\/(?:cli|diagnostics)/.test(name),
  );

test.each(files)("%s is in plain English", (file) => {
  const found = readFileSync(ROOT + file, "utf8")
    .split("\n")
    .flatMap((line, index) =>
      FORBIDDEN.filter(([phrase]) => phrase.test(line)).map(
        ([phrase, instead]) => `${file}:${index + 1}: ${phrase.exec(line)?.[0]}: write "${instead}"`,
      ),
    );
  expect(found).toEqual([]);
});
