declare const PHALANX_VERSION: string;

/** The version in package.json; set by the build. */
export const VERSION = PHALANX_VERSION;
