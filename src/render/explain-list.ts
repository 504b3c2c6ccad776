import type { ConditionOutcome } from "../model/declaration.js";
import type { ShortApplication, ShortSecret } from "../model/explanation.js";
import { compareCodePoints } from "../model/code-points.js";
import { switchResult } from "./edit-text.js";
import { keyColumn, keyLine } from "./key-lines.js";
import { natureWords } from "./nature.js";
import { placeText } from "./place.js";
import { printable } from "./printable.js";
import { type Style, wrap } from "./style.js";

/** The applications of an environment and their secrets, in short. */
export interface ExplainedEnvironment {
  readonly environment: string;
  readonly applications: readonly ShortApplication[];
}

/** For programs. */
export function explainedResult({ environment, applications }: ExplainedEnvironment): object {
  return {
    environment,
    applications: applications.map(({ application, secrets, ...own }) => ({
      application,
      ...switchResult(own),
      secrets: secrets.map(({ key, nature, required, declaration }) => ({
        key,
        ...nature,
        required,
        conditions: declaration?.conditions ?? [],
        ...(declaration && { declared: declaration.position }),
      })),
    })),
  };
}

/** One line per secret, below its application; disabled ones come last. */
export function renderExplained({ environment, applications }: ExplainedEnvironment, style: Style): string {
  const enabled = applications.filter((each) => each.enabled);
  const others = applications.filter((each) => !each.enabled).map((each) => offText(each, style));
  const texts = enabled.map((each) => applicationText(each, style));
  if (others.length > 0) texts.push(`${style.bold(printable(`Not enabled in ${environment}`))}\n${others.join("")}`);
  return texts.join("\n");
}

function applicationText({ application, secrets }: ShortApplication, style: Style): string {
  const sorted = secrets.toSorted((a, b) => compareCodePoints(a.key, b.key));
  const column = keyColumn(sorted.map(({ key }) => printable(key)));
  const lines = sorted.map((secret) =>
    keyLine(
      { mark: " ", key: printable(secret.key), paint: (text) => text },
      `${natureWords(secret.nature)}; ${requirement(secret)}`,
      column,
      style,
    ),
  );
  const none = secrets.length === 0 ? "  no secrets\n" : "";
  return `${style.bold(printable(application))}\n${none}${lines.join("")}`;
}

function requirement({ required, declaration }: ShortSecret): string {
  const condition = declaration?.conditions.find(({ of }) => of === "secret");
  const why = condition ? `: ${conditionWords(condition)}` : "";
  return required ? `required${why}` : `not required${why}`;
}

function conditionWords({ path, holds, decidedBy }: ConditionOutcome): string {
  return `${path} is ${decidedBy === undefined ? "not set" : `${holds ? "true" : "false"} (${placeText(decidedBy)})`}`;
}

function offText({ application, decidedBy }: ShortApplication, style: Style): string {
  const where = decidedBy === undefined ? "" : `: ${placeText(decidedBy)}`;
  return wrap(`${application}${where}`, style, "    ", "  ");
}
