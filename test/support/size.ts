/**
 * How much is tested. Without it a sample, in this process; `ci`: all recordings, and every command as the built program
 * in a process of its own, with what installs packages, starts shells or a browser, or takes long; `full`: every case of
 * what is a sample otherwise; a number: how much of it, such as faults of each kind of run, or minutes of chaos.
 */
const SIZE = process.env["PHALANX_TEST_SIZE"] ?? "";
if (!/^(|ci|full|\d+(\.\d+)?)$/.test(SIZE)) throw new Error(`PHALANX_TEST_SIZE=${SIZE} is not ci, full or a number`);

export const IN_CI = SIZE === "ci";
export const FULL = SIZE === "full";
export const AMOUNT = Number(SIZE) || undefined;

/** What is chosen by chance follows from it. */
export const SEED = Number(process.env["PHALANX_TEST_SEED"] ?? Date.now() % 1_000_000);
