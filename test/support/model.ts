import { UNKNOWN_CLASSES } from "../../src/model/plan.js";
import type { Deletion } from "../../src/model/target.js";
import type {
  ApplicationState,
  CurrentState,
  DeletedApplication,
  PresentApplication,
} from "../../src/model/current-state.js";
import type { Application, Environment, DeclaredKind } from "../../src/model/environment.js";
import type { ApplicationHistory, HistoricVersion } from "../../src/model/history.js";
import type { Provenance } from "../../src/model/provenance.js";
import { SecretValue, type StoredValue } from "../../src/model/secret-value.js";
import type { GenerateRule, Secret, SecretRef } from "../../src/model/secret.js";
import type { StaticSecrets } from "../../src/model/static-secrets.js";

/** A reference, from `application/key`. */
export function ref(id: string): SecretRef {
  const [application = "", key = ""] = id.split("/");
  return { application, key };
}

const base = (id: string) => ({ ...ref(id), description: "x", encoded: false });

export const statically = (id: string): Secret => ({ ...base(id), kind: "static" });
export const fixed = (id: string, value: string): Secret => ({
  ...base(id),
  kind: "fixed",
  value: new SecretValue(value),
  file: `applications/${ref(id).application}/secrets.yaml`,
});
export const copy = (id: string, from: string): Secret => ({ ...base(id), kind: "copy", from: ref(from) });
export const template = (id: string, ...parts: (string | SecretRef)[]): Secret => ({
  ...base(id),
  kind: "template",
  parts: parts.map((part) => (typeof part === "string" ? part : { source: part, filters: [] })),
});
export const generated = (id: string, rule: GenerateRule) => ({ ...base(id), kind: "generate" as const, rule });
export const password = (id: string) => generated(id, { type: "password" });
export const hash = (id: string, source: string) => generated(id, { type: "bcrypt-password-hash", source });

/** Options of an environment besides its required secrets. */
export interface EnvironmentOptions {
  /** Keys whose condition is false, by `application/key`. */
  readonly notRequired?: Readonly<Record<string, DeclaredKind>>;
  readonly disabled?: readonly string[];
  /** What one sibling requires. */
  readonly sibling?: readonly string[];
}

export function environmentOf(
  secrets: readonly Secret[],
  { notRequired = {}, disabled = [], sibling }: EnvironmentOptions = {},
): Environment {
  const applications = new Map<
    string,
    Application & { secrets: Map<string, Secret>; notRequired: Map<string, DeclaredKind> }
  >();
  const applicationOf = (name: string) => {
    const application = applications.get(name) ?? { name, secrets: new Map(), notRequired: new Map() };
    applications.set(name, application);
    return application;
  };
  for (const secret of secrets) applicationOf(secret.application).secrets.set(secret.key, secret);
  for (const [id, kind] of Object.entries(notRequired))
    applicationOf(ref(id).application).notRequired.set(ref(id).key, kind);
  const required = new Map<string, Set<string>>();
  for (const { application, key } of (sibling ?? []).map(ref)) {
    required.set(application, (required.get(application) ?? new Set()).add(key));
  }
  return {
    name: "test",
    vault: { url: "http://127.0.0.1:8200", mount: "secret", path: "phalanx/test" },
    onepassword: undefined,
    applications,
    disabled: new Set(disabled),
    siblings: () => (sibling === undefined ? [] : [{ environment: "sibling", required }]),
  };
}

/** What `--delete` deletes. */
export const EVERYTHING_UNKNOWN: Deletion = {
  classes: new Set(UNKNOWN_CLASSES),
  includeUnsourced: true,
  purge: false,
  keep: () => false,
  doubts: () => [],
};

type Values = Readonly<Record<string, string | StoredValue>>;

export function storedValues(values: Values): ReadonlyMap<string, StoredValue> {
  return new Map(
    Object.entries(values).map(([key, value]) => [key, typeof value === "string" ? new SecretValue(value) : value]),
  );
}

/** The plain texts of values, for comparison. */
export function revealed(
  values: ReadonlyMap<string, StoredValue | undefined> | undefined,
): Record<string, string | undefined> {
  return Object.fromEntries(
    [...(values ?? [])].map(([key, value]) => [
      key,
      value instanceof SecretValue ? value.reveal() : value?.revealJson(),
    ]),
  );
}

export const TIME = "2026-01-01T00:00:00Z";

export function present(values: Values, version = 1): PresentApplication {
  return { kind: "present", version, createdTime: TIME, customMetadata: {}, values: storedValues(values) };
}

export function gone(kind: "deleted" | "destroyed", version = 1): DeletedApplication {
  return { kind, version, createdTime: TIME, customMetadata: {}, deletionTime: kind === "deleted" ? TIME : "" };
}

export const vaultHolds = (applications: Readonly<Record<string, ApplicationState>>): CurrentState =>
  new Map(Object.entries(applications));

/** A static source with values by `application/key`. */
export function sourceOf(
  values: Readonly<Record<string, string>>,
  {
    registries = [],
    clients = [],
  }: { readonly registries?: readonly string[]; readonly clients?: readonly string[] } = {},
): StaticSecrets {
  const applications = new Map<string, Map<string, SecretValue>>();
  for (const [id, value] of Object.entries(values)) {
    const { application, key } = ref(id);
    applications.set(application, (applications.get(application) ?? new Map()).set(key, new SecretValue(value)));
  }
  return {
    origin: "file",
    applications,
    oidcClients: new Map(clients.map((name) => [name, { id: name, secret: new SecretValue("s"), returnUri: "u" }])),
    registries: new Map(registries.map((host) => [host, { username: "u", password: new SecretValue("p") }])),
    vaultWriteToken: undefined,
  };
}

/** One version in a history: version 1 is written on the first of January at noon, version 2 on the second, ... */
export interface TestVersion {
  readonly values?: Values;
  readonly run?: string;
  /** The day in January on which it was deleted, at 18:00; if it has values, on which it will be. */
  readonly deleted?: number;
  readonly destroyed?: boolean;
}

/** A moment in January 2026; versions are written at noon. */
export const day = (date: number, hour = 12): Date => new Date(Date.UTC(2026, 0, date, hour));

/** What KV still has of an application: `versions` are the latest ones up to `currentVersion`. */
export function historyOf(
  application: string,
  versions: readonly TestVersion[],
  { currentVersion = versions.length, events = [] }: { currentVersion?: number; events?: Provenance["events"] } = {},
): ApplicationHistory {
  const numbered = versions.map((version, i) => ({ ...version, version: currentVersion - versions.length + i + 1 }));
  const historic = numbered.map(
    ({ version, values, deleted, destroyed = false }): HistoricVersion => ({
      version,
      createdTime: day(version).toISOString(),
      deletionTime: deleted === undefined ? "" : day(deleted, 18).toISOString(),
      destroyed,
      deleted: deleted !== undefined && values === undefined && !destroyed,
      values: values && storedValues(values),
    }),
  );
  const writers = new Map(
    numbered.flatMap(({ version, run }) =>
      run === undefined ? [] : [[version, { run, commit: "", tool: "" }] as const],
    ),
  );
  return {
    application,
    metadata: {
      currentVersion,
      maxVersions: 0,
      metadataVersion: undefined,
      customMetadata: {},
      versions: new Map(historic.map((version) => [version.version, version])),
    },
    provenance: { environment: "test", writers, events, runs: new Map(), keys: new Map() },
    versions: historic,
  };
}
