import { isDeepStrictEqual } from "node:util";
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
      if (known.has(environment)) continue;
      const meant = nearest(environment, names);
      report({
        ...placeIn(file, []),
        rule: "unknown-environment",
        environments: [],
        message: `there is no environment ${environment}, so nothing reads this file`,
        hint: meant ? `Did you mean "${meant}"? Rename or remove it.` : "Rename or remove it.",
      });
    }
    checkOverrides(application, known, report);
  }
}

function checkOverrides(application: LintApplication, known: ReadonlySet<string>, report: Report): void {
  const { name, secrets, secretsOf, enabledIn } = application;
  for (const [environment, { file, entries }] of secretsOf) {
    if (!known.has(environment) || file.mapping === undefined) continue;
    const say = (key: string | undefined, message: string): void =>
      report({
        ...placeIn(file, key === undefined ? [] : [key]),
        rule: "useless-override",
        environments: [environment],
        message,
        hint: "Remove it.",
      });
    if (Object.keys(file.mapping.value).length === 0) say(undefined, "the file is empty, so it overrides nothing");
    else if (!enabledIn.includes(environment)) {
      say(undefined, `${environment} does not enable ${name}, so this file overrides nothing`);
    } else {
      for (const [key, entry] of entries) {
        const base = secrets?.entries.get(key);
        if (base && isDeepStrictEqual(base.written, entry.written))
          say(key, `${name}/${key} is the same in secrets.yaml`);
      }
    }
  }
}
