export const FILES_WORDS = {};
