import type { Consequence, DiffAspect, SecretDiff } from "../model/configuration-diff.js";
import { type Environment, requiredSecrets } from "../model/environment.js";
import { CLASS_NAMES, compareRefs, type GenerateRule, refId, type Secret, natureOf } from "../model/secret.js";
import { changeReasons, requirementReasons } from "./reasons.js";
import type { DiffSide } from "./side.js";

/** Compares the secrets that an environment requires; a side is undefined if it has no such environment. */
export function diffSecrets(
  before: DiffSide | undefined,
  after: DiffSide | undefined,
  stops: ReadonlySet<string>,
): SecretDiff[] {
  const [old, now] = [byId(before?.environment), byId(after?.environment)];
  const diffs = [...new Map([...old, ...now]).keys()].flatMap((id): SecretDiff[] => {
    const [was, is] = [old.get(id), now.get(id)];
    const secret = is ?? was;
    const aspect = aspectOf(was, is);
    if (secret === undefined || aspect === undefined) return [];
    return [
      {
        application: secret.application,
        key: secret.key,
        aspect,
        before: was && natureOf(was),
        after: is && natureOf(is),
        reasons: reasonsOf(secret, aspect, before, after),
        consequence: stops.has(id) ? "stop" : consequenceOf(was, is, after !== undefined),
        description: secret.description,
      },
    ];
  });
  return diffs.sort(compareRefs);
}

function byId(environment: Environment | undefined): Map<string, Secret> {
  return new Map((environment ? requiredSecrets(environment) : []).map((secret) => [refId(secret), secret]));
}

function aspectOf(was: Secret | undefined, is: Secret | undefined): DiffAspect | undefined {
  if (was === undefined || is === undefined) return is ? "required" : "not-required";
  if (was.kind === "static" && is.kind === "static") return was.encoded === is.encoded ? undefined : "encoding";
  if (was.kind === "copy" && is.kind === "copy") return refId(was.from) === refId(is.from) ? undefined : "source";
  if (was.kind === "generate" && is.kind === "generate") return generatorAspect(was.rule, is.rule);
  if (was.kind === "fixed" && is.kind === "fixed") return was.value.equals(is.value) ? undefined : "fixed-value";
  if (was.kind === "template" && is.kind === "template") return same(was.parts, is.parts) ? undefined : "template";
  return "kind";
}

function generatorAspect(was: GenerateRule, is: GenerateRule): DiffAspect | undefined {
  if (same(sortedRule(was), sortedRule(is))) return undefined;
  return was.type === is.type && was.type !== "random" ? "source" : "generator";
}

/** The order of a rule's minima has no meaning. */
function sortedRule(rule: GenerateRule): unknown {
  return rule.type === "random" ? { ...rule, minimum: CLASS_NAMES.map((name) => rule.minimum[name] ?? 0) } : rule;
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function reasonsOf(
  secret: Secret,
  aspect: DiffAspect,
  before: DiffSide | undefined,
  after: DiffSide | undefined,
): SecretDiff["reasons"] {
  if (aspect === "required") return requirementReasons(secret, after, before, true);
  if (aspect === "not-required") return requirementReasons(secret, before, after, false);
  return before && after ? changeReasons(secret, before, after) : [];
}

function consequenceOf(was: Secret | undefined, is: Secret | undefined, synced: boolean): Consequence {
  if (!synced) return "none";
  if (is === undefined) return "leave-unknown";
  switch (is.kind) {
    case "static":
      return was?.kind === "static" ? "decode-differently" : "ask-for-value";
    case "copy":
      return "copy";
    case "fixed":
      return "write-fixed";
    case "template":
      return "compose";
    case "generate":
      if (is.rule.type === "oidc-clients") return "write-clients";
      return was === undefined ? "generate" : "keep";
  }
}
