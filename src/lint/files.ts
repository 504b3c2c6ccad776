import { isDeepStrictEqual } from "node:util";
import { diagnostic } from "../model/diagnostics/index.js";
import { nearest } from "../model/nearest.js";
import { placeIn } from "./file.js";
import type { Report } from "./findings.js";
import type { LintApplication, LintModel } from "./model.js";

/** Reports files of environments that do not exist, and overrides without an effect. */
export function checkFiles({ applications, names }: LintModel, report: Report): void {
  const known = new Set(names);
  for (const application of applications) {
    const { valuesOf, secretsOf } = application;
    const files = [...valuesOf].map(([environment, file]) => ({ environment, file }));
    for (const [environment, { file }] of secretsOf) files.push({ environment, file });
    for (const { environment, file } of files) {
      if (known.has(environment) || application.misnamed.has(file.path)) continue;
      const meant = nearest(environment, names);
      const about = { subject: { environment }, place: placeIn(file, []) };
      report(diagnostic("file-of-unknown-environment", { ...(meant && { meant }) }, about), []);
    }
    checkOverrides(application, known, report);
  }
}

function checkOverrides(application: LintApplication, known: ReadonlySet<string>, report: Report): void {
  const { name, secrets, secretsOf, enabledIn } = application;
  for (const [environment, { file, entries }] of secretsOf) {
    if (!known.has(environment) || file.mapping === undefined) continue;
    const subject = { environment, application: name };
    const about = () => ({ subject, place: placeIn(file, []) });
    if (Object.keys(file.mapping.value).length === 0) report(diagnostic("override-empty", {}, about()), [environment]);
    else if (!enabledIn.includes(environment)) report(diagnostic("override-not-enabled", {}, about()), [environment]);
    else {
      for (const [key, entry] of entries) {
        const base = secrets?.entries.get(key);
        if (!base || !isDeepStrictEqual(base.written, entry.written)) continue;
        const here = { subject: { ...subject, key }, place: placeIn(file, [key]) };
        report(diagnostic("override-same", {}, here), [environment]);
      }
    }
  }
}
