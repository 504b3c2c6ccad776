/** Where a person provides static secrets. In a separate file, because the fleet page knows nothing about values. */
export const STATIC_ORIGINS = ["file", "onepassword"] as const;
export type StaticOrigin = (typeof STATIC_ORIGINS)[number];

/** What changes a static secrets file by hand: `phalanx secrets edit` one that is encrypted with age. */
export type FileEditor = "any" | "phalanx" | "sops";
