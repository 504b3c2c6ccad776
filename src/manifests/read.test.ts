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
