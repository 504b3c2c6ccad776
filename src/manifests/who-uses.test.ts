import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Consumer, Delivery, DeliveryPart, Use } from "../model/consumer.js";
import type { WhoUses } from "../model/who-uses.js";
import { restartsFor } from "./restarts.js";
import { applicationAt } from "./vault-path.js";
import { whoUses } from "./who-uses.js";

const VAULT = { url: "https://vault.example", mount: "secret", path: "phalanx/test" };
const object = (kind: string, name: string, group = "apps") => ({ kind, group, namespace: "ns", name });

function deliver(secret: string, ...parts: DeliveryPart[]): Delivery {
  return { by: "VaultSecret", object: object("VaultSecret", secret, "ricoberger.de"), secret, parts };
}

function workload(kind: string, name: string, ...uses: Use[]): Consumer {
  return { object: object(kind, name, kind.endsWith("Job") ? "batch" : "apps"), workload: true, uses };
}

const env = (secret: string, ...keys: string[]): Use => ({ secret, keys, kind: "env", container: "c" });

function usesOf(deliveries: readonly Delivery[], consumers: readonly Consumer[], ...names: string[]): WhoUses {
  const refs = names.map((name) => {
    const [application = "", key = ""] = name.split("/");
    return { application, key };
  });
  const chart = { application: "a", namespace: "ns", deliveries, consumers };
  return whoUses({ by: "helm", charts: [chart], gaps: [] }, { vault: VAULT, applications: new Map() }, refs);
}

describe("the application of a path", () => {
  test.each<[string, Delivery["by"], string | undefined]>([
    ["secret/phalanx/test/app", "VaultSecret", "app"],
    ["/secret/phalanx/test/app/", "VaultSecret", "app"],
    ["secret/data/phalanx/test/app", "VaultStaticSecret", "app"],
    ["phalanx/test/app", "ExternalSecret", "app"],
    ["phalanx/test/app", "VaultSecret", undefined],
    ["secret/phalanx/test", "VaultSecret", undefined],
    ["secret/phalanx/test/app/more", "VaultSecret", undefined],
    ["secret/phalanx/tes/app", "VaultSecret", undefined],
    ["secret/phalanx/test2/app", "VaultSecret", undefined],
    ["other/phalanx/test/app", "VaultSecret", undefined],
    ["x/secret/phalanx/test/app", "VaultSecret", undefined],
  ])("%s of a %s is %s", (path, by, application) => {
    expect(applicationAt(path, by, VAULT)).toBe(application);
  });

  test("is the last component below the prefix, and nothing else", () => {
    const name = fc.stringMatching(/^[a-z0-9]{1,4}$/);
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 3 }), name, (prefix, application) => {
        const vault = { ...VAULT, path: prefix.join("/") };
        const path = `secret/${prefix.join("/")}/${application}`;
        expect(applicationAt(path, "VaultSecret", vault)).toBe(application);
        expect(applicationAt(`${path}x`, "VaultSecret", vault)).toBe(`${application}x`);
        expect(applicationAt(path, "VaultSecret", { ...vault, path: `${vault.path}/more` })).toBeUndefined();
      }),
    );
  });
});

