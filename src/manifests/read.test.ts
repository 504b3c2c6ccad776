import { expect, test } from "vitest";
import type { Use } from "../model/consumer.js";
import { readManifests } from "./read.js";

const container = (fields: object): object => ({ name: "main", ...fields });
const deployment = (podSpec: object, metadata: object = {}): object => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "app", ...metadata },
  spec: { template: { spec: podSpec } },
});
const usesOf = (...objects: readonly object[]): readonly Use[] =>
  readManifests(objects, "ns").consumers.flatMap(({ uses }) => uses);

test.each<[string, object, Use[]]>([
  [
    "env",
    {
      containers: [
        container({ env: [{ name: "V", valueFrom: { secretKeyRef: { name: "s", key: "k", optional: true } } }] }),
      ],
    },
    [{ secret: "s", keys: ["k"], kind: "env", container: "main", variable: "V", optional: true }],
  ],
  [
    "envFrom, in an init container",
    { initContainers: [container({ envFrom: [{ secretRef: { name: "s" } }] })] },
    [{ secret: "s", keys: "all", kind: "env-from", container: "main", init: true }],
  ],
  [
    "a volume",
    {
      volumes: [{ name: "v", secret: { secretName: "s" } }],
      containers: [container({ volumeMounts: [{ name: "v", mountPath: "/etc/v" }] })],
    },
    [{ secret: "s", keys: "all", kind: "volume", container: "main" }],
  ],
  [
    "a volume of some items",
    {
      volumes: [{ name: "v", secret: { secretName: "s", optional: true, items: [{ key: "k", path: "a/file" }] } }],
      containers: [container({ volumeMounts: [{ name: "v" }] })],
    },
    [{ secret: "s", keys: ["k"], kind: "volume", container: "main", optional: true }],
  ],
  [
    "a volume that nobody mounts",
    { volumes: [{ name: "v", secret: { secretName: "s" } }], containers: [container({})] },
    [],
  ],
  [
    "projected volumes",
    {
      volumes: [
        {
          name: "v",
          projected: {
            sources: [{ secret: { name: "s" } }, { secret: { name: "t", items: [{ key: "k", path: "p" }] } }],
          },
        },
      ],
      containers: [container({ volumeMounts: [{ name: "v" }] })],
    },
    [
      { secret: "s", keys: "all", kind: "projected", container: "main" },
      { secret: "t", keys: ["k"], kind: "projected", container: "main" },
    ],
  ],
  [
    "subPath",
    {
      volumes: [
        { name: "v", secret: { secretName: "s" } },
        {
          name: "w",
          secret: {
            secretName: "t",
            items: [
              { key: "k", path: "d/x" },
              { key: "l", path: "e" },
            ],
          },
        },
      ],
      containers: [
        container({
          volumeMounts: [
            { name: "v", subPath: "k" },
            { name: "v", subPathExpr: "$(POD)" },
            { name: "w", subPath: "d" },
          ],
        }),
      ],
    },
    [
      { secret: "s", keys: ["k"], kind: "sub-path", container: "main" },
      { secret: "s", keys: "all", kind: "sub-path", container: "main" },
      { secret: "t", keys: ["k"], kind: "sub-path", container: "main" },
    ],
  ],
  ["pull secrets", { imagePullSecrets: [{ name: "s" }, {}] }, [{ secret: "s", keys: "all", kind: "image-pull" }]],
  [
    "what a volume of another kind needs",
    { volumes: [{ name: "v", csi: { nodePublishSecretRef: { name: "s" } } }] },
    [{ secret: "s", keys: "all", kind: "field", field: "spec.volumes[0].csi.nodePublishSecretRef" }],
  ],
])("a workload takes %s", (_, podSpec, uses) => {
  expect(usesOf(deployment(podSpec))).toEqual(uses);
});

test("a CronJob, a Job and a pod are workloads; lists are unpacked; a generated name is shown as one", () => {
  const spec = { containers: [container({ envFrom: [{ secretRef: { name: "s" } }] })] };
  const { consumers } = readManifests(
    [
      {
        apiVersion: "v1",
        kind: "List",
        items: [
          { apiVersion: "batch/v1", kind: "Job", metadata: { generateName: "job-" }, spec: { template: { spec } } },
          { apiVersion: "v1", kind: "Pod", metadata: { name: "pod", namespace: "other" }, spec },
        ],
      },
      {
        apiVersion: "batch/v1",
        kind: "CronJobList",
        items: [{ metadata: { name: "cron" }, spec: { jobTemplate: { spec: { template: { spec } } } } }],
      },
    ],
    "ns",
  );
  expect(consumers.map(({ object }) => object)).toEqual([
    { kind: "Job", group: "batch", namespace: "ns", name: "job-*" },
    { kind: "Pod", group: "", namespace: "other", name: "pod" },
    { kind: "CronJob", group: "batch", namespace: "ns", name: "cron" },
  ]);
  expect(consumers.map(({ workload, uses }) => [workload, uses.length])).toEqual([
    [true, 1],
    [true, 1],
    [true, 1],
  ]);
});

