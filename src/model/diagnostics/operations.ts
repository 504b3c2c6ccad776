/** What there is to say of runs, before and after they write. */
export const OPERATIONS = {} as const;
