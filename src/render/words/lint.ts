export const LINT_WORDS = {};
