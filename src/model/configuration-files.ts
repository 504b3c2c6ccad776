/** A tree's file that says how a fleet audit accesses its environments. */
export const FLEET_CONFIG = "phalanx.fleet.yaml";

/** A tree's file that says where static secrets come from, and how to log in. */
export const ACCESS_FILE = "phalanx.yaml";
