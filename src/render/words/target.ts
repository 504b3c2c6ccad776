export const TARGET_WORDS = {};
