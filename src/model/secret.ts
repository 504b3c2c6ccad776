import { compareCodePoints } from "./code-points.js";
import type { SecretValue } from "./secret-value.js";

/** The name of a secret: an application and a key. */
export interface SecretRef {
  /** The application's name, or `pull-secret`. */
  readonly application: string;
  /** The key in the application's KV secret. */
  readonly key: string;
}

/** A map key for a reference. Application names contain no slash, so it is unambiguous. */
export function refId(ref: SecretRef): string {
  return `${ref.application}/${ref.key}`;
}

/** Splits `APP/KEY`, or `APP` alone: keys may contain slashes, applications may not. */
export function splitName(name: string): [application: string, key: string | undefined] {
  const slash = name.indexOf("/");
  return slash < 0 ? [name, undefined] : [name.slice(0, slash), name.slice(slash + 1)];
}

/** By application, then key. */
export function compareRefs(a: SecretRef, b: SecretRef): number {
  return compareCodePoints(a.application, b.application) || compareCodePoints(a.key, b.key);
}

export const SIMPLE_GENERATORS = ["password", "gafaelfawr-token", "fernet-key", "rsa-private-key"] as const;
export const SOURCE_GENERATORS = ["bcrypt-password-hash", "mtime"] as const;
export type SimpleGenerator = (typeof SIMPLE_GENERATORS)[number];
export type SourceGenerator = (typeof SOURCE_GENERATORS)[number];

/** The character classes that a rule can require, and the characters in each. */
export const CHARACTER_CLASSES = { lower: /[a-z]/, upper: /[A-Z]/, digit: /[0-9]/, symbol: /[^a-zA-Z0-9]/ } as const;
export type CharacterClass = keyof typeof CHARACTER_CLASSES;
export const CLASS_NAMES = Object.keys(CHARACTER_CLASSES) as readonly CharacterClass[];

/** A password for a system with rules of its own; our extension. */
export interface RandomRule {
  readonly type: "random";
  /** Number of characters, 1 to 1024. */
  readonly length: number;
  /** The characters to choose from, each once. */
  readonly charset: string;
  /** The minimum number of characters per class. */
  readonly minimum: Readonly<Partial<Record<CharacterClass, number>>>;
}

/** The rules that create a value once, which is then kept. `source` is a key of the same application. */
export type MadeOnceRule =
  | { readonly type: SimpleGenerator }
  | RandomRule
  | { readonly type: SourceGenerator; readonly source: string };

/** How a secret is generated. */
export type GenerateRule = MadeOnceRule | { readonly type: "oidc-clients" };

/** What can be written as the type of a rule. */
export type WrittenGenerator = GenerateRule["type"] | "template";

/** The generators of the original program, which gets no new ones. */
const ORIGINAL_GENERATORS: ReadonlySet<WrittenGenerator> = new Set<WrittenGenerator>([
  "password",
  "gafaelfawr-token",
  "fernet-key",
  "rsa-private-key",
  "bcrypt-password-hash",
  "mtime",
  "oidc-clients",
]);

/** Whether the original program would refuse a `secrets.yaml` for this generator. */
export function isExtension(type: WrittenGenerator): boolean {
  return !ORIGINAL_GENERATORS.has(type);
}

interface SecretBase extends SecretRef {
  /** The description in `secrets.yaml`. */
  readonly description: string | undefined;
  /** Whether the value is base64-encoded in 1Password. */
  readonly encoded: boolean;
}

/** A secret whose value a person provides. */
export type StaticSecret = SecretBase & { readonly kind: "static" };
/** A copy of another secret. */
export type CopiedSecret = SecretBase & { readonly kind: "copy"; readonly from: SecretRef };
/** A secret that is generated. */
export type GeneratedSecret = SecretBase & { readonly kind: "generate"; readonly rule: GenerateRule };
/** A value that the configuration contains in plain text. */
export type FixedSecret = SecretBase & {
  readonly kind: "fixed";
  readonly value: SecretValue;
  /** The `secrets.yaml` or `secrets-ENV.yaml` that has it. */
  readonly file?: string;
};

/** What a template can apply to a value before inserting it. */
export const TEMPLATE_FILTERS = ["urlencode", "base64"] as const;
export type TemplateFilter = (typeof TEMPLATE_FILTERS)[number];

/** A literal text, or another secret's value with its filters, first to last. */
export type TemplatePart = string | { readonly source: SecretRef; readonly filters: readonly TemplateFilter[] };

/** A text containing the values of other secrets; our extension. */
export type TemplateSecret = SecretBase & {
  readonly kind: "template";
  readonly parts: readonly TemplatePart[];
};

/** A secret that an environment requires. All conditions have been evaluated. */
export type Secret = StaticSecret | CopiedSecret | GeneratedSecret | FixedSecret | TemplateSecret;

/** The secrets that this one's value derives from. */
export function sourcesOf(secret: Secret): readonly SecretRef[] {
  switch (secret.kind) {
    case "copy":
      return [secret.from];
    case "generate":
      return "source" in secret.rule ? [{ application: secret.application, key: secret.rule.source }] : [];
    case "template":
      return secret.parts.flatMap((part) => (typeof part === "string" ? [] : [part.source]));
    case "static":
    case "fixed":
      return [];
  }
}

/** What a secret is, without its value. */
export interface SecretNature {
  readonly kind: Secret["kind"];
  /** For a generated secret. */
  readonly generator?: string;
  readonly sources: readonly SecretRef[];
}

export function natureOf(secret: Secret): SecretNature {
  const { kind } = secret;
  const sources = sourcesOf(secret).map(({ application, key }) => ({ application, key }));
  return { kind, sources, ...(secret.kind === "generate" ? { generator: secret.rule.type } : {}) };
}

/** Whether a source of static secrets may have the value: also that of OpenID Connect clients, which are made from it. */
export function isProvided(secret: Secret): boolean {
  return secret.kind === "static" || (secret.kind === "generate" && secret.rule.type === "oidc-clients");
}

/** Whether it is generated once and then kept, so that it can be rotated. */
export function isMadeOnce(secret: Secret): boolean {
  return secret.kind === "generate" && secret.rule.type !== "oidc-clients";
}
