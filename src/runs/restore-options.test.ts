import { describe, expect, test } from "vitest";
import { pinned } from "./restore-options.js";

describe("the command to paste later", () => {
  const run = { kind: "run", run: "20261124T113018Z-2c317e" } as const;
  const time = { kind: "time", time: new Date("2026-11-29T04:28:37Z") } as const;
  test.each([
    [["restore", "demo", "--last"], run, ["restore", "demo", "--run", run.run]],
    [["restore", "demo", "--run", "latest"], run, ["restore", "demo", "--run", run.run]],
    [["restore", "demo", "--run=latest"], run, ["restore", "demo", `--run=${run.run}`]],
    [
      ["restore", "demo", "--at", "10m", "portal"],
      time,
      ["restore", "demo", "--at", "2026-11-29T04:28:37.000Z", "portal"],
    ],
    [["restore", "demo", "--at=10m"], time, ["restore", "demo", "--at=2026-11-29T04:28:37.000Z"]],
    [["restore", "demo", "--kv-version", "3", "portal"], undefined, ["restore", "demo", "--kv-version", "3", "portal"]],
  ])("%j names what was meant", (typed, point, expected) => {
    expect(pinned(typed, point)).toEqual(expected);
  });
});
