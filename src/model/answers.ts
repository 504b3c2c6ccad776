import * as z from "zod/mini";
import { DiagnosticJson } from "./diagnostic-json.js";
import { FleetReport } from "./fleet-report.js";
import { PlanDocument } from "./plan-document.js";

const text = z.string();
const texts = z.array(text);
const count = z.int().check(z.minimum(0));
const ref = { application: text, key: text };
/** Objects whose kind determines their other members. */
const ofKind = z.looseObject({ kind: text });

const change = z.object({ ...ref, action: z.enum(["create", "update", "delete"]), cause: ofKind });
const written = z.object({
  application: text,
  action: text,
  version: count,
  changes: z.array(change),
});

/** A Kubernetes object; `group` is empty for the core group. */
const object = { kind: text, group: text, namespace: text, name: text };
/** Something whose uses are unknown. */
const gap = z.looseObject({ kind: text, application: z.optional(text), text });
const uses = z.array(
  z.object({
    kind: z.enum(["env", "env-from", "volume", "projected", "sub-path", "image-pull", "field"]),
    keys: z.union([texts, z.literal("all")]),
    container: z.optional(text),
    init: z.optional(z.boolean()),
    variable: z.optional(text),
    field: z.optional(text),
    optional: z.optional(z.boolean()),
  }),
);

const consumers = z.array(z.object({ ...object, workload: z.boolean(), uses }));

/** The Kubernetes Secrets that hold a key, and what uses it. */
const usedBy = z.array(
  z.object({
    namespace: text,
    secret: text,
    madeBy: z.object(object),
    keys: z.nullable(texts).check(z.describe("Its data keys that hold the value; null if unknown")),
    consumers,
  }),
);

/** What a run has written, and how to undo it. */
const Run = z.object({
  environment: text,
  run: z.nullable(text).check(z.describe("Its id, for secrets restore --run; null if nothing is noted")),
  applied: z.array(written),
  undo: z.object({
    command: z.nullable(text).check(z.describe("Undoes everything that was noted")),
    earlier: z.optional(texts).check(z.describe("Undo the interrupted runs that it continued, one after the other")),
    gone: texts.check(z.describe("Applications whose earlier version Vault has not kept")),
    shared: z.array(z.object({ application: text, run: text })),
    unnoted: z.array(z.object({ application: text, command: z.nullable(text) })),
    unsettled: texts,
    reason: z.optional(DiagnosticJson),
  }),
  restart: z
    .array(
      z.object({
        application: text,
        namespace: z.nullable(text),
        by: z.nullable(z.enum(["helm", "templates"])).check(z.describe("How that was found out")),
        steps: z
          .array(
            z.object({
              ...object,
              advice: z.enum(["rollout-restart", "not-yet", "next-run", "run-again", "make-anew", "look"]),
              files: z.boolean().check(z.describe("Whether all that it takes are files, which follow by themselves")),
              command: z.nullable(text),
            }),
          )
          .check(z.describe("What holds an old value, in a safe order")),
        notKnown: z.array(gap),
      }),
    )
    .check(z.describe("Applications of which values have changed, each after those that it copies from")),
});

const place = z.object({ file: text, line: z.optional(count), column: z.optional(count) });
const conditions = z.array(z.looseObject({ of: text, path: text, holds: z.boolean() }));
/** What to write into a file of the configuration. */
const edit = z.object({ place, replaces: z.boolean(), under: texts, yaml: text });
const applicationSwitch = { enabled: z.boolean(), decidedBy: z.optional(place), change: z.optional(edit) };

const holding = z.enum(["current", "in-doubt", "old"]);
const kubernetesObject = z.object({ kind: text, group: text, namespace: text, name: text });

const Audit = z.object({
  environment: text,
  clean: z.boolean(),
  changes: z.array(change),
  unknown: z.array(z.looseObject(ref)),
  unresolved: z.array(z.looseObject({ ...ref, reason: ofKind })),
  blocked: z.array(z.looseObject({ application: text, kind: text })),
  failedVerification: z.array(z.looseObject({ ...ref, reason: ofKind })),
});
const MissingInOnepassword = z.object({
  environment: text,
  clean: z.literal(false),
  missingInOnepassword: z.array(z.object({ application: text, key: z.optional(text), near: z.optional(text) })),
});

