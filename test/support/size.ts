/**
 * The extent of the tests. By default a sample, in this process; `ci`: all recordings, and every command as the built
 * program in a separate process, with tests that install packages, start shells or a browser, or take long; `full`:
 * every case that is otherwise sampled; a number: the amount, such as faults per kind of run, or minutes of chaos.
 */
const SIZE = process.env["PHALANX_TEST_SIZE"] ?? "";
if (!/^(|ci|full|\d+(\.\d+)?)$/.test(SIZE)) throw new Error(`PHALANX_TEST_SIZE=${SIZE} is not ci, full or a number`);

export const IN_CI = SIZE === "ci";
export const FULL = SIZE === "full";
export const AMOUNT = Number(SIZE) || undefined;

/** Determines all random choices. */
export const SEED = Number(process.env["PHALANX_TEST_SEED"] ?? Date.now() % 1_000_000);
