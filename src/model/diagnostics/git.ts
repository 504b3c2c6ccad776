/** What there is to say of Git, and comparing two sides. */
export const GIT = {} as const;
