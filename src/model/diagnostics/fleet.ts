/** What there is to say of the fleet audit. */
export const FLEET = {} as const;