test("a service account gives its pull secrets to the pods that have none of their own", () => {
  const account = (name: string, secret: string): object => ({
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: { name },
    imagePullSecrets: [{ name: secret }],
  });
  const { consumers } = readManifests(
    [
      account("robot", "r"),
      account("default", "d"),
      deployment({ serviceAccountName: "robot" }, { name: "of-robot" }),
      deployment({}, { name: "of-default" }),
      deployment({ imagePullSecrets: [{ name: "own" }] }, { name: "of-its-own" }),
      deployment({}, { name: "elsewhere", namespace: "other" }),
    ],
    "ns",
  );
  expect(
    consumers.map(({ object, workload, uses }) => [
      object.name,
      workload,
      ...uses.map(({ secret, kind }) => [secret, kind]),
    ]),
  ).toEqual([
    ["robot", false, ["r", "field"]],
    ["default", false, ["d", "field"]],
    ["of-robot", true, ["r", "image-pull"]],
    ["of-default", true, ["d", "image-pull"]],
    ["of-its-own", true, ["own", "image-pull"]],
  ]);
});

test.each<[string, string, string, object, [secret: string, keys: Use["keys"], field: string][]]>([
  [
    "KafkaUser",
    "kafka.strimzi.io/v1",
    "a password",
    { spec: { authentication: { password: { valueFrom: { secretKeyRef: { name: "s", key: "k" } } } } } },
    [["s", ["k"], "spec.authentication.password.valueFrom.secretKeyRef"]],
  ],
  [
    "KafkaMirrorMaker2",
    "kafka.strimzi.io/v1",
    "Strimzi's own fields",
    { spec: { clusters: [{ authentication: { passwordSecret: { secretName: "s", password: "k" } } }] } },
    [["s", ["k"], "spec.clusters[0].authentication.passwordSecret.secretName"]],
  ],
  [
    "ClusterIssuer",
    "cert-manager.io/v1",
    "an issuer's credentials",
    { spec: { acme: { solvers: [{ dns01: { route53: { secretAccessKeySecretRef: { name: "s", key: "k" } } } }] } } },
    [["s", ["k"], "spec.acme.solvers[0].dns01.route53.secretAccessKeySecretRef"]],
  ],
  [
    "Ingress",
    "networking.k8s.io/v1",
    "a certificate",
    { spec: { tls: [{ hosts: ["a"], secretName: "s" }] } },
    [["s", "all", "spec.tls[0].secretName"]],
  ],
  [
    "Gateway",
    "gateway.networking.k8s.io/v1",
    "a reference with a kind, not to another namespace",
    {
      spec: {
        refs: [
          { kind: "Secret", name: "s" },
          { kind: "Secret", name: "t", namespace: "other" },
          { kind: "ConfigMap", name: "u" },
        ],
      },
    },
    [["s", "all", "spec.refs[0]"]],
  ],
  [
    "TriggerAuthentication",
    "keda.sh/v1alpha1",
    "a list of references",
    { spec: { secretTargetRef: [{ parameter: "p", name: "s", key: "k" }] } },
    [["s", ["k"], "spec.secretTargetRef[0]"]],
  ],
  [
    "ScaledJob",
    "keda.sh/v1alpha1",
    "pods of its own",
    {
      spec: {
        jobTargetRef: {
          template: {
            spec: {
              imagePullSecrets: [{ name: "s" }],
              volumes: [{ secret: { secretName: "t", items: [{ key: "k" }] } }],
            },
          },
        },
      },
    },
    [
      ["s", "all", "spec.jobTargetRef.template.spec.imagePullSecrets[0]"],
      ["t", ["k"], "spec.jobTargetRef.template.spec.volumes[0].secret.secretName"],
    ],
  ],
  [
    "Anything",
    "example.org/v1",
    "texts that may be secrets themselves, or are no names",
    {
      spec: {
        clientSecret: "hunter2",
        password: "hunter2",
        secretName: "Not A Name",
        existingSecret: "s",
        "odd field\n": { secretName: "t" },
      },
    },
    [
      ["s", "all", "spec.existingSecret"],
      ["t", "all", "spec.\u2026.secretName"],
    ],
  ],
])("a %s of %s: %s", (kind, apiVersion, _, fields, uses) => {
  const { consumers } = readManifests(
    [{ apiVersion, kind, metadata: { name: "app", namespace: "ns" }, ...fields }],
    "x",
  );
  expect(consumers.flatMap(({ uses }) => uses.map(({ secret, keys, field }) => [secret, keys, field]))).toEqual(uses);
  expect(consumers.map(({ workload }) => workload)).toEqual([false]);
});

test("what belongs to no namespace says where the Secret is, or takes the default", () => {
  const store = {
    apiVersion: "external-secrets.io/v1",
    kind: "ClusterSecretStore",
    metadata: { name: "vault" },
    spec: { tokenSecretRef: { name: "s", namespace: "vault", key: "token" }, secretRef: { name: "t" } },
  };
  expect(readManifests([store], "ns").consumers.map(({ object, uses }) => [object.namespace, uses.length])).toEqual([
    ["vault", 1],
    ["ns", 1],
  ]);
});

test("a custom resource without end is odd, not fatal", () => {
  const endless: Record<string, unknown> = { secretName: "s" };
  endless["more"] = [endless, endless];
  const { consumers, odd } = readManifests(
    [{ apiVersion: "a.example/v1", kind: "A", metadata: { name: "a" }, spec: endless }],
    "ns",
  );
  expect(consumers).toHaveLength(1);
  expect(odd.map(({ why }) => why)).toEqual(["too-large"]);
});
