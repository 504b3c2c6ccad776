import type { UnresolvedSecret } from "../model/plan.js";
import { compareRefs, refId, type SecretRef } from "../model/secret.js";
import type { Resolved } from "./resolve.js";

/** More than anyone reads; in a chain, the sources of all keys add up to a square. */
const SHOWN = 20;

/** The path that leads to a secret's value. */
export interface Chain {
  /** The secrets it derives from, each from the next one; of many, the first ones and the last one. */
  readonly refs: readonly SecretRef[];
  /** How many are omitted before the last one. */
  readonly hidden: number;
  /** Why there cannot be a value at its end. */
  readonly stop: UnresolvedSecret | undefined;
}

/** Where a chain ends. */
interface End {
  /** The secrets after the last one followed: a missing one, or the members of a cycle. */
  readonly tail: readonly SecretRef[];
  readonly last: SecretRef;
  readonly stop: UnresolvedSecret | undefined;
}

/** A secret on the path, with its distance from the end. */
interface Known {
  readonly end: End;
  readonly length: number;
}

/** Follows copies, and everything unresolvable, to their ends; each secret once, however many derive from it. */
export function chains(resolved: Resolved): (ref: SecretRef) => Chain {
  const known = new Map<string, Known>();
  const endOf = (start: SecretRef): Known => {
    const path: SecretRef[] = [];
    let found: Known | undefined;
    for (let at = start; found === undefined; ) {
      found = known.get(refId(at));
      if (found) break;
      path.push(at);
      const next = stepFrom(at, resolved);
      if ("tail" in next) found = { end: next, length: -1 };
      else at = next;
    }
    for (const ref of path.toReversed()) {
      found = { end: found.end, length: found.length + 1 };
      known.set(refId(ref), found);
    }
    return found;
  };
  return ({ application, key }) => {
    const { end, length } = endOf({ application, key });
    const refs: SecretRef[] = [];
    let at: SecretRef | undefined = { application, key };
    while (at !== undefined && refs.length < SHOWN) {
      const next = stepFrom(at, resolved);
      refs.push(...("tail" in next ? next.tail : [next]));
      at = "tail" in next ? undefined : next;
    }
    const total = length + end.tail.length;
    if (total <= SHOWN) return { refs, hidden: 0, stop: end.stop };
    return { refs: [...refs.slice(0, SHOWN - 1), end.tail.at(-1) ?? end.last], hidden: total - SHOWN, stop: end.stop };
  };
}

/** The secret that another one derives from, or why there is none. */
function stepFrom(at: SecretRef, resolved: Resolved): SecretRef | End {
  const found = resolved.get(refId(at));
  const reason = found?.resolution.kind === "unresolved" ? found.resolution.reason : undefined;
  const end = { last: at, stop: reason && { ...at, reason } };
  if (reason?.kind === "cycle") return { ...end, tail: around(at, reason.members) };
  const source = reason && "source" in reason ? reason.source : undefined;
  const from = source ?? (found?.secret.kind === "copy" ? found.secret.from : undefined);
  if (from === undefined) return { ...end, tail: [] };
  const next = { application: from.application, key: from.key };
  return reason === undefined || reason.kind === "source-unresolved" ? next : { ...end, tail: [next] };
}

/** The members of a cycle that come after one of them, ending with that one; of a long cycle, only the first ones. */
function around(at: SecretRef, members: readonly SecretRef[]): SecretRef[] {
  const own = members.findIndex((member) => compareRefs(member, at) === 0);
  return members.slice(0, SHOWN).flatMap((_, i) => members[(own + 1 + i) % members.length] ?? []);
}
