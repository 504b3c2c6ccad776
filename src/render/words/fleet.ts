export const FLEET_WORDS = {};
