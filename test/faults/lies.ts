import type { Finished } from "../support/cli.js";
import { afterwards } from "./aftermath.js";
import { mannerOf, reportOf } from "./checks.js";
import { beginWith, type Prepared } from "./commands.js";
import { type Ideal, outcomeOf, type Trial } from "./driver.js";
import { type Lie, LIES } from "./kinds.js";
import { asksOnly, openDeceiver } from "./deceiver.js";
import type { Stage } from "./stage.js";
import { readState } from "./state.js";

/** Two lies: one about a write, the other about the next one. */
export interface Deceit {
  /** The write, counted from zero, that the first one is about. */
  readonly index: number;
  readonly lies: readonly [Lie, Lie];
}

/** Every pair at every write. */
export function allDeceits(writes: number): Deceit[] {
  return Array.from({ length: writes }, (_, index) =>
    LIES.flatMap((first) => LIES.map((second): Deceit => ({ index, lies: [first, second] }))),
  ).flat();
}

/** How often an undisturbed run asks for something to be changed. */
export function writesIn(stage: Stage): number {
  return stage.carried.filter(({ request }) => !asksOnly(request)).length;
}

/** Runs a command that is lied to, then without any lie until it is done, and looks at every step. */
export async function tryDeceit(stage: Stage, prepared: Prepared, ideal: Ideal, deceit: Deceit): Promise<Trial> {
  const { subject, args } = prepared;
  await beginWith(stage, prepared);
  const look = (): ReturnType<typeof readState> => readState(stage.kv(subject.prefix), subject.prefix);
  const before = await look();
  const deceiver = openDeceiver(() => stage.url());
  let writes = 0;
  stage.watch((server, _, request) => {
    if (server !== "vault") return "pass";
    const place = asksOnly(request) ? undefined : writes++ - deceit.index;
    const lie = place === 0 ? deceit.lies[0] : place === 1 ? deceit.lies[1] : undefined;
    return deceiver.decide(request, lie);
  });
  const finished = await stage.run(args, { input: subject.input ?? "", sleep: () => Promise.resolve() });
  await deceiver.deliverAll();
  stage.watch(undefined, true);
  await endOthers(stage, finished);
  const wrong = [...mannerOf(finished), ...reportOf(finished, before, await look())];
  const undone = deceit.index % 2 === 1;
  wrong.push(...(await afterwards(stage, prepared, ideal, { before, finished, undone })));
  return {
    command: subject.name,
    fault: `write ${deceit.index}: ${deceit.lies.map(({ name }) => name).join(", then ")}`,
    outcome: outcomeOf(finished),
    wrong,
    said: finished.stdout + finished.stderr,
  };
}

/** Ends the credentials of which the program said that nobody may have them. */
async function endOthers(stage: Stage, { stderr }: Finished): Promise<void> {
  const kv = stage.kv("secret/phalanx/test");
  for (const [, accessor] of stderr.matchAll(/: vault token revoke -accessor (\S+)$/gm))
    await kv.call("POST", "auth/token/revoke-accessor", { accessor });
  for (const [, path, id] of stderr.matchAll(/: vault write (\S+) secret_id_accessor=(\S+)$/gm))
    await kv.call("POST", path ?? "", { secret_id_accessor: id });
}
