export const ACTION_WORDS = {};
