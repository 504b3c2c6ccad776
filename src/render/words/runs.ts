export const RUNS_WORDS = {};
