import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Target } from "../src/model/target.js";
import type { RestorePoint } from "../src/model/history.js";
import { recordWrite } from "../src/operations/record.js";
import { prepareRestoration } from "../src/operations/restore.js";
import type { RestoreTarget } from "../src/secrets/restore.js";
import { closure } from "../src/secrets/dependents.js";
import { SecretValue } from "../src/model/secret-value.js";
import type { StaticSecrets } from "../src/model/static-secrets.js";
import { countingPorts } from "./support/memory-vault.js";
import { EVERYTHING_UNKNOWN } from "./support/model.js";
import { applyRestoration, HOOKS, openScene, type Scene, targetOf, sync } from "./support/scene.js";

const APPLICATIONS = {
  origin: {
    secrets:
      "p: {description: x, generate: {type: password}}\ns: {description: x}\nh: {description: x, generate: {type: bcrypt-password-hash, source: p}}\n",
  },
  copier: { secrets: "p: {copy: {application: origin, key: p}}\nown: {description: x, generate: {type: password}}\n" },
};

/** What an operator, or somebody else, does. */
type Action =
  | { readonly do: "sync"; readonly value: number }
  | { readonly do: "rotate"; readonly key: "origin/p" | "copier/own" }
  | { readonly do: "delete-unknown" }
  | { readonly do: "stray"; readonly application: "origin" | "retired"; readonly value: number }
  | { readonly do: "restore"; readonly back: number }
  | { readonly do: "undo" };

const action: fc.Arbitrary<Action> = fc.oneof(
  fc.record({ do: fc.constant("sync" as const), value: fc.nat(2) }),
  fc.record({ do: fc.constant("rotate" as const), key: fc.constantFrom("origin/p" as const, "copier/own" as const) }),
  fc.constant({ do: "delete-unknown" } as const),
  fc.record({
    do: fc.constant("stray" as const),
    application: fc.constantFrom("origin" as const, "retired" as const),
    value: fc.nat(2),
  }),
  fc.record({ do: fc.constant("restore" as const), back: fc.nat(5) }),
  fc.constant({ do: "undo" } as const),
);

type Snapshot = Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>;

interface Moment {
  readonly time: Date;
  readonly state: Snapshot;
}

/** A scene whose clock only moves when something happens. */
async function openWorld() {
  let clock = Date.UTC(2026, 0, 1);
  const tick = (): Date => new Date((clock += 1000));
  const scene = await openScene({ applications: APPLICATIONS, vault: { now: () => new Date(clock) } });
  await scene.kv.call("POST", "secret/config", { max_versions: 100 });
  return { scene, tick, now: () => new Date(clock) };
}
type World = Awaited<ReturnType<typeof openWorld>>;

async function snapshot({ kv }: Scene): Promise<Snapshot> {
  const names = ["origin", "copier", "retired"];
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await kv.get(name)] as const)));
}

const staticSecrets = (value: number): StaticSecrets => ({
  origin: "file",
  applications: new Map([["origin", new Map([["s", new SecretValue(`static ${value}`)]])]]),
  oidcClients: new Map(),
  registries: new Map(),
  vaultWriteToken: undefined,
});

let runs = 0;

/** Everything that a run needs to leave its traces, at the world's time. */
function hooksFor({ scene }: World) {
  const run = {
    id: `run-${(runs += 1)}`,
    environment: "test",
    commit: "",
    tool: "test",
    command: "",
    by: "",
    reason: "",
  };
  return {
    run,
    hooks: {
      ...HOOKS,
      onApplied: (applied: Parameters<typeof recordWrite>[3]) =>
        recordWrite(scene.session, scene.environment, run, applied),
    },
  };
}

async function restoreTo(world: World, point: RestorePoint): Promise<void> {
  const { session, environment } = world.scene;
  const target: RestoreTarget = { environment, point, chosen: undefined };
  const prepared = await prepareRestoration(session, target);
  expect(prepared.restoration.lost).toEqual([]);
  world.tick();
  await applyRestoration(session, prepared, hooksFor(world).hooks);
}

