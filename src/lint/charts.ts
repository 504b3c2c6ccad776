import { diagnostic } from "../model/diagnostics/index.js";
import { nearest } from "../model/nearest.js";
import { refId } from "../model/secret.js";
import { parseTemplate } from "../config/template.js";
import type { Report } from "./findings.js";
import { allEntries, allValues, type Entry, type LintApplication, type LintModel, placeOf } from "./model.js";
import { namedKeys, ownSecrets, usesWholeSecret, withoutComments } from "./template-uses.js";

/** Reports keys that charts use but nobody declares, and the reverse, as far as the texts show. */
export function checkCharts({ applications }: LintModel, report: Report): void {
  const sources = new Set(applications.flatMap((application) => allEntries(application).flatMap(writtenSources)));
  for (const application of applications) {
    if (application.templates === undefined || application.templates.length === 0) continue;
    checkUndeclared(application, report);
    checkUnused(application, sources, report);
  }
}

function checkUndeclared(application: LintApplication, report: Report): void {
  const { name, templates = [], secrets, secretsOf, enabledIn } = application;
  // Broken entries count as declared.
  const files = [...(secrets ? [secrets] : []), ...secretsOf.values()];
  if (files.some(({ file }) => file.mapping === undefined)) return;
  const declared = new Set(files.flatMap(({ file }) => Object.keys(file.mapping?.value ?? {})));
  for (const { key, place } of namedKeys(templates, name)) {
    if (declared.has(key)) continue;
    const meant = nearest(key, declared);
    const subject = { application: name, key };
    report(diagnostic("chart-key-undeclared", { ...(meant && { meant }) }, { subject, place }), enabledIn);
  }
}

function checkUnused(application: LintApplication, sources: ReadonlySet<string>, report: Report): void {
  const { name, templates = [], chart, enabledIn } = application;
  // Other charts use whole secrets, under names of their own.
  if (/^dependencies:/m.test(withoutComments(chart))) return;
  const texts = [...templates, ...allValues(application)].map(({ text }) => text);
  const own = ownSecrets(templates, name);
  if (own.size === 0 || texts.some((text) => usesWholeSecret(text, own))) return;
  for (const entry of allEntries(application)) {
    if (sources.has(refId(entry)) || texts.some((text) => text.includes(entry.key))) continue;
    const subject = { application: name, key: entry.key };
    report(diagnostic("chart-key-unused", {}, { subject, place: placeOf(entry) }), enabledIn);
  }
}

/** What an entry may derive from, regardless of whether its rules' conditions are true anywhere. */
function writtenSources({ application, written: { copy, generate } }: Entry): string[] {
  const found = copy ? [refId(copy)] : [];
  if (generate && "source" in generate) found.push(refId({ application, key: generate.source }));
  if (generate?.type === "template") {
    const parts = parseTemplate(generate.template, application)?.parts ?? [];
    for (const part of parts) if (typeof part !== "string") found.push(refId(part.source));
  }
  return found;
}
