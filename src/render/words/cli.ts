export const CLI_WORDS = {};
