export const OPERATIONS_WORDS = {};