describe("a key is used", () => {
  const path = "secret/phalanx/test/a";
  const names = (uses: WhoUses): string[][] =>
    uses.keys.map(({ secrets }) => secrets.flatMap(({ consumers }) => consumers.map((each) => each.object.name)));

  test("by those that take its data key, whatever that is called", () => {
    const all = deliver("s", { kind: "keys", path });
    const one = deliver("t", { kind: "key", path, key: "k", as: "K" });
    const consumers = [
      workload("Deployment", "whole", { secret: "s", keys: "all", kind: "env-from", container: "c" }),
      workload("Deployment", "k-of-s", env("s", "k")),
      workload("Deployment", "K-of-t", env("t", "K")),
      workload("Deployment", "l", env("s", "l")),
      workload("Deployment", "k-of-t", env("t", "k")),
      workload("Deployment", "of-another", env("u", "k")),
    ];
    const uses = usesOf([all, one], consumers, "a/k", "a/l", "b/k");
    expect(names(uses)).toEqual([["k-of-s", "whole", "K-of-t"], ["l", "whole"], []]);
    expect(uses.keys[0]?.secrets.map(({ dataKeys }) => dataKeys)).toEqual([["k"], ["K"]]);
  });

  test("by whoever takes what a template has made, unless that names other keys", () => {
    const parts: DeliveryPart[] = [
      { kind: "made", path, as: "file", from: ["k"] },
      { kind: "made", path, as: "any", from: undefined },
    ];
    const consumers = [
      workload("Deployment", "file", env("s", "file")),
      workload("Deployment", "any", env("s", "any")),
    ];
    expect(names(usesOf([deliver("s", ...parts)], consumers, "a/k", "a/l"))).toEqual([["any", "file"], ["any"]]);
  });

  test("in the namespace of its Secret only", () => {
    const elsewhere = { ...workload("Deployment", "w", env("s", "k")) };
    const other = { ...elsewhere, object: { ...elsewhere.object, namespace: "other" } };
    expect(names(usesOf([deliver("s", { kind: "keys", path })], [other], "a/k"))).toEqual([[]]);
  });
});

describe("a key that is read and not required", () => {
  const path = "secret/phalanx/test/a";
  const read = (delivery: Delivery, ...uses: Use[]) => {
    const charts = [
      { application: "a", namespace: "ns", deliveries: [delivery], consumers: [workload("Deployment", "w", ...uses)] },
    ];
    const k = { kind: "static", application: "a", key: "k", description: "", encoded: false } as const;
    const secrets = new Map([["k", k]]);
    const own = { name: "a", secrets, notRequired: new Map([["off", "static" as const]]) };
    const environment = { vault: VAULT, applications: new Map([["a", own]]) };
    const { missing } = whoUses({ by: "helm", charts, gaps: [] }, environment, [{ application: "a", key: "k" }]);
    return missing.map(({ key, absence }) => [key, absence]);
  };

  test("is told with its reason, unless the workload can do without it", () => {
    const delivery = deliver("s", { kind: "keys", path });
    expect(read(delivery, env("s", "k", "off", "none"))).toEqual([
      ["none", "undeclared"],
      ["off", "condition-false"],
    ]);
    expect(read(delivery, { ...env("s", "none"), optional: true })).toEqual([]);
    expect(read(delivery, { ...env("s"), keys: "all" })).toEqual([]);
  });

  test("is not told of a Secret whose keys have other names than in Vault", () => {
    expect(read(deliver("s", { kind: "key", path, key: "k", as: "K" }), env("s", "K", "L"))).toEqual([]);
    expect(read(deliver("s", { kind: "made", path, as: undefined, from: ["k"] }), env("s", "L"))).toEqual([]);
  });
});

test("a chart that is missing elsewhere is no gap of these keys", () => {
  const chart = (application: string, namespace: string, ...deliveries: Delivery[]) => ({
    application,
    namespace,
    deliveries,
    consumers: [],
  });
  const gap = (application: string) => ({ kind: "remote-chart" as const, application, chart: "redis", version: "1" });
  const charts = [
    chart("a", "ns", deliver("s", { kind: "keys", path: "secret/phalanx/test/a" })),
    chart("beside", "ns"),
    chart("away", "other"),
  ];
  const found = { by: "helm" as const, charts, gaps: [gap("a"), gap("beside"), gap("away")] };
  const { gaps } = whoUses(found, { vault: VAULT, applications: new Map() }, [{ application: "a", key: "k" }]);
  expect(gaps).toEqual([gap("a"), gap("beside")]);
});

