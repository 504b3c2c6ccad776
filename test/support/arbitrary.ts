import fc from "fast-check";
import type { ApplicationState, CurrentState } from "../../src/model/current-state.js";
import type { Application, Environment } from "../../src/model/environment.js";
import { ForeignValue, SecretValue, type StoredValue } from "../../src/model/secret-value.js";
import {
  type Secret,
  type SecretRef,
  SIMPLE_GENERATORS,
  SOURCE_GENERATORS,
  TEMPLATE_FILTERS,
  type TemplatePart,
} from "../../src/model/secret.js";
import type { StaticSecrets } from "../../src/model/static-secrets.js";

const APPLICATIONS = ["alpha", "beta", "gamma", "delta"];
const KEYS = ["a", "b.c", "d_e", "f", "ключ", "__proto__"];
export const ALL_REFS: readonly SecretRef[] = APPLICATIONS.flatMap((application) =>
  KEYS.map((key) => ({ application, key })),
);

/** The kind of a secret; `pick` chooses its source among the secrets before it, so that there are no cycles. */
interface Shape {
  readonly present: boolean;
  readonly kind: "static" | "fixed" | "copy" | "simple" | "derived" | "clients" | "template" | "random";
  readonly pick: number;
}

const shape: fc.Arbitrary<Shape> = fc.record({
  present: fc.boolean(),
  kind: fc.constantFrom("static", "fixed", "copy", "simple", "derived", "clients", "template", "random"),
  pick: fc.nat(1000),
});

function toSecret(ref: SecretRef, { kind, pick }: Shape, before: readonly Secret[]): Secret {
  const base = { ...ref, description: "x", encoded: false };
  const own = before.filter(({ application }) => application === ref.application);
  const [copied, source] = [before[pick % Math.max(before.length, 1)], own[pick % Math.max(own.length, 1)]];
  if (kind === "copy" && copied) return { ...base, kind, from: { application: copied.application, key: copied.key } };
  if (kind === "derived" && source) {
    const type = SOURCE_GENERATORS[pick % 2] ?? "mtime";
    return { ...base, kind: "generate", rule: { type, source: source.key } };
  }
  if (kind === "template" && copied && source) {
    const parts = [copied, source].map(({ application, key }): TemplatePart => {
      return { source: { application, key }, filters: TEMPLATE_FILTERS.slice(pick % 3) };
    });
    return { ...base, kind, parts: ["x://", ...parts] };
  }
  if (kind === "random") {
    return {
      ...base,
      kind: "generate",
      rule: { type: "random", length: 12, charset: "aA1!", minimum: { lower: 2, symbol: 1 } },
    };
  }
  if (kind === "fixed") return { ...base, kind, value: new SecretValue(`fixed ${pick}`) };
  if (kind === "clients") return { ...base, kind: "generate", rule: { type: "oidc-clients" } };
  if (kind === "static") return { ...base, kind };
  return {
    ...base,
    kind: "generate",
    rule: { type: SIMPLE_GENERATORS[pick % SIMPLE_GENERATORS.length] ?? "password" },
  };
}

function toEnvironment(secrets: readonly Secret[]): Environment {
  const applications = new Map<string, Application>();
  for (const name of APPLICATIONS.toSorted()) {
    const own = secrets.filter(({ application }) => application === name);
    if (own.length > 0)
      applications.set(name, { name, secrets: new Map(own.map((s) => [s.key, s])), notRequired: new Map() });
  }
  return {
    name: "test",
    vault: { url: "http://127.0.0.1:8200", mount: "secret", path: "phalanx/test" },
    onepassword: undefined,
    applications,
    disabled: new Set(["retired"]),
    siblings: () => [],
  };
}

/** Environments without cycles, with every kind of secret. */
export const environments: fc.Arbitrary<Environment> = fc
  .array(shape, { minLength: ALL_REFS.length, maxLength: ALL_REFS.length })
  .map((shapes) => {
    const secrets: Secret[] = [];
    for (const [i, ref] of ALL_REFS.entries()) {
      const chosen = shapes[i];
      if (chosen?.present) secrets.push(toSecret(ref, chosen, secrets));
    }
    return toEnvironment(secrets);
  });

const storedValue: fc.Arbitrary<StoredValue> = fc.oneof(
  { weight: 5, arbitrary: fc.nat(50).map((n) => new SecretValue(`stored ${n}`)) },
  { weight: 1, arbitrary: fc.constant(new SecretValue("")) },
  { weight: 1, arbitrary: fc.constantFrom("5", "null", '{"a":[1]}', "true").map((json) => new ForeignValue(json)) },
);

const presentApplication: fc.Arbitrary<ApplicationState> = fc.record({
  kind: fc.constant("present" as const),
  version: fc.integer({ min: 1, max: 9 }),
  createdTime: fc.constant("2026-01-01T00:00:00Z"),
  customMetadata: fc.constant({}),
  values: fc
    .array(fc.tuple(fc.constantFrom(...KEYS, "unknown", "left-over"), storedValue), { maxLength: 8 })
    .map((entries) => new Map(entries)),
});

/** What Vault may hold, for our applications and others. */
export const currentStates: fc.Arbitrary<CurrentState> = fc
  .array(fc.tuple(fc.constantFrom(...APPLICATIONS, "retired", "stranger", "pull-secret"), presentApplication), {
    maxLength: 7,
  })
  .map((entries) => new Map(entries));

/** A source with every static secret, or none at all. */
export const staticSources: fc.Arbitrary<StaticSecrets | undefined> = fc.option(
  fc.record({ seed: fc.nat(20), clients: fc.nat(2), registries: fc.nat(2) }).map(({ seed, clients, registries }) => ({
    origin: "file" as const,
    applications: new Map(
      APPLICATIONS.map((name) => [
        name,
        new Map(KEYS.map((key) => [key, new SecretValue(`static ${name} ${key} ${seed}`)])),
      ]),
    ),
    oidcClients: new Map(
      Array.from({ length: clients }, (_, i) => [
        `client ${i}`,
        { id: `${i}`, secret: new SecretValue(`s${seed}`), returnUri: "u" },
      ]),
    ),
    registries: new Map(
      Array.from({ length: registries }, (_, i) => [
        `registry${i}`,
        { username: "u", password: new SecretValue(`p${seed}`) },
      ]),
    ),
    vaultWriteToken: undefined,
  })),
  { nil: undefined },
);
