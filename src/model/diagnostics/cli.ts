/** What there is to say of commands and their arguments. */
export const CLI = {} as const;
