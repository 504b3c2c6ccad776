/** What there is to say of files that an operator names, and the state directory. */
export const FILES = {} as const;
