import { expect, test } from "vitest";
import type { DeliveryPart } from "../model/consumer.js";
import { readManifests } from "./read.js";

const partsOf = (apiVersion: string, kind: string, spec: object): readonly DeliveryPart[] | undefined =>
  readManifests([{ apiVersion, kind, metadata: { name: "app" }, spec }], "ns").deliveries[0]?.parts;

test.each<[string, object, readonly DeliveryPart[] | undefined]>([
  ["a path", { path: "secret/app" }, [{ kind: "keys", path: "secret/app" }]],
  [
    "keys of several paths, decoded",
    { path: "secret/a", paths: ["secret/b"], keys: ["k"], isBinary: true },
    [
      { kind: "keys", path: "secret/a", only: ["k"], base64: true },
      { kind: "keys", path: "secret/b", only: ["k"], base64: true },
    ],
  ],
  [
    "templates",
    {
      path: "secret/a",
      keys: ["a", "b-c"],
      templates: {
        named: '{% .Secrets.a %} and {%- index .Secrets "b-c" | b64enc -%} for {% .Namespace %}',
        every: "{% range $key, $value := .Secrets %}{% end %}",
        parts: "{% (index .SecretsPaths 0).Secrets.a %}",
        nothing: "{{ .Secrets.a }}",
      },
    },
    [
      { kind: "made", path: "secret/a", as: "named", from: ["a", "b-c"] },
      { kind: "made", path: "secret/a", as: "every", from: ["a", "b-c"] },
      { kind: "made", path: "secret/a", as: "parts", from: ["a", "b-c"] },
      { kind: "made", path: "secret/a", as: "nothing", from: [] },
    ],
  ],
  ["a certificate", { path: "pki", secretEngine: "pki" }, undefined],
  ["no path", { keys: ["a"] }, undefined],
])("a VaultSecret with %s", (_, spec, parts) => {
  expect(partsOf("ricoberger.de/v1alpha1", "VaultSecret", spec)).toEqual(parts);
});

test("a VaultSecret of another operator is none", () => {
  expect(partsOf("redhatcop.redhat.io/v1alpha1", "VaultSecret", { path: "secret/a" })).toBeUndefined();
});

const remote = (property?: string, more: object = {}): object => ({ remoteRef: { key: "app", property, ...more } });

