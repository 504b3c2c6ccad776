export const ACCESS_WORDS = {};
