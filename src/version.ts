declare const PHALANX_VERSION: string;

/** The version in package.json; the build puts it in. */
export const VERSION = PHALANX_VERSION;
