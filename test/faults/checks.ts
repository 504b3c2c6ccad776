import { verify } from "@node-rs/bcrypt";
import type { Finished } from "../support/cli.js";
import { changedApplications, type Values, type VaultState } from "./state.js";
import type { Carried } from "./stage.js";
import { GENERATED_KEYS, RANDOM_KEYS } from "./tree.js";

/** Whether a run ended as the program promises: a known exit status, a reason, and never a stack trace. */
export function mannerOf({ exit, stderr }: Finished): string[] {
  // Below the error stands at most what to do.
  const says = /(^|\n)Error: .+\n(Hint: .+\n(.*: phalanx .+\n)?)?$/.test(stderr);
  // A restore or a resumed rotation that has done all that can be done says what stays as it is.
  const stays =
    exit === 1 &&
    /^Warning: .*(keeps its value|stays missing|is not restored: |there is no record that this run wrote it)/m.test(
      stderr,
    );
  return [
    ...([0, 1, 2].includes(exit) ? [] : [`exit status ${exit}`]),
    ...(exit === 0 || stays || says ? [] : [`exit status ${exit}, and at the end of stderr is no error`]),
    ...(/^\s+at .+:\d+/m.test(stderr) ? ["a stack trace"] : []),
  ];
}

/** A resumed rotation that leaves a secret alone, because nobody can tell who wrote it, has done all that it can. */
export function leavesDoubted({ exit, stderr }: Finished): boolean {
  return exit === 1 && stderr.includes("there is no record that this run wrote it");
}

/** Exit status 2 means that nothing was written; all else that was has to be named. */
export function reportOf({ exit, stdout, stderr }: Finished, before: VaultState, after: VaultState): string[] {
  const said = new Set([...stdout.matchAll(/Vault secret for (\S+)/g)].map(([, name]) => name));
  const changed = changedApplications(before, after);
  const unknown = (name: string): boolean => stderr.includes(`whether ${name} was written is unknown`);
  return [
    ...(exit === 2 && JSON.stringify(plain(before)) !== JSON.stringify(plain(after))
      ? ["exit status 2, although something was written"]
      : []),
    ...changed.filter((name) => !said.has(name) && !unknown(name)).map((name) => `${name} was written unsaid`),
    ...[...said].filter((name) => !changed.includes(name ?? "")).map((name) => `${name} was said to be written`),
  ];
}

/** A form in which two states can be compared as texts. */
export function plain(state: VaultState): unknown {
  return { ...state, secrets: [...state.secrets].map(([name, { versions }]) => [name, [...versions]]) };
}

/** Everything that was there before, and every write that Vault carried out since, is in the history. */
export function lossesIn(before: VaultState, after: VaultState, carried: readonly Carried[]): string[] {
  const kept = [...before.secrets].flatMap(([name, { versions }]) =>
    [...versions].flatMap(([version, { values }]) => (values === undefined ? [] : [{ name, version, values }])),
  );
  const written = carried.flatMap(({ request, answer }) => {
    const name = /^[^/]+\/data\/.*\/([^/]+)$/.exec(request.path)?.[1];
    if (request.method !== "POST" || answer.status !== 200 || name === undefined) return [];
    const { data } = JSON.parse(answer.body) as { data: { version: number } };
    return [{ name, version: data.version, values: (JSON.parse(request.body) as { data: unknown }).data }];
  });
  return [...kept, ...written].flatMap(({ name, version, values }) => {
    const there = after.secrets.get(name)?.versions.get(version);
    const same = there?.values !== undefined && JSON.stringify(there.values) === JSON.stringify(values);
    const deleted = there !== undefined && !there.destroyed && there.values === undefined;
    return same || deleted ? [] : [`version ${version} of ${name} is gone from the history`];
  });
}

/** Compares with where the undisturbed run led: made-up values may differ, everything else may not. */
export async function differences(after: VaultState, ideal: VaultState): Promise<string[]> {
  const names = [...new Set([...ideal.secrets.keys(), ...after.secrets.keys()])];
  const found = names.flatMap((name) => {
    const [is, should] = [after.secrets.get(name), ideal.secrets.get(name)].map((secret) =>
      Object.entries(secret?.values ?? {}).map(([key, value]) =>
        RANDOM_KEYS.has(`${name}/${key}`) ? key : `${key}=${value}`,
      ),
    );
    return is?.sort().join() === should?.sort().join()
      ? []
      : [`${name} ended as ${is?.join()} instead of ${should?.join()}`];
  });
  const [is, should] = [await relations(after), await relations(ideal)];
  const broken = should.filter((relation) => !is.includes(relation));
  const policies = JSON.stringify(after.policies) === JSON.stringify(ideal.policies);
  return [
    ...found,
    ...broken.map((relation) => `no longer: ${relation}`),
    ...(policies ? [] : ["the policies differ"]),
    ...(after.tokens.length === ideal.tokens.length ? [] : [`${after.tokens.length} write tokens`]),
    ...(after.secretIds.length === ideal.secretIds.length ? [] : [`${after.secretIds.length} SecretIDs`]),
  ];
}

/** The copies and hashes that agree with their sources. */
export async function relations({
  secrets,
}: {
  readonly secrets: ReadonlyMap<string, { readonly values: Values | undefined }>;
}): Promise<string[]> {
  const at = (name: string, key: string): string | undefined => secrets.get(name)?.values?.[key];
  const [password, hash] = [at("origin", "p"), at("origin", "h")];
  const hashed = password !== undefined && hash !== undefined && (await verify(password, hash));
  return [
    ...(hashed ? ["origin/h is of origin/p"] : []),
    ...(at("copier", "p") === password ? ["copier/p is origin/p"] : []),
    ...(at("copier", "s") === at("origin", "s") ? ["copier/s is origin/s"] : []),
    ...(at("other", "r") === at("copier", "p") ? ["other/r is copier/p"] : []),
  ];
}

/** No generated value is replaced twice, and no application gets more than one version more than it needs. */
export function wasteIn(before: VaultState, after: VaultState, ideal: VaultState): string[] {
  const replaced = (state: VaultState, name: string, key: string): number => {
    const first = before.secrets.get(name)?.latest ?? 0;
    const versions = [...(state.secrets.get(name)?.versions ?? [])].filter(([version]) => version >= first);
    const values = versions.map(([, version]) => version.values?.[key]);
    const known = values.filter((value) => value !== undefined);
    return known.filter((value, i) => i > 0 && value !== known[i - 1]).length;
  };
  const twice = GENERATED_KEYS.filter((id) => {
    const [name = "", key = ""] = id.split("/");
    return replaced(after, name, key) > replaced(ideal, name, key);
  });
  const versions = [...after.secrets].filter(
    ([name, { latest }]) => latest > (ideal.secrets.get(name)?.latest ?? 0) + 1,
  );
  return [
    ...twice.map((id) => `${id} was replaced once more than needed`),
    ...versions.map(([name, { latest }]) => `${name} is at version ${latest}`),
  ];
}