async function perform(world: World, step: Action, past: readonly Moment[], made: string[]): Promise<void> {
  const { scene } = world;
  const { run, hooks } = hooksFor(world);
  const go = async (target: Partial<Target>): Promise<void> => {
    await sync(scene.session, targetOf(scene.environment, target), countingPorts(`${run.id} `), hooks);
    made.push(run.id);
  };
  world.tick();
  switch (step.do) {
    case "sync":
      return go({ staticSecrets: staticSecrets(step.value), generateAnew: () => true });
    case "rotate": {
      const [application = "", key = ""] = step.key.split("/");
      if ((await scene.kv.get(application))?.[key] === undefined) return;
      return go({
        regenerate: (ref) => `${ref.application}/${ref.key}` === step.key,
        only: { keys: closure(scene.environment, [{ application, key }]), named: new Set([`${application}/${key}`]) },
      });
    }
    case "delete-unknown":
      return go({ staticSecrets: staticSecrets(0), deletion: EVERYTHING_UNKNOWN, generateAnew: () => true });
    case "stray":
      return scene.kv.set(step.application, "stray", `${step.value}`);
    case "restore": {
      const moment = past.at(-1 - step.back);
      return moment ? restoreTo(world, { kind: "time", time: moment.time }) : undefined;
    }
    case "undo": {
      const last = made.at(-1);
      if (last === undefined) return;
      const prepared = await prepareRestoration(scene.session, {
        environment: scene.environment,
        point: { kind: "run", run: last },
        chosen: undefined,
      });
      if (prepared.restoration.lost.length > 0) return;
      await applyRestoration(scene.session, prepared, hooks);
    }
  }
}

describe("whatever was done", () => {
  test("restore --at brings back exactly the values of any earlier moment", { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(action, { minLength: 2, maxLength: 12 }), fc.nat(1000), async (steps, pick) => {
        const world = await openWorld();
        try {
          const moments: Moment[] = [];
          const made: string[] = [];
          for (const step of steps) {
            await perform(world, step, moments, made);
            moments.push({ time: world.tick(), state: await snapshot(world.scene) });
            world.tick();
          }
          const moment = moments[pick % moments.length];
          if (moment === undefined || Object.values(moment.state).every((values) => values === undefined)) return;
          await restoreTo(world, { kind: "time", time: moment.time });
          expect(await snapshot(world.scene)).toEqual(moment.state);
        } finally {
          await world.scene.close();
        }
      }),
      {
        numRuns: 60,
        // KV keeps no trace of an undelete; only our own notes tell what was there in between.
        examples: [
          [
            [
              { do: "stray", application: "retired", value: 1 },
              { do: "sync", value: 0 },
              { do: "delete-unknown" },
              { do: "undo" },
            ],
            2,
          ],
        ],
      },
    );
  });
});

describe("eight syncs and rotations at once", () => {
  test("end consistent, and no acknowledged write is lost", { timeout: 60_000 }, async () => {
    const world = await openWorld();
    const { scene } = world;
    const acknowledged: { application: string; version: number; values: ReadonlyMap<string, unknown> }[] = [];
    const runOne = async (i: number) => {
      const { hooks } = hooksFor(world);
      const only = i % 2 === 0 ? undefined : closure(scene.environment, [{ application: "origin", key: "p" }]);
      const target = targetOf(scene.environment, {
        staticSecrets: only ? undefined : staticSecrets(1),
        only: only && { keys: only, named: new Set(["origin/p"]) },
        regenerate: (ref) => only !== undefined && ref.application === "origin" && ref.key === "p",
      });
      const applied = await sync(scene.session, target, countingPorts(`run ${i} `), {
        ...hooks,
        onApplied: () => Promise.resolve(),
      });
      for (const { write, version } of applied) {
        if (write.kind === "put") acknowledged.push({ application: write.application, version, values: write.values });
      }
    };
    try {
      await runOne(0);
      const results = await Promise.allSettled(Array.from({ length: 8 }, (_, i) => runOne(i)));
      for (const result of results) {
        // A run may give up, but only by saying that others kept changing what it was to write.
        if (result.status === "rejected")
          expect(String(result.reason)).toMatch(
            /keeps changing in Vault|more would have to change|Changed by somebody else in the meantime/,
          );
      }
      const [origin, copier] = [await scene.kv.get("origin"), await scene.kv.get("copier")];
      expect(copier?.["p"]).toBe(origin?.["p"]);
      expect(origin?.["h"]).toContain(`of ${String(origin?.["p"]).length}`);
      for (const { application, version, values } of acknowledged) {
        const { body } = await scene.kv.call("GET", `secret/data/phalanx/test/${application}?version=${version}`);
        const stored = (body as { data: { data: Record<string, string> } }).data.data;
        for (const [key, value] of values) expect(stored[key]).toBe((value as SecretValue).reveal());
      }
    } finally {
      await scene.close();
    }
  });
});
