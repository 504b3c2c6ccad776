/** What a person provides static secrets in. */
export const STATIC_ORIGINS = ["file", "onepassword"] as const;
export type StaticOrigin = (typeof STATIC_ORIGINS)[number];
