import type { UnresolvedReason } from "../model/plan.js";
import { cycleText } from "../render/reason.js";
import type { Environment } from "../model/environment.js";
import { refId, type Secret, type SecretRef } from "../model/secret.js";
import { SecretValue } from "../model/secret-value.js";
import { resolve } from "../secrets/resolve.js";
import type { Report } from "./findings.js";
import { type LintEnvironment, placeOf } from "./model.js";
import type { RuleId } from "./rules.js";

/** What sync could not resolve although every static value were given; only the causes, not what follows from them. */
export function findUnresolved(environment: LintEnvironment, report: Report): void {
  const { name, deployed } = environment;
  for (const { secret, resolution } of resolveAll(environment).values()) {
    if (resolution.kind !== "unresolved") continue;
    const told = describe(resolution.reason, secret);
    const own = deployed.get(secret.application);
    const entry = own?.entries.get(secret.key);
    if (told === undefined || own?.unsure || entry === undefined || isUncertain(told.source, environment)) continue;
    const field = { copy: ["copy"], generate: ["generate", "source"], template: ["generate", "template"] };
    const at = secret.kind === "static" || secret.kind === "fixed" ? [] : field[secret.kind];
    report({
      ...placeOf(entry, at, "key"),
      rule: told.rule,
      message: `${refId(secret)} ${told.message}`,
      hint: told.hint,
      environments: [name],
    });
  }
}

function resolveAll({ settings, deployed }: LintEnvironment): ReturnType<typeof resolve> {
  const { name, vault, onepassword, disabled } = settings;
  const applications = new Map([...deployed].map(([application, { resolved }]) => [application, resolved]));
  const environment: Environment = { name, vault, onepassword, disabled, applications, siblings: () => [] };
  const given = new SecretValue("given");
  const values = [...applications].map(([application, { secrets }]): [string, Map<string, SecretValue>] => [
    application,
    new Map([...secrets.keys()].map((key) => [key, given])),
  ]);
  return resolve({
    environment,
    current: new Map(),
    staticSecrets: {
      origin: "file",
      applications: new Map(values),
      oidcClients: new Map(),
      registries: new Map(),
      vaultWriteToken: undefined,
    },
    exclude: new Set(),
    regenerate: () => false,
    fresh: new Map(),
  });
}

/** Whether a source is there but broken, or its files are: that has been reported where it is. */
function isUncertain(source: SecretRef | undefined, { deployed, name }: LintEnvironment): boolean {
  const there = source && deployed.get(source.application);
  if (source === undefined || there === undefined) return false;
  if (there.unsure) return true;
  if (there.resolved.secrets.has(source.key) || there.resolved.notRequired.has(source.key)) return false;
  const { secrets, secretsOf } = there.application;
  return [secrets, secretsOf.get(name)].some((file) => Object.hasOwn(file?.file.mapping?.value ?? {}, source.key));
}

interface Told {
  readonly rule: RuleId;
  readonly message: string;
  readonly hint: string;
  readonly source?: SecretRef;
}

function describe(reason: UnresolvedReason, secret: Secret): Told | undefined {
  switch (reason.kind) {
    case "cycle":
      // Said once, where its first member is.
      if (refId(reason.members[0] ?? secret) !== refId(secret)) return undefined;
      return {
        rule: "dependency-cycle",
        message: `is part of a cycle (${cycleText(reason.members)})`,
        hint: "Give one of its members a source of its own.",
      };
    case "source-application-not-enabled": {
      const { source } = reason;
      return {
        rule: "source-not-enabled",
        message: `comes from ${refId(source)}, but the application ${source.application} is not enabled`,
        hint: `Enable ${source.application} there, or make ${secret.kind === "copy" ? "the copy" : refId(secret)} conditional.`,
        source,
      };
    }
    case "source-condition-false": {
      const { source } = reason;
      return {
        rule: "source-not-required",
        message: `comes from ${refId(source)}, which is not required: its condition is false`,
        hint: "Let both depend on the same condition.",
        source,
      };
    }
    case "source-undeclared":
      return {
        rule: "source-undeclared",
        message: `comes from ${refId(reason.source)}, which no secrets.yaml declares`,
        hint: `Correct the name, or declare it in the secrets.yaml of ${reason.source.application}.`,
        source: reason.source,
      };
    case "source-too-long":
      return {
        rule: "source-too-long",
        message: `is a bcrypt hash of ${refId(reason.source)}, which is longer than 72 bytes`,
        hint: "Choose a shorter one.",
        source: reason.source,
      };
    case "template-too-long":
      return {
        rule: "template-too-long",
        message: "makes the templates of its application longer than the 1 MiB that a Secret of Kubernetes holds",
        hint: "Shorten the template, or what it is made from.",
      };
    case "source-unresolved":
    case "source-excluded":
    case "no-static-value":
    case "not-a-string":
      return undefined;
  }
}
