export const LIBRARY_WORDS = {};
