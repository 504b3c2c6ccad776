import { lossesIn, mannerOf, relations } from "../faults/checks.js";
import type { Carried } from "../faults/stage.js";
import type { Values, VaultState } from "../faults/state.js";
import { GENERATED_KEYS } from "../faults/tree.js";
import type { ConcurrentTrial, FinishedConcurrently } from "./trial.js";

interface Written {
  readonly application: string;
  readonly version: number;
  readonly values: Values;
  readonly by: FinishedConcurrently | undefined;
}

function writesOf(carried: readonly Carried[], runs: readonly FinishedConcurrently[]): Written[] {
  return carried.flatMap(({ request, answer }): Written[] => {
    const application = /^secret\/data\/.*\/([^/]+)$/.exec(request.path)?.[1];
    if (application === undefined || answer.status !== 200) return [];
    const { data } = JSON.parse(answer.body) as { data: { version: number } };
    const { data: values } = JSON.parse(request.body) as { data: Values };
    return [{ application, version: data.version, values, by: runs.find(({ token }) => token === request.token) }];
  });
}

/**
 * Everything that no serial order explains. Of each application, the versions are the order: each must be what its run
 * makes of the version before, with everything in it that others had written.
 */
export async function unexplained({ before, after, runs, carried }: ConcurrentTrial): Promise<string[]> {
  const writes = writesOf(carried, runs);
  const first = before.secrets.get("origin")?.versions.get(1)?.values;
  const wrong = lossesIn(before, after, carried);
  for (const { application, version, values, by } of writes) {
    const previous = after.secrets.get(application)?.versions.get(version - 1)?.values ?? {};
    const changed = [...new Set([...Object.keys(previous), ...Object.keys(values)])].filter(
      (key) => previous[key] !== values[key],
    );
    const foreign = changed.filter((key) => !by?.run.keys.has(`${application}/${key}`));
    const at = `version ${version} of ${application}, by ${by?.run.name}`;
    if (foreign.length > 0) wrong.push(`${at}, changes ${foreign.join()} too`);
    for (const [key, value] of Object.entries(by?.run.promised(application, first) ?? {}))
      if (values[key] !== value) wrong.push(`${at}, holds another ${key} than it promised`);
  }
  for (const by of runs) {
    const { run, token, finished } = by;
    const own = writes.filter((write) => write.by?.token === token);
    wrong.push(...[...mannerOf(finished), ...endOf(finished, own)].map((text) => `${run.name}: ${text}`));
    wrong.push(...misrotated(by, own, after).map((text) => `${run.name}: ${text}`));
    // What somebody has written since does not undo that it was there.
    const promised = Object.entries(run.promised("origin", first) ?? {});
    const kept = [...(after.secrets.get("origin")?.versions.values() ?? [])].some(({ values }) =>
      promised.every(([key, value]) => values?.[key] === value),
    );
    if (finished.exit === 0 && !kept) wrong.push(`${run.name} ends well, and no version holds what it promised`);
  }
  const gaveUp = runs.some(({ finished }) => finished.exit === 1);
  const [is, should] = [await relations(after), await relations(before)];
  const broken = should.filter((relation) => !is.includes(relation));
  if (!gaveUp) wrong.push(...broken.map((relation) => `no run gave up, and no longer: ${relation}`));
  return wrong;
}

/** Whether a run says what it has written, and whether one that ends well has done what it was asked for. */
function endOf({ exit, stdout, stderr }: FinishedConcurrently["finished"], own: readonly Written[]): string[] {
  const said = new Set([...stdout.matchAll(/Vault secret for (\S+)/g)].map(([, name]) => name));
  const unsaid = [...new Set(own.map(({ application }) => application))].filter((name) => !said.has(name));
  const reason = /is still running|keeps changing|changed during the run|in the meantime|Vault shows an older version/;
  return [
    ...unsaid.map((name) => `${name} was written unsaid`),
    ...(exit === 2 && own.length > 0 ? ["exit status 2, although something was written"] : []),
    ...(exit === 0 || reason.test(stderr) ? [] : [`it gives up without saying why: ${stderr}`]),
  ];
}

/** A run that ends well has given each secret one new value, however often it had to plan; none gives two. */
function misrotated(
  { run, finished }: FinishedConcurrently,
  own: readonly Written[],
  { secrets }: VaultState,
): string[] {
  return GENERATED_KEYS.flatMap((id) => {
    const [application = "", key = ""] = id.split("/");
    const versions = secrets.get(application)?.versions;
    const made = own
      .filter((write) => write.application === application)
      .filter(({ version, values }) => values[key] !== versions?.get(version - 1)?.values?.[key])
      .map(({ values }) => values[key]);
    const count = new Set(made).size;
    if (count > 1) return [`${id} got ${count} new values`];
    return finished.exit === 0 && run.rotated.includes(id) && count === 0 ? [`${id} got no new value`] : [];
  });
}

/**
 * Whether there is an order of whole runs, too, in which the last one to write each application is the last. Runs are no
 * transactions over several applications, so that there need not be one.
 */
export function ordersRuns({ runs, carried }: ConcurrentTrial): boolean {
  const last = new Map<string, Map<string, number>>();
  for (const { application, version, by } of writesOf(carried, runs)) {
    const own = last.get(application) ?? new Map<string, number>();
    last.set(application, own.set(by?.token ?? "", version));
  }
  const before = new Map<string, Set<string>>(runs.map(({ token }) => [token, new Set()]));
  for (const versions of last.values()) {
    const order = [...versions].sort(([, a], [, b]) => a - b).map(([token]) => token);
    order.forEach((token, i) => order.slice(0, i).forEach((earlier) => before.get(token)?.add(earlier)));
  }
  for (;;) {
    const free = [...before].filter(([, earlier]) => earlier.size === 0).map(([token]) => token);
    if (free.length === 0) return before.size === 0;
    for (const token of free) before.delete(token);
    for (const earlier of before.values()) for (const token of free) earlier.delete(token);
  }
}
