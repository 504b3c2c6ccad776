import type { Target } from "../src/model/target.js";
import { loadEnvironment } from "../src/config/environment.js";
import { lintTree } from "../src/lint/lint.js";
import type { ApplicationState, CurrentState } from "../src/model/current-state.js";
import type { Application, Environment } from "../src/model/environment.js";
import type { Plan } from "../src/model/plan.js";
import { SecretValue } from "../src/model/secret-value.js";
import type { Secret } from "../src/model/secret.js";
import { planFor } from "../src/operations/compute-plan.js";
import { renderAudit } from "../src/render/audit.js";
import { targetOf } from "../test/support/scene.js";
import { generateFiles, treeOf } from "./generate.js";

/** Prepares work of a given size, outside of the measurement, and returns it. */
export type PrepareWork = (size: number) => () => unknown;

/** The work whose growth is measured. It should be proportional to `size`. */
export const WORKS: Readonly<Record<string, { readonly unit: string; readonly prepare: PrepareWork }>> = {
  lint: {
    unit: "applications, each enabled in 20 of 200 environments",
    prepare: (applications) => {
      const enabledPerEnvironment = Math.ceil(applications / 10);
      const tree = treeOf(
        generateFiles({ applications, environments: 200, secretsPerApplication: 50, enabledPerEnvironment }),
      );
      return () => lintTree(tree, { templates: true });
    },
  },
  "load and plan": {
    unit: "applications of 50 keys, against an empty Vault",
    prepare: (applications) => {
      const tree = treeOf(
        generateFiles({
          applications,
          environments: 1,
          secretsPerApplication: 50,
          enabledPerEnvironment: applications,
        }),
      );
      return () => plan(targetOf(loadEnvironment(tree, "env-0").environment), new Map());
    },
  },
  "plan and audit": {
    unit: "keys, a third of them missing, a third unknown",
    prepare: (keys) => {
      const applications = keys / 100;
      const environment = environmentOf(
        Array.from({ length: applications }, (_, i) => `app-${i}`),
        100,
      );
      const target = targetOf(environment);
      const current = stateOf(environment);
      return () => renderAudit(plan(target, current));
    },
  },
  "copy chain": {
    unit: "copies, each of the one before",
    prepare: (length) => {
      const target = targetOf(chainOf(length));
      return () => plan(target, new Map());
    },
  },
};

function plan(target: Target, current: CurrentState): Plan {
  return planFor(target, current).plan;
}

function environmentWith(applications: ReadonlyMap<string, Application>): Environment {
  return {
    name: "env-0",
    vault: { url: "https://vault.example.org", mount: "secret", path: "phalanx/env-0" },
    onepassword: undefined,
    applications,
    disabled: new Set(),
    siblings: () => [],
  };
}

function environmentOf(names: readonly string[], keys: number): Environment {
  const applications = names.map((name): [string, Application] => {
    const secrets = Array.from({ length: keys }, (_, i): [string, Secret] => {
      const base = { application: name, key: `key-${i}`, description: undefined, encoded: false };
      return [base.key, { ...base, kind: "generate", rule: { type: "password" } }];
    });
    return [name, { name, secrets: new Map(secrets), notRequired: new Map() }];
  });
  return environmentWith(new Map(applications));
}

function chainOf(length: number): Environment {
  const base = { application: "app", description: undefined, encoded: false };
  const secrets = Array.from({ length }, (_, i): [string, Secret] => {
    const key = `key-${i}`;
    if (i === 0) return [key, { ...base, key, kind: "generate", rule: { type: "password" } }];
    return [key, { ...base, key, kind: "copy", from: { application: "app", key: `key-${i - 1}` } }];
  });
  // End of the chain first: the worst order.
  const application = { name: "app", secrets: new Map(secrets.toReversed()), notRequired: new Map() };
  return environmentWith(new Map([["app", application]]));
}

function stateOf({ applications }: Environment): CurrentState {
  const states = [...applications].map(([name, { secrets }]): [string, ApplicationState] => {
    const values = [...secrets.keys()].flatMap((key, i): [string, SecretValue][] => {
      const value = new SecretValue(`value of ${key}`);
      return i % 3 === 0
        ? []
        : i % 3 === 1
          ? [[key, value]]
          : [
              [key, value],
              [`stray-${key}`, value],
            ];
    });
    const rest = { version: 1, createdTime: "2026-01-01T00:00:00Z", customMetadata: {} };
    return [name, { kind: "present", ...rest, values: new Map(values) }];
  });
  return new Map(states);
}
