import type { FileLook } from "../model/explanation.js";
import { type Environment, PULL_SECRET } from "../model/environment.js";
import type { SecretRef } from "../model/secret.js";
import { collectProblems, throwProblems } from "../problems.js";
import { isMapping, type YamlValue } from "../yaml/kind.js";
import { checkFile } from "./check-file.js";
import { type Content, textOf } from "./content.js";
import { looksLikeAge } from "./encrypted/age-format.js";
import { isSops, readFileOf } from "./mapping.js";

/**
 * Where a static secrets file has values, as far as that is visible without decrypting anything. In a SOPS file the
 * names are plain.
 *
 * @throws PhalanxError if it is broken.
 */
export function lookInto(
  { content }: Pick<Content, "content">,
  shown: string,
  environment: Environment,
): (ref: SecretRef) => FileLook {
  if (looksLikeAge(content)) return () => ({ file: shown, state: "encrypted" });
  const problems = collectProblems();
  const file = readFileOf(textOf(content, shown), shown, problems);
  throwProblems(problems, { of: "file", name: shown });
  // What a sync would reject says nothing about a value.
  if (file && !isSops(file)) checkFile(file, shown, environment, problems);
  return ({ application, key }) => {
    const at = (...names: readonly string[]): YamlValue | undefined =>
      names.reduce<YamlValue | undefined>(
        (value, name) => (isMapping(value) && Object.hasOwn(value, name) ? value[name] : undefined),
        file?.value,
      );
    if (application === PULL_SECRET) {
      const name = at("pull_secret") === undefined ? PULL_SECRET : "pull_secret";
      const registries = at(name, "registries");
      return file === undefined || !isMapping(registries) || Object.keys(registries).length === 0
        ? { file: shown, state: "lacks" }
        : { file: shown, state: "has", place: file.position([name], "key") };
    }
    const path = ["applications", application, key];
    const value = at(...path, "value");
    return file === undefined || typeof value !== "string" || value === ""
      ? { file: shown, state: "lacks" }
      : { file: shown, state: "has", place: file.position(path, "key") };
  };
}
