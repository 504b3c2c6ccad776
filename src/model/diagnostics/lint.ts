/** What there is to say of what lint finds. */
export const LINT = {} as const;
