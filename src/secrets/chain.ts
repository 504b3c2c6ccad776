import type { UnresolvedSecret } from "../model/plan.js";
import { compareRefs, refId, type SecretRef } from "../model/secret.js";
import type { Resolved } from "./resolve.js";

/** More than anybody reads; in a chain, what leads to every key adds up to a square. */
const SHOWN = 20;

/** What leads to the value of a secret. */
export interface Chain {
  /** The secrets that it comes from, each from the next one; of many the first ones, and the last one. */
  readonly refs: readonly SecretRef[];
  /** How many are left out before the last one. */
  readonly hidden: number;
  /** Why there can be no value at its end. */
  readonly stop: UnresolvedSecret | undefined;
}

/** Where a chain ends. */
interface End {
  /** The secrets after the last one that is followed: one that is not there, or the members of a cycle. */
  readonly tail: readonly SecretRef[];
  readonly last: SecretRef;
  readonly stop: UnresolvedSecret | undefined;
}

/** A secret on the way, with how far it is to the end. */
interface Known {
  readonly end: End;
  readonly length: number;
}

/** Follows copies, and whatever cannot be resolved, to their ends; each secret once, whatever comes from it. */
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

/** The secret that another one comes from, or why there is none. */
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

/** The members of a cycle that come after one of them, and that one again; of a long one, the first of them. */
function around(at: SecretRef, members: readonly SecretRef[]): SecretRef[] {
  const own = members.findIndex((member) => compareRefs(member, at) === 0);
  return members.slice(0, SHOWN).flatMap((_, i) => members[(own + 1 + i) % members.length] ?? []);
}
