import fc from "fast-check";

/** Random cases are the same in each run, so that two mutation test runs can be compared. */
fc.configureGlobal({ seed: 1 });
