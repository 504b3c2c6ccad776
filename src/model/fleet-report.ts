import { STATIC_ORIGINS } from "./static-origin.js";
import * as z from "zod/mini";
import { DiagnosticJson } from "./diagnostic-json.js";
import { variableName } from "./fleet-config.js";
import { FleetRollout } from "./fleet-rollout.js";

export const FLEET_FORMAT = "phalanx-fleet-report";
export const FLEET_VERSION = 2;

/** How many days before an expiry it becomes a finding. */
export const EXPIRY_WARNING_DAYS = 30;

const text = z.string();
const time = z.iso.datetime({ offset: true, local: false });
const count = z.int().check(z.minimum(0));
/** The limit of `--shard`. */
const shardNumber = z.int().check(z.minimum(1), z.maximum(9999));

/** The state of a secret, from best to worst. */
export const SECRET_STATES = ["clean", "unknown", "drifted", "missing", "unresolved"] as const;
export type SecretState = (typeof SECRET_STATES)[number];

/** The state of an application: that of its worst secret; `empty` requires and holds none. */
export const APPLICATION_STATES = ["empty", "not-audited", ...SECRET_STATES] as const;
export type ApplicationState = (typeof APPLICATION_STATES)[number];

const reference = z.strictObject({ application: text, key: text });

const expiry = z
  .strictObject({
    at: time,
    state: z.enum(["valid", "soon", "expired"]).check(z.describe(`"soon": within ${EXPIRY_WARNING_DAYS} days`)),
  })
  .check(z.meta({ id: "Expiry" }));
export type Expiry = z.infer<typeof expiry>;

const changed = z
  .strictObject({
    at: time,
    exact: z.boolean().check(z.describe("False: it has had its value at least since then, maybe for longer")),
  })
  .check(z.meta({ id: "Changed", description: "When a generated value last changed" }));
export type Changed = z.infer<typeof changed>;

const secret = z
  .strictObject({
    key: text,
    kind: z
      .enum(["static", "copy", "generate", "fixed", "template", "unknown"])
      .check(z.describe('"unknown": nothing requires it')),
    generator: z.optional(text),
    state: z.enum(SECRET_STATES),
    cause: z
      .optional(z.looseObject({ kind: text }))
      .check(
        z.describe(
          "Why it is in that state: the cause of a change or the reason why it is unresolved, as in the JSON of an audit",
        ),
      ),
    detail: z.optional(text).check(z.describe("The same in words")),
    sources: z.optional(z.array(reference)).check(z.describe("What it is copied from or made from")),
    changed: z.optional(changed),
    tooOld: z.optional(z.literal(true)).check(z.describe("Its value is older than --max-age")),
    certificate: z.optional(expiry).check(z.describe("The first expiry of the certificates in it")),
    disappears: z.optional(expiry).check(z.describe("When Vault will automatically delete the version that holds it")),
    unsourced: z.optional(z.literal(true)).check(z.describe("Static, and only Vault has a value")),
    sharedWith: z.optional(z.array(text)).check(z.describe("Other environments in which Vault holds the same value")),
  })
  .check(z.meta({ id: "Secret" }));
export type FleetSecret = z.infer<typeof secret>;

const application = z
  .strictObject({
    name: text,
    enabled: z.boolean(),
    state: z.enum(APPLICATION_STATES),
    secrets: z.array(secret),
  })
  .check(z.meta({ id: "Application" }));
export type FleetApplication = z.infer<typeof application>;

const counts = z
  .strictObject({
    missing: count,
    drifted: count,
    unknown: count,
    unresolved: count,
    unsourced: count,
    tooOld: count,
    expiring: count,
    shared: count,
    samePrefix: count.check(z.describe("1 if other environments have its server and prefix")),
  })
  .check(z.meta({ id: "Counts", description: "Findings by kind" }));
export type FleetCounts = z.infer<typeof counts>;

const failure = z
  .strictObject({
    diagnostic: DiagnosticJson,
    problems: z.optional(z.array(DiagnosticJson)).check(z.meta({ description: "What it sums up" })),
  })
  .check(z.meta({ id: "Failure" }));

/** The result of auditing an environment. */
export const ENVIRONMENT_STATES = ["audited", "failed", "no-credentials"] as const;

const environment = z
  .strictObject({
    name: text,
    state: z.enum(ENVIRONMENT_STATES),
    failure: z.optional(failure),
    vault: z.optional(z.strictObject({ url: text, prefix: text })),
    samePrefixAs: z
      .optional(z.array(text))
      .check(z.describe("Other environments with the same server and prefix, and so the same secrets")),
    staticSource: z.optional(z.enum([...STATIC_ORIGINS, "none"])),
    givenFiles: z
      .optional(z.array(text))
      .check(z.describe("Its static secrets files that phalanx.yaml does not name, so other commands need --secrets")),
    tokenVariable: z.optional(variableName).check(z.describe("The environment variable with its Vault token")),
    staticNote: z.optional(DiagnosticJson).check(z.describe("Why a source of static secrets was not used")),
    diagnostics: z.array(DiagnosticJson).check(z.describe("What the audit warns of")),
    token: z.optional(expiry).check(z.describe("When the Vault token expires; absent: never, or not known")),
    counts,
    rollout: z.optional(FleetRollout),
    applications: z.array(application),
  })
  .check(z.meta({ id: "Environment" }));
export type FleetEnvironment = z.infer<typeof environment>;

const sharedValue = z
  .array(z.strictObject({ environment: text, application: text, key: text }))
  .check(z.minLength(2))
  .check(z.meta({ id: "SharedValue", description: "Secrets that have one and the same value" }));
export type SharedValue = z.infer<typeof sharedValue>;

const fingerprints = z
  .strictObject({
    keyId: text.check(z.describe("Tells shards made under different keys apart")),
    entries: z.array(
      z.strictObject({ environment: text, location: text, application: text, key: text, fingerprint: text }),
    ),
  })
  .check(z.meta({ id: "Fingerprints", description: "Only in a shard made under PHALANX_FINGERPRINT_KEY" }));
export type Fingerprints = z.infer<typeof fingerprints>;

/** The report of `phalanx fleet audit`: complete, one shard, or merged. Contains no value. */
export const FleetReport = z.strictObject({
  format: z.literal(FLEET_FORMAT),
  version: z.literal(FLEET_VERSION),
  tool: text.check(z.describe("Version of the program")),
  created: time,
  commit: text.check(z.describe("Of the configuration, + for a checkout with changes; empty if unknown")),
  maxAgeSeconds: z
    .nullable(z.int().check(z.minimum(1)))
    .check(z.describe("Null: values are never reported for their age")),
  shard: z
    .nullable(z.strictObject({ index: shardNumber, of: shardNumber, environments: count }))
    .check(z.describe("Null: this report is about everything that was asked for")),
  environments: z.array(environment),
  sharing: z.strictObject({
    checked: z
      .enum(["everywhere", "within-shards"])
      .check(z.describe('"within-shards": values of different shards were not compared')),
    values: z.array(sharedValue),
  }),
  fingerprints: z.optional(fingerprints),
});
export type FleetReport = z.infer<typeof FleetReport>;