describe("restarts", () => {
  const secretOf = (application: string): Delivery =>
    deliver(application, { kind: "keys", path: `secret/phalanx/test/${application}` });

  test("are those of the source first, and what takes of both is restarted with the later one", () => {
    const consumers = [
      workload("Deployment", "copy", env("b", "k")),
      workload("Deployment", "both", env("a", "k"), env("b", "k")),
      workload("StatefulSet", "source", env("a", "k")),
      workload("CronJob", "nightly", env("a", "k")),
      workload("Job", "once", env("b", "k")),
      workload("ReplicaSet", "odd", env("b", "k")),
      {
        object: object("Grafana", "g", "grafana.x"),
        workload: false,
        uses: [{ ...env("b", "k"), kind: "field" as const }],
      },
    ];
    const restarts = restartsFor(usesOf([secretOf("a"), secretOf("b")], consumers, "b/k", "a/k"), ["a", "b"]);
    expect(restarts.map(({ steps }) => steps.map((step) => [step.object.name, step.advice]))).toEqual([
      [
        ["source", "rollout-restart"],
        ["nightly", "next-run"],
      ],
      [
        ["both", "rollout-restart"],
        ["copy", "rollout-restart"],
        ["once", "run-again"],
        ["odd", "make-anew"],
        ["g", "look"],
      ],
    ]);
  });

  test("say where all that is taken are files, which follow by themselves", () => {
    const file = (name: string, ...more: Use[]) =>
      workload("Deployment", name, { secret: "a", keys: "all", kind: "volume", container: "c" }, ...more);
    const consumers = [
      file("only"),
      file("env-too", env("a", "k")),
      workload("Deployment", "sub", { secret: "a", keys: "all", kind: "sub-path", container: "c" }),
      workload("Deployment", "init", { secret: "a", keys: "all", kind: "volume", container: "c", init: true }),
    ];
    const [{ steps } = { steps: [] }] = restartsFor(usesOf([secretOf("a")], consumers, "a/k"), ["a"]);
    expect(steps.filter(({ files }) => files).map((step) => step.object.name)).toEqual(["only"]);
  });

  test("wait for a key that was deleted on purpose only where a pod does not start without it", () => {
    const consumers = [
      workload("Deployment", "names-it", env("a", "k")),
      workload("Deployment", "optional", { ...env("a", "k"), optional: true }),
      workload("Deployment", "all", { secret: "a", keys: "all", kind: "env-from", container: "c" }),
    ];
    const uses = usesOf([secretOf("a")], consumers, "a/k");
    const waiting = (isRequired: boolean) =>
      restartsFor(uses, ["a"], new Map([["a/k", { id: "a/k", isRequired }]]))
        .flatMap(({ steps }) => steps)
        .flatMap(({ advice, object: { name } }) => (advice === "not-yet" ? [name] : []));
    expect(waiting(false)).toEqual(["names-it"]);
    expect(waiting(true)).toEqual(["all", "names-it"]);
  });

  test("are not asked of what only pulls images", () => {
    const puller = workload("Deployment", "w", { secret: "a", keys: "all", kind: "image-pull" });
    const [restart] = restartsFor(usesOf([secretOf("a")], [puller], "a/k"), ["a"]);
    expect(restart?.steps).toEqual([]);
  });

  test("name nothing twice, and everything that takes a key", () => {
    const names = fc.constantFrom("a", "b", "c");
    const apps = fc.uniqueArray(names, { minLength: 1 });
    const taking = fc.array(fc.tuple(fc.constantFrom("v", "w", "x", "y"), apps), { maxLength: 6 });
    fc.assert(
      fc.property(fc.shuffledSubarray(["a", "b", "c"], { minLength: 1 }), taking, (order, list) => {
        const byName = new Map<string, string[]>(list);
        const consumers = [...byName].map(([name, from]) =>
          workload("Deployment", name, ...from.map((s) => env(s, "k"))),
        );
        const refs = order.map((application) => `${application}/k`);
        const restarts = restartsFor(usesOf(["a", "b", "c"].map(secretOf), consumers, ...refs), order);
        const found = restarts.flatMap(({ steps }) => steps.map((step): string => step.object.name));
        const wanted = [...byName].filter(([, from]) => from.some((app) => order.includes(app))).map(([name]) => name);
        expect(found.toSorted()).toEqual(wanted.toSorted());
        for (const { application, steps } of restarts)
          for (const step of steps) {
            const own = (byName.get(step.object.name) ?? []).map((app) => order.indexOf(app));
            expect(order[Math.max(...own)]).toBe(application);
          }
      }),
    );
  });
});
