/** What there is to say of a run at a terminal: plan files, pending runs, restore. */
export const RUNS = {} as const;
