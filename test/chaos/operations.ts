/** Something that an operator does. */
export interface Operation {
  readonly args: readonly string[];
  readonly input?: string;
}

/** What one operator remembers of an environment. */
export interface Memory {
  /** What the program said to run: to take a run back, or to go on. */
  readonly undo: string[][];
  advised: string[] | undefined;
  /** Makes names and values that are used once. */
  next(): number;
}

/** The values of the files of static secrets. */
export const STATIC = ["one", "two", "three"];
/** The names below the prefix of an environment from which secrets are copied. */
export const OLD = ["old-a", "old-b"];

type Make = (choose: Choose, memory: Memory, prefix: string) => Operation | undefined;
type Choose = <T>(list: readonly T[]) => T;

const sync: Make = (choose) => ({ args: ["secrets", "sync", "test", "--secrets", `${choose(STATIC)}.yaml`] });
const KEYS = [["origin/p"], ["other/q"], ["origin/p", "other/q"]];

/** Each as often as it is there. */
const OPERATIONS: readonly Make[] = [
  sync,
  sync,
  sync,
  (...given) => ({ args: [...(sync(...given)?.args ?? []), "--delete", "--allow-mass-delete"] }),
  (...given) => ({ args: [...(sync(...given)?.args ?? []), "--regenerate"] }),
  (choose) => ({ args: ["secrets", "rotate", "test", ...choose(KEYS), "--yes"] }),
  (choose) => ({ args: ["secrets", "rotate", "test", ...choose(KEYS), "--yes"] }),
  (_, memory) => ({ args: ["secrets", "set", "test", "origin/s", "--yes"], input: `by hand ${memory.next()}` }),
  (_, memory) => ({ args: ["secrets", "set", "test", "origin/s", "--yes"], input: `by hand ${memory.next()}` }),
  (choose, { undo }) => (undo.length === 0 ? undefined : { args: [...choose(undo), "--yes", "--allow-mass-change"] }),
  (choose, { undo }) => (undo.length === 0 ? undefined : { args: [...choose(undo), "--yes", "--allow-mass-change"] }),
  (choose) => ({
    args: [
      "secrets",
      "restore",
      "test",
      "--kv-version",
      choose(["1", "2", "3"]),
      choose(["origin", "copier"]),
      "--allow-mass-change",
      "--yes",
    ],
  }),
  (choose, _, prefix) => ({
    args: ["vault", "copy-secrets", "test", `${prefix}-${choose(OLD)}`, "--overwrite", "--allow-mass-change", "--yes"],
  }),
  (_, memory) => ({ args: ["vault", "create-write-token", "test", "-o", `token-${memory.next()}`] }),
  () => ({ args: ["secrets", "audit", "test"] }),
];

/** What an operator does next: what the program has advised, or anything. */
export function nextOperation(memory: Memory, random: () => number, prefix: string): Operation {
  const choose: Choose = (list) => list[Math.floor(random() * list.length)] as (typeof list)[number];
  const { advised } = memory;
  memory.advised = undefined;
  if (advised !== undefined) return { args: advised };
  for (;;) {
    const operation = choose(OPERATIONS)(choose, memory, prefix);
    if (operation !== undefined) return operation;
  }
}

export function firstOperation(random: () => number): Operation {
  return { args: ["secrets", "sync", "test", "--secrets", `${STATIC[Math.floor(random() * STATIC.length)]}.yaml`] };
}
