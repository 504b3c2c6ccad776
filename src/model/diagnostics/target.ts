/** What there is to say of which environment and which secrets a command is about. */
export const TARGET = {} as const;
