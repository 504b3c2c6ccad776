import { COPYING_APPLICATIONS, environmentFiles } from "../support/tree.js";

type Key = readonly [application: string, key: string];

/** Copies, and what they are copied from. */
export const COPIES: readonly (readonly [copy: Key, source: Key])[] = [
  [
    ["copier", "p"],
    ["origin", "p"],
  ],
  [
    ["copier", "s"],
    ["origin", "s"],
  ],
  [
    ["other", "r"],
    ["copier", "p"],
  ],
];

/** What follows another key without being a copy of it. */
export const MADE_FROM: ReadonlySet<string> = new Set(["origin/h", "copier/t"]);

/** An environment `test` at a prefix, and files of static secrets by the value that they hold. */
export function chaosTree(vaultUrl: string, prefix: string, values: readonly string[]): Record<string, string> {
  const files = environmentFiles(vaultUrl, COPYING_APPLICATIONS);
  const environment = "environments/values-test.yaml";
  return {
    ...files,
    [environment]: (files[environment] ?? "").replace("secret/phalanx/test", prefix),
    ...Object.fromEntries(values.map((value) => [`${value}.yaml`, `applications: {origin: {s: {value: ${value}}}}\n`])),
  };
}