test.each<[string, object, readonly DeliveryPart[] | undefined]>([
  [
    "single keys, the last of one name first",
    {
      data: [
        { secretKey: "A", ...remote("a") },
        { secretKey: "B", ...remote("admin.password", { decodingStrategy: "Base64" }) },
      ],
      dataFrom: [{ extract: { key: "all" } }],
    },
    [
      { kind: "key", path: "app", key: "admin.password", as: "B", base64: true },
      { kind: "key", path: "app", key: "a", as: "A" },
      { kind: "keys", path: "all" },
    ],
  ],
  [
    "what cannot be told",
    {
      data: [
        { secretKey: "whole", ...remote() },
        { secretKey: "query", ...remote("a.#.b") },
        { secretKey: "guessed", ...remote("a", { decodingStrategy: "Auto" }) },
        { secretKey: "metadata", ...remote("a", { metadataPolicy: "Fetch" }) },
      ],
      dataFrom: [
        { extract: { key: "all", decodingStrategy: "Auto" } },
        { extract: { key: "part", property: "a" } },
        { extract: { key: "renamed" }, rewrite: [{ regexp: {} }] },
        { sourceRef: { generatorRef: { kind: "Password", name: "a" } } },
      ],
    },
    [
      { kind: "made", path: "app", as: "guessed", from: ["a"] },
      { kind: "made", path: "app", as: "query", from: undefined },
      { kind: "made", path: "app", as: "whole", from: undefined },
      { kind: "made", path: "renamed", as: undefined, from: undefined },
      { kind: "made", path: "part", as: undefined, from: ["a"] },
      { kind: "made", path: "all", as: undefined, from: undefined },
    ],
  ],
  [
    "a template of single keys and of all",
    {
      data: [{ secretKey: "A", ...remote("a") }],
      dataFrom: [{ extract: { key: "all" } }],
      target: { template: { data: { url: 'x{{ .A }}{{ index . "b-c" }}', none: "text" } } },
    },
    [
      { kind: "made", path: "app", as: "url", from: ["a"] },
      { kind: "made", path: "all", as: "url", from: ["A", "b-c"] },
    ],
  ],
  [
    "a template that takes everything, beside the keys",
    {
      dataFrom: [{ extract: { key: "all" } }],
      target: { template: { mergePolicy: "Merge", data: { env: "{{ . | toJson }}" } } },
    },
    [
      { kind: "made", path: "all", as: "env", from: undefined },
      { kind: "keys", path: "all" },
    ],
  ],
  [
    "templates from elsewhere",
    { dataFrom: [{ extract: { key: "all" } }], target: { template: { templateFrom: [{ configMap: { name: "a" } }] } } },
    [{ kind: "made", path: "all", as: undefined, from: undefined }],
  ],
  [
    "a template for labels alone",
    { dataFrom: [{ extract: { key: "all" } }], target: { template: { metadata: { labels: {} } } } },
    [{ kind: "keys", path: "all" }],
  ],
  ["no Secret", { dataFrom: [{ extract: { key: "all" } }], target: { creationPolicy: "None" } }, undefined],
])("an ExternalSecret with %s", (_, spec, parts) => {
  expect(partsOf("external-secrets.io/v1", "ExternalSecret", spec)).toEqual(parts);
});

test("an ExternalSecret names its Secret, or gives it its own name; what it finds by a pattern is odd", () => {
  const secret = (name: string, target: object): object => ({
    apiVersion: "external-secrets.io/v1beta1",
    kind: "ExternalSecret",
    metadata: { name },
    spec: { target, dataFrom: [{ find: { name: { regexp: ".*" } } }, { extract: { key: "a" } }] },
  });
  const { deliveries, odd } = readManifests([secret("a", {}), secret("b", { name: "c" })], "ns");
  expect(deliveries.map(({ secret }) => secret)).toEqual(["a", "c"]);
  expect(odd.map(({ object, why }) => [object.name, why])).toEqual([
    ["a", "finds-by-pattern"],
    ["b", "finds-by-pattern"],
  ]);
});

const raw: DeliveryPart = { kind: "made", path: "kv/app", as: "_raw", from: undefined };

test.each<[string, object, readonly DeliveryPart[]]>([
  ["nothing else", {}, [raw, { kind: "keys", path: "kv/app" }]],
  [
    "names of keys as patterns",
    { excludeRaw: true, includes: ["^a$", "^b\\.c$"], excludes: ["^a$", "d"] },
    [{ kind: "keys", path: "kv/app", only: ["a", "b.c"], except: ["a"] }],
  ],
  ["patterns", { excludeRaw: true, includes: ["^a$", "b.*"] }, [{ kind: "keys", path: "kv/app" }]],
  [
    "templates and nothing else",
    { excludeRaw: true, excludes: [".*"], templates: { url: { text: '{{ get .Secrets "a" }}{{ .Secrets.b }}' } } },
    [{ kind: "made", path: "kv/app", as: "url", from: ["a", "b"] }],
  ],
  [
    "templates of another object",
    { excludeRaw: true, transformationRefs: [{ name: "t" }] },
    [
      { kind: "made", path: "kv/app", as: undefined, from: undefined },
      { kind: "keys", path: "kv/app" },
    ],
  ],
])("a VaultStaticSecret with %s", (_, transformation, parts) => {
  const spec = { mount: "kv", path: "app", destination: { name: "s", transformation } };
  expect(partsOf("secrets.hashicorp.com/v1beta1", "VaultStaticSecret", spec)).toEqual(parts);
});