const Restoration = z.object({
  environment: text,
  applications: z.array(z.looseObject({ application: text, action: text, changes: z.array(change) })),
  impact: z.looseObject({ restart: texts }),
});

const credentialProblems = z.array(ofKind);
const finding = z.object({
  rule: text,
  severity: z.enum(["error", "warning"]),
  file: text,
  line: count,
  column: count,
  environments: texts,
  message: text,
  hint: text,
});

/** The result of each command with --json, or with an equivalent --format. */
const RESULTS = {
  "secrets audit": z.union([Audit, MissingInOnepassword]),
  "secrets plan": PlanDocument,
  "secrets sync": z.union([PlanDocument, Run]),
  "secrets rotate": z.union([PlanDocument, Run]),
  "secrets set": z.union([PlanDocument, Run]),
  "secrets restore": z.union([Restoration, Run]),
  "secrets list": z.object({
    environment: text,
    secrets: z.array(z.object({ ...ref, kind: text, description: z.optional(text) })),
  }),
  "secrets consumers": z.object({
    environment: text,
    by: z
      .enum(["helm", "templates"])
      .check(z.describe("Whether helm rendered the charts, or their templates were read")),
    secrets: z.array(z.object({ ...ref, secrets: usedBy })),
    unread: z.array(z.object(ref)).check(z.describe("Those that nothing uses, as far as is known")),
    missing: z
      .array(
        z.object({
          ...ref,
          absence: z.enum(["application-not-enabled", "condition-false", "undeclared"]),
          secret: text,
          namespace: text,
          consumers,
        }),
      )
      .check(z.describe("Keys that something reads and that the environment does not require")),
    notKnown: z.array(gap),
  }),
  "secrets missing": z.object({
    environment: text,
    clean: z.boolean(),
    missing: z.array(z.object({ ...ref, description: z.optional(text) })),
  }),
  "secrets explain": z.union([
    z.object({
      environment: text,
      applications: z.array(
        z.looseObject({
          ...applicationSwitch,
          application: text,
          secrets: z.array(z.looseObject({ key: text, kind: text, required: z.boolean(), conditions })),
        }),
      ),
    }),
    z.object({
      environment: text,
      ...applicationSwitch,
      secrets: z.array(
        z.looseObject({
          ...ref,
          declared: z.optional(place),
          conditions,
          required: z.boolean(),
          valueSource: z.optional(ofKind),
          leftover: z.optional(z.object({ class: text, deletion: z.optional(text), keptBecauseOf: z.array(text) })),
          requiredIfEnabled: z.optional(z.boolean()),
          change: z.optional(edit),
          chain: z.array(z.looseObject({ ...ref, enabled: z.boolean(), required: z.boolean() })),
          hiddenInChain: count,
          unresolved: z.optional(z.looseObject({ ...ref, reason: ofKind, text, change: z.optional(edit) })),
          kind: z.optional(text),
          sources: z.optional(z.array(z.object(ref))),
          followers: z.array(z.object(ref)),
          moreFollowers: z.boolean(),
          usedBy: z.optional(usedBy.check(z.describe("The Kubernetes Secrets that hold it, and what uses those"))),
          notAsked: z.optional(DiagnosticJson),
        }),
      ),
      consumersBy: z.optional(z.enum(["helm", "templates"])),
      consumersNotKnown: z.optional(z.array(gap)),
    }),
  ]),
  "secrets history": z.object({
    environment: text,
    events: z.array(
      z.looseObject({
        time: text,
        writer: z.optional(
          z.object({
            run: text,
            commit: text,
            tool: text,
            command: text.check(z.describe("Of phalanx; empty, like by and reason, if it is not noted")),
            by: text.check(z.describe("Who ran it, as they or the CI system said")),
            reason: text,
            environment: z
              .optional(text)
              .check(z.describe("Whose run it was, where the notes still tell: only of what was written last")),
          }),
        ),
        entries: z.array(z.looseObject({ application: text, version: count })),
      }),
    ),
  }),
  "secrets onepassword-template": z.object({
    environment: text,
    vault: text,
    complete: z.boolean(),
    items: z.array(
      z.object({
        title: text,
        optional: z.boolean(),
        state: text,
        near: z.optional(text),
        fields: z.array(z.object({ label: text, state: text, encoded: z.boolean(), near: z.optional(text) })),
        sections: texts,
      }),
    ),
    superfluousItems: texts,
  }),
  "vault audit": z.object({
    environment: text,
    clean: z.boolean(),
    appRole: z.object({ name: text, found: z.boolean(), problems: credentialProblems }),
    tokenName: text,
    tokens: z.array(z.object({ name: text, problems: credentialProblems })),
  }),
  "vault copy-secrets": z.union([
    z.object({ from: text, to: text, applications: texts, same: texts, folders: texts, deleted: texts }),
    Run,
  ]),
  "vault create-read-approle": z.object({
    policies: texts,
    role_id: text,
    secret_id: text,
    secret_id_accessor: text,
    token_max_ttl: count,
    token_ttl: count,
  }),
  "vault create-write-token": z.object({
    accessor: text,
    display_name: text,
    expires: z.nullable(text),
    policies: texts,
    token: text,
  }),
  "rollout status": z.object({
    environment: text,
    cluster: z.object({ context: z.optional(text), server: text }),
    at: text,
    scope: z
      .nullable(z.union([z.object({ names: texts }), z.object({ run: text })]))
      .check(z.describe("What was asked for; null if everything")),
    settled: z.boolean().check(z.describe("Whether everything holds what Vault holds")),
    counts: z.object({ current: count, "in-doubt": count, old: count }).check(z.describe("Workloads")),
    secrets: z.array(
      z.object({
        application: text,
        vault: ofKind,
        keys: z.array(z.object({ key: text, at: text, exact: z.boolean() })),
        uncopiedKeys: texts.check(
          z.describe(
            "Keys asked for one by one, or with --run, that nothing copies although something copies other keys",
          ),
        ),
        deliveries: z.array(
          z.object({
            object: kubernetesObject,
            secret: text,
            copy: ofKind,
            workloads: z.array(
              z.object({
                object: kubernetesObject,
                holding,
                pods: count,
                reasons: z.array(z.object({ holding, reason: ofKind, keys: texts, pods: count })),
                stalls: z.array(ofKind),
                uses: z.array(z.looseObject({ secret: text, kind: text })),
              }),
            ),
          }),
        ),
      }),
    ),
    unseen: z.array(z.looseObject({ verb: text, group: text, resource: text, namespace: text })),
    restart: texts.check(z.describe("Commands, in the order in which to run them")),
  }),
  "vault preflight": z.object({
    environment: text,
    ok: z.boolean(),
    denied: z.array(z.looseObject({ purpose: text, capability: text, path: text })),
  }),
  "migrate check": z.object({
    environment: text,
    same: z.boolean(),
    prefix: z.array(ofKind),
    differences: z.array(z.looseObject({ ...ref, kind: text })),
    sharedChanges: count,
    unresolved: count,
    failed: z.array(z.looseObject({ ...ref, reason: ofKind })),
  }),
  lint: z.union([
    z.object({
      errors: count,
      warnings: count,
      notes: count,
      ignored: count,
      environments: texts,
      findings: z.array(finding),
    }),
    z.object({ rules: z.array(z.object({ id: text, severity: text, summary: text, explanation: text })) }),
  ]),
  diff: z.object({
    before: text,
    after: text,
    addresses: z.array(z.looseObject({})),
    fleetConfig: z.looseObject({}),
    needsPerson: z.array(z.looseObject({ environment: text, ...ref })),
    environments: z.array(z.looseObject({ environment: text, status: text })),
  }),
  graph: z.object({
    environment: text,
    nodes: z.array(z.looseObject(ref)),
    consumers: z.optional(
      z.array(z.object({ id: text, ...object })).check(z.describe("With --consumers: what uses the secrets")),
    ),
    edges: z.array(z.looseObject({ from: text, to: text, kind: text, active: z.boolean() })),
  }),
  "fleet audit": FleetReport,
} as const;

const envelope = <C extends z.ZodMiniType, R extends z.ZodMiniType>(command: C, result: R) =>
  z.object({
    version: z.literal(1),
    command,
    result: z.nullable(result),
    diagnostics: z.array(DiagnosticJson),
  });

/** What a command prints with --json, whatever its exit status: its result, and all diagnostics. */
export const Answer = z.union([
  ...Object.entries(RESULTS).map(([command, result]) => envelope(z.literal(command), result as z.ZodMiniType)),
  // An unknown command, or one without --json, is also refused in JSON.
  envelope(text, z.null()),
]);
