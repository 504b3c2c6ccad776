import * as z from "zod/mini";
import { MAX_NAME_LENGTH } from "./names.js";
import type { HoldingReason } from "./rollout.js";

const text = z.string();
const name = z.string().check(z.maxLength(MAX_NAME_LENGTH));
const time = z.iso.datetime({ offset: true, local: false });
const count = z.int().check(z.minimum(0));
const holding = z.enum(["current", "in-doubt", "old"]);
const object = z.object({ kind: name, group: name, namespace: name, name });

type Plain = Exclude<HoldingReason["kind"], "not-started" | "started-before-change">;
const PLAIN = Object.keys({
  "created-after-copy": true,
  "created-before-copy": true,
  "created-with-copy": true,
  differs: true,
  "file-not-refreshed": true,
  "file-refreshed": true,
  "not-comparable": true,
  "not-copied": true,
  "not-in-vault": true,
  "nothing-runs": true,
  "read-at-pull": true,
  "restarted-after-copy": true,
  "restarted-too-soon": true,
  "secret-unreadable": true,
  "sub-path-before-copy": true,
  undated: true,
} satisfies Record<Plain, true>) as Plain[];

const reason = z.union([
  z.object({ kind: z.literal("started-before-change"), startedAt: time }),
  z.object({ kind: z.literal("not-started"), waiting: text }),
  z.object({ kind: z.enum(PLAIN) }),
]);

const copy = z.union([
  z.object({ kind: z.literal("differs"), keys: z.array(text) }),
  z.object({ kind: z.enum(["absent", "not-comparable", "same", "unreadable"]) }),
]);

/** What a fleet report takes from a result of `rollout status`: untrusted until it is parsed. */
export const RolloutAnswer = z.object({
  environment: name,
  at: time,
  scope: z.nullable(z.looseObject({})),
  settled: z.boolean(),
  secrets: z.array(
    z.object({
      application: name,
      keys: z.array(z.object({ key: text, at: text, exact: z.boolean() })),
      deliveries: z.array(
        z.object({
          object,
          secret: name,
          copy,
          workloads: z.array(
            z.object({
              object,
              holding,
              reasons: z.array(z.object({ holding, reason, keys: z.array(text), pods: count })),
            }),
          ),
        }),
      ),
    }),
  ),
  unseen: z.array(z.object({ verb: text })),
});
export type RolloutAnswer = z.infer<typeof RolloutAnswer>;
