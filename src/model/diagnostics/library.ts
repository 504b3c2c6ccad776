/** What there is to say of the library. */
export const LIBRARY = {} as const;
