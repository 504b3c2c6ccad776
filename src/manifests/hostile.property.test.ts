import fc from "fast-check";
import { expect, test } from "vitest";
import { isKubernetesKey } from "../model/names.js";
import { nameOf } from "./hostile.js";
import { joinConsumers } from "./join.js";
import { usesOfPodSpec } from "./pod-spec.js";
import { readManifests } from "./read.js";

const WORDS = [
  ..."apiVersion kind metadata name namespace generateName spec template jobTemplate containers initContainers volumes".split(
    " ",
  ),
  ..."volumeMounts subPath env envFrom valueFrom secretKeyRef secretRef secret secretName items key path optional".split(
    " ",
  ),
  ..."projected sources imagePullSecrets serviceAccountName data dataFrom remoteRef property extract find target".split(
    " ",
  ),
  ..."templates mount destination transformation includes excludes paths keys __proto__ constructor toString".split(
    " ",
  ),
];
const TEXTS = [
  ..."v1 apps/v1 batch/v1 ricoberger.de/v1alpha1 external-secrets.io/v1 secrets.hashicorp.com/v1beta1 a.example/v1".split(
    " ",
  ),
  ..."Pod Deployment CronJob List DeploymentList ServiceAccount VaultSecret ExternalSecret VaultStaticSecret Secret".split(
    " ",
  ),
  ..."app main s k __proto__ constructor {%.Secrets.k%} {{.k}}".split(" "),
  "{% index .Secrets",
  'a"b`c',
  "\u0000",
  "",
];

/** Any JSON or YAML value, built from the words that the code looks for. */
const anything = fc.letrec<{ value: unknown; text: string }>((tie) => ({
  text: fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...TEXTS) }, fc.string()),
  value: fc.oneof(
    { depthSize: "large", withCrossShrink: true },
    tie("text"),
    fc.constantFrom(null, true, false, 0, -1, undefined, 1e308, new Date(0)),
    fc.array(tie("value"), { maxLength: 4 }),
    fc
      .array(fc.tuple(fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...WORDS) }, fc.string()), tie("value")), {
        maxLength: 6,
      })
      .map((members) => Object.fromEntries(members)),
  ),
})).value;

/** Objects with kinds and names, so that more of them is read. */
const objects = fc
  .tuple(fc.constantFrom(...TEXTS.slice(0, 7)), fc.constantFrom(...TEXTS.slice(7, 17)), anything, anything)
  .map(([apiVersion, kind, spec, rest]) => ({
    ...(typeof rest === "object" ? rest : {}),
    apiVersion,
    kind,
    metadata: { name: "app" },
    spec,
  }));

test("whatever comes, what is told of it is well formed", () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(anything, objects), { maxLength: 5 }), (documents) => {
      const { deliveries, consumers, odd } = readManifests(documents, "ns");
      const names = [...deliveries, ...consumers, ...odd].map(({ object }) => object);
      for (const { kind, namespace, name } of names) {
        expect(kind).toMatch(/^[A-Za-z0-9]+$/);
        expect([nameOf(namespace), nameOf(name.replace(/-\*$/, ""))]).not.toContain(undefined);
      }
      for (const use of consumers.flatMap(({ uses }) => uses)) {
        expect(nameOf(use.secret)).toBe(use.secret);
        expect(use.keys === "all" || use.keys.every(isKubernetesKey)).toBe(true);
      }
      for (const { secret, parts } of deliveries) {
        expect(nameOf(secret)).toBe(secret);
        expect(parts.map(({ path }) => typeof path)).not.toContain("undefined");
      }
      expect(joinConsumers(deliveries, consumers)).toHaveLength(deliveries.length);
    }),
    { numRuns: 2000 },
  );
});

test("lists that are multiplied with each other end", () => {
  const many = (item: object): object[] => Array.from({ length: 10_000 }, () => item);
  const container = { name: "main", volumeMounts: many({ name: "v" }) };
  const volume = { name: "v", projected: { sources: many({ secret: { name: "s" } }) } };
  const spec = { containers: many(container), volumes: many(volume) };
  expect(usesOfPodSpec(spec)).toHaveLength(10_000);
  const templates = Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`t${i}`, "{% .Secrets.k %}"]));
  const paths = Array<string>(5000).fill("secret/app");
  const secret = {
    apiVersion: "ricoberger.de/v1",
    kind: "VaultSecret",
    metadata: { name: "a" },
    spec: { paths, templates },
  };
  expect(readManifests([secret], "ns").deliveries[0]?.parts.length).toBeLessThan(20_000);
});
