import { compareCodePoints } from "../model/code-points.js";
import { type Environment, requiredSecrets } from "../model/environment.js";
import { groupBy } from "../model/group.js";
import type { Secret, StaticSecret } from "../model/secret.js";
import { foldedScalar } from "./folded-scalar.js";
import { flowText, yamlText } from "./yaml.js";

const ENCODED_WARNING = "If you store this secret in a 1Password item, encode it with base64 first.";

export const PULL_SECRET_DESCRIPTION =
  "Pull secrets for Docker registries. Each key under registries is the name of a Docker registry that needs a pull" +
  " secret. The value should have two keys, username and password, that provide the HTTP Basic Auth credentials for" +
  " that registry.";

/** A type, not an interface, so that it is assignable to a YAML mapping. */
type TemplateEntry = { description: string | null; value: null; warning?: string };

/** The static secrets file that an environment needs, with every value left to fill in. */
export function renderStaticTemplate(environment: Environment): string {
  const template = {
    applications: entriesOf(requiredSecrets(environment).filter(isStatic)),
    "oidc-clients": {},
    "pull-secret": { description: PULL_SECRET_DESCRIPTION, registries: {} },
    "vault-write-token": null,
  };
  return templateText(template);
}

/** Some of its secrets, to paste into such a file; empty for none. */
export function renderMissing(secrets: readonly StaticSecret[]): string {
  return secrets.length === 0 ? "" : templateText({ applications: entriesOf(secrets) });
}

/** The line width of the original's files. */
const WIDTH = 70;

/** A document in YAML, with descriptions and warnings folded as in the original's files. */
function templateText(document: unknown): string {
  const folded: string[] = [];
  // A quoted number replaces a text until serialisation; no other text in the document looks like one.
  const marked = withFolded(document, (text) =>
    foldedScalar(text, 0, WIDTH) === undefined ? text : String(folded.push(text) - 1),
  );
  return yamlText(marked, { lineWidth: WIDTH }).replaceAll(
    /^( *)(description|warning): '(\d+)'\n/gm,
    (_, indent: string, field: string, number: string) =>
      `${indent}${field}: ${foldedScalar(folded[Number(number)] ?? "", indent.length + 2, WIDTH)}`,
  );
}

function withFolded(value: unknown, fold: (text: string) => string): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key,
      typeof member === "string" && /^(?:description|warning)$/.test(key) ? fold(member) : withFolded(member, fold),
    ]),
  );
}

/** How an entry is written into an existing file. */
export const ENTRY_SPELLING = { lines: templateText, flow: flowText };

function isStatic(secret: Secret): secret is StaticSecret {
  return secret.kind === "static";
}

/** By application and key, in their order. */
function entriesOf(secrets: readonly StaticSecret[]): object {
  // Not assigned one by one: an application may be called __proto__.
  return Object.fromEntries(
    [...groupBy(secrets, ({ application }) => application)].map(([name, ofIt]) => {
      const sorted = ofIt.toSorted((a, b) => compareCodePoints(a.key, b.key));
      return [name, Object.fromEntries(sorted.map((secret) => [secret.key, templateEntry(secret)]))];
    }),
  );
}

export function templateEntry({ description, encoded }: StaticSecret): TemplateEntry {
  return { description: description ?? null, value: null, ...(encoded ? { warning: ENCODED_WARNING } : {}) };
}
