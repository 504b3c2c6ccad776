/** What there is to say of the GitHub Action. */
export const ACTION = {} as const;
