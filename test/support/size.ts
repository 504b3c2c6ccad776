/**
 * How much is tested. Without it a sample, in this process; `ci`: all recordings, and every command as the built program
 * in a process of its own, with what installs packages, starts shells or a browser, or takes long; `full`: every case of
 * what is a sample otherwise; a number: that many cases of it.
 */
const SIZE = process.env["PHALANX_TEST_SIZE"] ?? "";
if (!/^(|ci|full|[1-9]\d*)$/.test(SIZE)) throw new Error(`PHALANX_TEST_SIZE=${SIZE} is not ci, full or a number`);

export const IN_CI = SIZE === "ci";
export const FULL = SIZE === "full";
export const CASES = Number(SIZE) || undefined;

/** What is chosen by chance follows from it. */
export const SEED = Number(process.env["PHALANX_TEST_SEED"] ?? Date.now() % 1_000_000);
