import { ConfigurationError } from "../errors.js";
import type { DiffReason, SecretDiff, SecretRename } from "../model/configuration-diff.js";
import { groupBy } from "../model/group.js";
import { nearest } from "../model/nearest.js";
import { refId, type SecretNature, type SecretRef } from "../model/secret.js";
import type { DiffSide } from "./side.js";

/** Nobody renames more at once, and comparing every pair would take long. */
const MOST = 50;

/**
 * What looks like the same secret under another name: a key that left an application while a similar one was added, or
 * an application that left the configuration while one with mostly the same keys was added. Ambiguous cases are not
 * reported.
 */
export function findRenames(secrets: readonly SecretDiff[], before: DiffSide, after: DiffSide): SecretRename[] {
  return [...renamedKeys(secrets), ...renamedApplications(secrets, before, after)];
}

function renamedKeys(secrets: readonly SecretDiff[]): SecretRename[] {
  const gone = withReason(secrets, "declaration-removed");
  const come = withReason(secrets, "declaration-added");
  const described = pairsBy(gone, come, ({ application, description, before, after }) =>
    description === undefined ? undefined : JSON.stringify([application, description, natureId(before ?? after)]),
  );
  const done = new Set(described.flat());
  const left = groupBy(
    [...gone, ...come].filter((secret) => !done.has(secret)),
    ({ application }) => application,
  );
  const named = [...left.values()].flatMap((own) =>
    pairs(withReason(own, "declaration-removed"), withReason(own, "declaration-added"), isNear),
  );
  return [...described, ...named].map(toRename);
}

/** A different number is a different name. */
function isNear(old: SecretDiff, now: SecretDiff): boolean {
  const [was, is] = [old.key, now.key].map((key) => key.replaceAll(/\D/g, ""));
  return natureId(old.before) === natureId(now.after) && was === is && nearest(now.key, [old.key]) !== undefined;
}

function renamedApplications(secrets: readonly SecretDiff[], before: DiffSide, after: DiffSide): SecretRename[] {
  const all = (reason: DiffReason["kind"], other: DiffSide): (readonly SecretDiff[])[] =>
    [...groupBy(withReason(secrets, reason), ({ application }) => application).values()].filter((own) =>
      own.every((ref) => !isDeclared(other, ref)),
    );
  return pairs(
    all("application-disabled", after),
    all("application-enabled", before),
    (old, now) => 2 * shared(old, now).length >= Math.max(old.length, now.length),
  ).flatMap(([old, now]) => shared(old, now).map(toRename));
}

/** The secrets of two applications that differ only in the application's name. */
function shared(old: readonly SecretDiff[], now: readonly SecretDiff[]): [SecretDiff, SecretDiff][] {
  const keys = new Map(now.map((secret) => [secret.key, secret]));
  return old.flatMap((was): [SecretDiff, SecretDiff][] => {
    const is = keys.get(was.key);
    if (is === undefined) return [];
    const follow = (ref: SecretRef): SecretRef =>
      ref.application === was.application ? { ...ref, application: is.application } : ref;
    return natureId(was.before, follow) === natureId(is.after) ? [[was, is]] : [];
  });
}

/** Whether a side declares it, even if nothing requires it; an unreadable file may declare it. */
function isDeclared(side: DiffSide, { application, key }: SecretRef): boolean {
  try {
    return side.declaration(application, key) !== undefined;
  } catch (error) {
    if (error instanceof ConfigurationError) return true;
    throw error;
  }
}

function withReason(secrets: readonly SecretDiff[], kind: DiffReason["kind"]): readonly SecretDiff[] {
  return secrets.filter(({ reasons }) => reasons.some((reason) => reason.kind === kind));
}

/** Pairs items of two lists by id, where an id is unique in both. */
function pairsBy<T>(old: readonly T[], now: readonly T[], idOf: (item: T) => string | undefined): [T, T][] {
  const come = groupBy(now, idOf);
  return [...groupBy(old, idOf)].flatMap(([id, [was, ...others]]): [T, T][] => {
    const [is, ...more] = come.get(id) ?? [];
    const isOne = id !== undefined && others.length + more.length === 0;
    return isOne && was !== undefined && is !== undefined ? [[was, is]] : [];
  });
}

/** Pairs items of two lists that fit each other and nothing else. */
function pairs<T>(old: readonly T[], now: readonly T[], fits: (old: T, now: T) => boolean): [T, T][] {
  if (old.length > MOST || now.length > MOST) return [];
  return old.flatMap((was): [T, T][] => {
    const [is, ...others] = now.filter((each) => fits(was, each));
    const isOnly = is !== undefined && others.length === 0 && old.filter((each) => fits(each, is)).length === 1;
    return isOnly ? [[was, is]] : [];
  });
}

function natureId(nature: SecretNature | undefined, follow = (ref: SecretRef): SecretRef => ref): string {
  return JSON.stringify([nature?.kind, nature?.generator, nature?.sources.map((ref) => refId(follow(ref)))]);
}

function toRename([from, to]: readonly [SecretDiff, SecretDiff]): SecretRename {
  return {
    from: { application: from.application, key: from.key },
    to: { application: to.application, key: to.key },
    valueIsLost: to.after !== undefined && isOnlyInVault(to.after),
  };
}

/** Whether its value cannot be regenerated from the configuration. */
function isOnlyInVault({ kind, generator, sources }: SecretNature): boolean {
  return kind === "static" || (kind === "generate" && sources.length === 0 && generator !== "oidc-clients");
}
