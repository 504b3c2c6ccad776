/** The file of a tree that says how a fleet audit gets at its environments. */
export const FLEET_CONFIG = "phalanx.fleet.yaml";

/** The file of a tree that says where static secrets come from, and how to log in. */
export const ACCESS_FILE = "phalanx.yaml";
