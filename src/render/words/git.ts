export const GIT_WORDS = {};
